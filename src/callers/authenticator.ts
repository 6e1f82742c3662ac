import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../model/caller.ts';
import type { GatewayError } from '../model/errors.ts';

/** Identifies the caller by the request's headers. An error refuses the request. */
export type Authenticator = (headers: IncomingHttpHeaders) => Promise<Caller | GatewayError>;
