import got from 'got';
import { z } from 'zod';
import type { Secret } from '../../model/redacted.ts';
import type { FetchToken } from './oauth.ts';

/** What the token endpoint answers; its tokens live for the time set for the client. */
const ANSWER = z.object({
  data: z.object({ accessToken: z.string().regex(/^[\x21-\x7e]+$/), ttlSeconds: z.coerce.number().positive() }),
});

/**
 * Asks for a token: POST of key and secret as JSON. Rejects for any other answer than a token; the error is not for
 * showing, since it may hold the request.
 */
export function tokenEndpoint({
  url,
  key,
  secret,
  timeoutMs,
}: {
  readonly url: string;
  readonly key: string;
  readonly secret: Secret;
  readonly timeoutMs: number;
}): FetchToken {
  return async () => {
    const body = await got
      .post(url, {
        json: { key, secret: secret.reveal() },
        timeout: { request: timeoutMs },
        retry: { limit: 0 },
        followRedirect: false,
      })
      .json();
    return ANSWER.parse(body).data;
  };
}
