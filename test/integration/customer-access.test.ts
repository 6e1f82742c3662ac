import { describe, expect } from 'vitest';
import { test as base } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { bearer, jwtCallers, OWN_CLAIMS } from '../support/identityProvider.ts';
import { codesOf, dataOf } from '../support/questions.ts';

/** `askAs` sends a query with a token with these claims. */
const test = base.extend('askAs', async ({ startGateway, provider }) => {
  const gateway = await startGateway(jwtCallers(provider));
  return async (claims: Record<string, unknown>, query: string, variables = {}, headers = {}) =>
    gateway.query(query, { variables, headers: { ...bearer(await provider.token(claims)), ...headers } });
});

const one = (name: string, value: string) =>
  `{ customer(identifier: { name: ${name}, value: "${value}" }, source: ALL) { customerId } }`;

describe("A customer's token", () => {
  test.for([
    ['MOBILE', '917406400033'],
    ['MOBILE', '+91-740-640-0033'],
    ['EMAIL', 'ME@example.com'],
    ['ID', '347297848'],
    ['EXTERNAL_ID', 'customer-1'],
  ] as const)('reads its own %s %s', async ([name, value], { askAs }) => {
    expect(dataOf(await askAs(OWN_CLAIMS, one(name, value)))).toEqual({ customer: { customerId: '347297848' } });
  });

  test.for([
    ['MOBILE', '917406400034'],
    ['MOBILE', '347297848'],
    ['EMAIL', 'you@example.com'],
    ['ID', '917406400033'],
    ['ID', '1'],
    ['EXTERNAL_ID', 'CUSTOMER-1'],
    ['EXTERNAL_ID', '917406400033'],
  ] as const)('does not read %s %s, without an upstream call', async ([name, value], { askAs, upstream }) => {
    const response = await askAs(OWN_CLAIMS, one(name, value));
    expect(response.data).toEqual({ customer: null });
    expect(codesOf(response)).toEqual(['FORBIDDEN']);
    expect(upstream.calls).toEqual([]);
  });

  test('does not read others through customers, and its own customer is not affected', async ({ askAs, upstream }) => {
    const response = await askAs(
      OWN_CLAIMS,
      '{ customers(source: ALL, identifiers: [{ name: EMAIL, value: "me@example.com" }, { name: ID, value: "2" }]) { customerId } }',
    );
    expect(response.data).toEqual({ customers: [{ customerId: '347297848' }, null] });
    expect(codesOf(response)).toEqual(['FORBIDDEN']);
    expect(upstream.calls).toHaveLength(1);
  });

  test('does not read others through _entities by either key', async ({ askAs, upstream }) => {
    const response = await askAs(
      OWN_CLAIMS,
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { customerId source } } }',
      {
        r: [
          { __typename: 'Customer', identifier: { name: 'ID', value: '2' }, source: 'ALL' },
          { __typename: 'Customer', identifier: { name: 'MOBILE', value: '917406400034' }, source: 'ALL' },
          { __typename: 'Customer', identifier: { name: 'ID', value: '2' }, source: 'ALL' },
        ],
      },
    );
    expect(response.data).toEqual({ _entities: [null, null, null] });
    expect(codesOf(response)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
    expect(upstream.calls).toEqual([]);
  });

  test('does not read fields of others that cost no call', async ({ askAs }) => {
    const query = '{ customer(identifier: { name: ID, value: "2" }, source: ALL) { source } }';
    expect(codesOf(await askAs(OWN_CLAIMS, query))).toEqual(['FORBIDDEN']);
  });

  test('does not read by a claim that is unverified', async ({ askAs }) => {
    const response = await askAs({ ...OWN_CLAIMS, email_verified: false }, one('EMAIL', 'me@example.com'));
    expect(codesOf(response)).toEqual(['FORBIDDEN']);
  });

  test('reads no customer without claims', async ({ askAs }) => {
    expect(codesOf(await askAs({ sub: '' }, one('MOBILE', '917406400033')))).toEqual(['FORBIDDEN']);
  });

  test.for([
    ['scope', { scope: 'openid promotions:any' }],
    ['scp', { scp: ['promotions:any'] }],
  ] as const)('reads any customer if its %s holds AUTH_ANY_CUSTOMER_SCOPE', async ([, claims], { askAs }) => {
    expect(dataOf(await askAs(claims, one('ID', '2')))).toEqual({ customer: { customerId: '347297848' } });
  });

  const scoped = (scope: string) =>
    one('ID', '347297848').replace(
      '{ customerId }',
      `{ promotions(dataScope: { ${scope} }) { items { promotionId } } }`,
    );
  test.for<readonly [string, string, Record<string, string>]>([
    ['an argument', scoped('scope: ALL'), {}],
    ['an argument with another organisation', scoped('scope: OTHER, orgIds: ["50405", "50406"]'), {}],
    ['headers', one('ID', '347297848'), { 'data-scope': 'ALL' }],
  ])('reads in no other data scope, sent as %s', async ([, query, headers], { askAs, upstream }) => {
    expect(codesOf(await askAs(OWN_CLAIMS, query, {}, headers))).toEqual(['FORBIDDEN']);
    expect(upstream.calls).toEqual([]);
  });
});

test("A customer's cached pages are read by no other caller", async ({ upstream, provider, startGateway }) => {
  const gateway = await startGateway({ ...jwtCallers(provider), CACHE_TTL_SECONDS: '60' });
  const own = bearer(await provider.token(OWN_CLAIMS));
  const other = bearer(await provider.token({ sub: 'customer-2', phone_number: '917406400034' }));
  const query = `{ ${customer('customerId promotions { items { id } }')} }`;
  const codesFor = async (headers: Record<string, string>) => codesOf(await gateway.query(query, { headers }));
  expect([await codesFor(own), await codesFor(own)]).toEqual([[], []]);
  expect(upstream.calls).toHaveLength(1);
  expect([await codesFor(other), await codesFor({})]).toEqual([['FORBIDDEN'], ['UNAUTHENTICATED']]);
});

test('With UPSTREAM_AUTH=passthrough, the token is only for the gateway, and other credentials are sent upstream', async ({
  upstream,
  provider,
  startGateway,
}) => {
  const gateway = await startGateway({
    ...jwtCallers(provider),
    UPSTREAM_AUTH: 'passthrough',
    UPSTREAM_USERNAME: '',
    UPSTREAM_PASSWORD: '',
  });
  const own = bearer(await provider.token(OWN_CLAIMS));
  const query = `{ ${customer('customerId')} }`;
  expect(codesOf(await gateway.query(query, { headers: own }))).toEqual(['UNAUTHENTICATED']);
  expect(upstream.calls).toEqual([]);
  const data = dataOf(await gateway.query(query, { headers: { ...own, 'x-cap-api-oauth-token': 'theirs' } }));
  expect(data).toEqual({ customer: { customerId: '347297848' } });
  expect(upstream.calls[0]?.headers['x-cap-api-oauth-token']).toBe('theirs');
  expect(upstream.calls[0]?.headers).not.toHaveProperty('authorization');
});
