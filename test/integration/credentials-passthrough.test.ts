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

/** The user `till` without a password in all spellings that a server may read, the canonical one first. */
const SPELLINGS = [
  'Basic dGlsbDo=',
  'basic dGlsbDo=',
  'BASIC   dGlsbDo=',
  'Basic dGlsbDo',
  'Basic dGlsbDp',
  'Basic dGlsbDo==',
];

test('All spellings of a credential are one identity, and upstream gets the canonical one', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway({ CACHE_TTL_SECONDS: '600' });
  const mobile = someone();
  for (const authorization of SPELLINGS) {
    expect(codesOf(await askOne(gateway, mobile, { headers: { authorization } }))).toEqual([]);
  }
  expect(upstream.calls.map(({ headers }) => headers.authorization)).toEqual(['Basic dGlsbDo=']);
});

test('All spellings of a credential share one call budget', async ({ startGateway, upstream }) => {
  const gateway = await startGateway({ UPSTREAM_REQUESTS_PER_MINUTE: '60', UPSTREAM_QUEUE_MS: '0' });
  for (const authorization of [...SPELLINGS, ...SPELLINGS]) {
    await askOne(gateway, someone(), { headers: { authorization } });
  }
  const calls = upstream.calls.length;
  await askOne(gateway, someone(), { headers: { authorization: BASIC } });
  expect(calls).toBeLessThan(SPELLINGS.length);
  expect(upstream.calls).toHaveLength(calls + 1);
});

test.for(['one, two', 'one two', 'one\ttwo', 'tökén'])(
  '%j is no OAuth token, and makes no call',
  async (token, { gateway, upstream }) => {
    const headers = { 'x-cap-api-oauth-token': token };
    expect(codesOf(await askOne(gateway, someone(), { headers }))).toEqual(['UNAUTHENTICATED']);
    expect(upstream.calls).toEqual([]);
  },
);

const NO_COLON = `Basic ${btoa('till')}`;

test.for([
  ...['Basic', 'Basic ', 'Basic x', 'Basic a:b', 'Basic YTpi YTpi', 'Basic YTpi=YTpi', 'Basic YT-i', 'Basic ===='],
  NO_COLON,
])('%j is not Basic, and makes no call', async (authorization, { gateway, upstream }) => {
  expect(codesOf(await askOne(gateway, someone(), { headers: { authorization } }))).toEqual(['UNAUTHENTICATED']);
  expect(upstream.calls).toEqual([]);
});
