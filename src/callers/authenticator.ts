import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../model/caller.ts';
import type { GatewayError } from '../model/errors.ts';

/** Tells who calls by a request's headers; an error refuses the request. */
export type Authenticator = (headers: IncomingHttpHeaders) => Promise<Caller | GatewayError>;
