import { expect } from 'vitest';
import { API_KEY_CALLERS, SHOP } from '../support/credentials.ts';
import { test } from '../support/fixture.ts';
import { BASIC, customer, type TestGateway } from '../support/gateway.ts';
import { someone } from '../support/questions.ts';

const OWN = {
  UPSTREAM_AUTH: 'basic',
  UPSTREAM_USERNAME: 'till',
  UPSTREAM_PASSWORD: 'secret',
  AUTH_ALLOW_ANONYMOUS: 'true',
};

/** The status of a GET, which a page of another site could send without a question of the browser. */
const get = async ({ url }: TestGateway, headers: Record<string, string> = {}, mobile = someone()) =>
  (await fetch(`${url}?query=${encodeURIComponent(`{ ${customer('customerId', mobile)} }`)}`, { headers })).status;

test.for<readonly [string, Record<string, string>, Record<string, string>]>([
  ['authorization', {}, { authorization: BASIC }],
  ['x-cap-api-oauth-token', {}, { 'x-cap-api-oauth-token': 'token' }],
  ['x-api-key', API_KEY_CALLERS, SHOP],
  ['apollo-require-preflight', OWN, { 'apollo-require-preflight': '1' }],
  ['x-apollo-operation-name', OWN, { 'x-apollo-operation-name': 'Wallet' }],
])('A GET with %s is answered', async ([, env, headers], { startGateway }) => {
  expect(await get(await startGateway(env), headers)).toBe(200);
});

test('A GET with no header that only a client can add is refused, also if its response is cached', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway({ ...OWN, CACHE_TTL_SECONDS: '60' });
  const mobile = someone();
  const passing = { 'x-api-key': 'any' };
  expect([await get(gateway, passing, mobile), await get(gateway, passing, mobile)]).toEqual([200, 200]);
  expect(await get(gateway, { 'content-type': 'application/json' }, mobile)).toBe(200);
  for (const headers of [{}, { 'x-api-key': '' }, { 'content-type': 'text/plain' }]) {
    expect(await get(gateway, headers, mobile)).toBe(400);
  }
  expect(upstream.calls).toHaveLength(1);
  for (const method of ['GET', 'POST']) {
    const response = await fetch(`${gateway.url}?query={__typename}`, { method });
    const message = 'Send a JSON object by POST, or a GET with credentials or the header apollo-require-preflight.';
    expect(await response.json()).toMatchObject({ errors: [{ message }] });
  }
});

test('The sandbox answers a GET without any header', async ({ startGateway, sandbox }) => {
  expect(await get(await startGateway({}, { sandboxUrl: sandbox.url }), {}, '917406400033')).toBe(200);
});

test('What a browser says comes from another site is refused, whatever else it carries', async ({
  startGateway,
  sandbox,
  upstream,
}) => {
  const passing = { authorization: BASIC, 'apollo-require-preflight': '1' };
  const other = { 'sec-fetch-site': 'cross-site', origin: 'https://other.example' };
  const shop = { ...other, origin: 'https://shop.example' };
  for (const options of [{}, { sandboxUrl: sandbox.url }]) {
    const gateway = await startGateway({ CORS_ORIGINS: 'https://shop.example' }, options);
    const query = `{ ${customer('customerId')} }`;
    expect(await get(gateway, { ...passing, 'sec-fetch-site': 'cross-site' })).toBe(400);
    expect(await get(gateway, { ...passing, ...other })).toBe(400);
    expect((await gateway.post({ query }, { ...passing, ...other })).status).toBe(400);
    expect(upstream.calls).toEqual([]);
    expect((await gateway.post({ query }, { ...passing, ...shop })).status).toBe(200);
    upstream.reset();
  }
});
