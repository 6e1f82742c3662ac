import { expect } from 'vitest';
import { testWith } from '../support/fixture.ts';
import { BASIC } from '../support/gateway.ts';
import { askOne, codesOf, someone } from '../support/questions.ts';

const test = testWith({ DEFAULT_DATA_SCOPE: 'ALL' });

/** Calls with a token are documented with a content type. */
const OAUTH_HEADERS = { 'x-cap-api-oauth-token': 'token', 'content-type': 'application/json' };

test.for<readonly [string, Record<string, string>, Record<string, string>]>([
  ['Basic credentials', { authorization: BASIC }, { authorization: BASIC }],
  ['an OAuth token', { 'x-cap-api-oauth-token': 'token' }, OAUTH_HEADERS],
  ['the OAuth token, if both came', { authorization: BASIC, 'x-cap-api-oauth-token': 'token' }, OAUTH_HEADERS],
])(
  "Only the credentials of a caller's headers are sent upstream: %s",
  async ([, sent, expected], { gateway, upstream }) => {
    const others = { cookie: 'session=1', 'x-forwarded-for': '1.2.3.4', 'user-agent': 'till', 'accept-language': 'de' };
    await askOne(gateway, someone(), { headers: { ...sent, ...others } });
    const { host, connection, ...headers } = upstream.calls[0]?.headers ?? {};
    expect(headers).toEqual({
      ...expected,
      accept: 'application/json',
      'accept-encoding': 'gzip, deflate, br',
      'x-request-id': expect.any(String),
      'user-agent': 'promotions-gateway',
      'data-scope': 'ALL',
    });
  },
);

test('A bearer token is not sent upstream', async ({ gateway, upstream }) => {
  const answer = await askOne(gateway, someone(), { headers: { authorization: 'Bearer abc' } });
  expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
  expect(upstream.calls).toEqual([]);
});
