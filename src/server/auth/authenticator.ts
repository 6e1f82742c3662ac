import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../../model/caller.ts';
import type { GatewayError } from '../../model/errors.ts';

/** Who sent a request with these headers, or why that cannot be said: never rejects. */
export type Authenticator = (headers: IncomingHttpHeaders) => Promise<Caller | GatewayError>;
