import { z } from 'zod';
import type { Secret } from '../../model/redacted.ts';
import type { Endpoint } from '../endpoint.ts';
import type { FetchToken } from './oauth.ts';

/** What the token endpoint answers; its tokens live for the time set for the client. */
const ANSWER = z.object({
  data: z.object({ accessToken: z.string().regex(/^[\x21-\x7e]+$/), ttlSeconds: z.coerce.number().positive() }),
});

/** Asks for a token: POST of key and secret as JSON. @throws UpstreamError for any other answer than a token */
export function tokenEndpoint(endpoint: Endpoint, key: string, secret: Secret): FetchToken {
  return () => endpoint.call({ key, secret: secret.reveal() }, (body) => ANSWER.safeParse(body).data?.data);
}
