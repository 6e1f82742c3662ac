import { expect } from 'vitest';
import { API_KEY_CALLERS, OTHER_BASIC, SHOP, TILL } from '../support/credentials.ts';
import { customerEvent, EVENTS_TOKEN, postEvent } from '../support/events.ts';
import { testWith } from '../support/fixture.ts';
import { BASIC, customer, type GraphQLResult, type TestGateway } from '../support/gateway.ts';
import { bearer, jwtCallers } from '../support/identityProvider.ts';
import { codesOf, dataOf, someone } from '../support/questions.ts';
import { errorBody, json, pageBody, pages, text } from '../support/upstream.ts';

const SETTINGS = { CACHE_TTL_SECONDS: '60', CACHE_STALE_SECONDS: '600', UPSTREAM_RETRIES: '0' };
const test = testWith(SETTINGS);

type Request = { readonly fields?: string; readonly headers?: Record<string, string>; readonly operationName?: string };
/** Sends a query. `wholeOf` sends it with debugging and returns whether the whole response came from the cache. */
const ask = (
  gateway: TestGateway,
  mobile: string,
  { fields = 'promotions { items { name } }', headers = {} }: Request = {},
) => gateway.query(`{ ${customer(fields, mobile)} }`, { headers: { authorization: BASIC, ...headers } });
const wholeOf = async (gateway: TestGateway, mobile: string, { headers = {}, ...request }: Request = {}) =>
  isWhole(await ask(gateway, mobile, { ...request, headers: { ...headers, 'x-gateway-debug': '1' } }));
const isWhole = ({ extensions }: GraphQLResult): boolean => extensions.cache.wholeResponse;

test('The same request gets the same bytes, with the remaining freshness', async ({ upstream, gateway, time }) => {
  const mobile = someone();
  const first = await ask(gateway, mobile);
  await time.pass(7000);
  const again = await ask(gateway, mobile);
  expect(again.text).toBe(first.text);
  expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
  expect(first.headers.get('cache-control')).toBe('private, max-age=60');
  expect(again.headers.get('cache-control')).toBe('private, max-age=53');
  expect(upstream.calls).toHaveLength(1);
  const debugged = await ask(gateway, mobile, { headers: { 'x-gateway-debug': '1' } });
  expect(debugged.data).toEqual(first.data);
  expect(debugged.extensions).toMatchObject({
    upstreamCalls: { made: 0 },
    cache: { state: 'HIT', age: 7, wholeResponse: true, hits: 1, misses: 0 },
  });
});

test.for<readonly [string, Request]>([
  ['with a data scope', { fields: 'promotions { items { name } }', headers: { 'data-scope': 'ALL' } }],
  ['with organisations', { headers: { 'data-scope': 'OTHER', 'data-scope-org': '50405' } }],
])('The answer to a request %s may be stored by no cache in between', async ([, request], { gateway }) => {
  const mobile = someone();
  for (const state of ['from upstream', 'from the cache']) {
    const { headers, errors } = await ask(gateway, mobile, request);
    expect([state, errors, headers.get('cache-control')]).toEqual([state, undefined, 'no-store']);
  }
});

test("The answer to a router's join may be stored by no cache in between", async ({ gateway, upstream }) => {
  const representation = `{ __typename: "Customer", identifier: { name: "MOBILE", value: "${someone()}" }, source: "ALL" }`;
  const query = `{ ... { _entities(representations: [${representation}]) { ... on Customer { promotions { items { name } } } } } }`;
  for (const state of ['from upstream', 'from the cache']) {
    const { headers, data } = await gateway.query(query);
    expect([state, headers.get('cache-control')]).toEqual([state, 'no-store']);
    expect(data._entities[0].promotions.items).toHaveLength(10);
  }
  expect(upstream.calls).toHaveLength(1);
});

test.for([
  ['other credentials', { headers: { authorization: OTHER_BASIC } }],
  ['another data scope', { headers: { 'data-scope': 'ALL' } }],
  ['other fields', { fields: 'promotions { items { name name2: name } }' }],
  ['another response type', { headers: { accept: 'application/json' } }],
] as const)('A request with %s has a separate response', async ([, request], { gateway }) => {
  const mobile = someone();
  await ask(gateway, mobile);
  expect(await wholeOf(gateway, mobile)).toBe(true);
  expect(await wholeOf(gateway, mobile, request)).toBe(false);
});

test("Callers never get each other's responses, although they share pages", async ({ upstream, startGateway }) => {
  const gateway = await startGateway({ ...API_KEY_CALLERS, CACHE_TTL_SECONDS: '60' });
  const mobile = someone();
  await ask(gateway, mobile, { headers: SHOP });
  expect(await wholeOf(gateway, mobile, { headers: SHOP })).toBe(true);
  expect(await wholeOf(gateway, mobile, { headers: TILL })).toBe(false);
  expect(upstream.calls).toHaveLength(1);
});

test('Tokens of one subject and of other customers never share a response', async ({ provider, startGateway }) => {
  const gateway = await startGateway({ ...jwtCallers(provider), CACHE_TTL_SECONDS: '60' });
  const mobile = someone();
  const headersOf = async (claims: object) => bearer(await provider.token({ sub: 'customer-1', ...claims }));
  const [own, others] = [await headersOf({ phone_number: mobile }), await headersOf({ phone_number: someone() })];
  expect(codesOf(await ask(gateway, mobile, { headers: own }))).toEqual([]);
  expect(await wholeOf(gateway, mobile, { headers: own })).toBe(true);
  expect(codesOf(await ask(gateway, mobile, { headers: others }))).toEqual(['FORBIDDEN']);
});

test('A response becomes invalid with any of its pages: by age, event, renewal or refusal', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({ ...SETTINGS, CACHE_CLIENT_CONTROL: 'all', EVENTS_TOKEN });
  const mobile = someone();
  const authorization = `Basic ${btoa(`${mobile}:x`)}`;
  const headers = { authorization };
  const names = async () => dataOf(await ask(gateway, mobile, { headers })).customer.promotions.items.length;
  upstream.reply(pages(1, mobile));
  await names();
  await time.pass(60_000);
  expect(await wholeOf(gateway, mobile, { headers })).toBe(false);

  await ask(gateway, mobile, { headers: { authorization, 'cache-control': 'no-cache' } });
  expect(await wholeOf(gateway, mobile, { headers })).toBe(true);
  upstream.reply(pages(2, mobile));
  await postEvent(gateway.origin, customerEvent({ customerId: mobile }));
  expect(await wholeOf(gateway, mobile, { headers })).toBe(false);
  expect(await names()).toBe(2);

  upstream.reply(pages(3, mobile));
  await ask(gateway, mobile, {
    headers: { authorization, 'cache-control': 'no-cache' },
    fields: 'promotions { items { id } }',
  });
  expect(await wholeOf(gateway, mobile, { headers })).toBe(false);
  expect(await names()).toBe(3);

  upstream.reply(text('', 401));
  await ask(gateway, someone(), { headers });
  expect(codesOf(await ask(gateway, mobile, { headers }))).toEqual(['UNAUTHENTICATED']);
});

test('An operation of several customers is served as a whole until one of them changes', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway({ ...SETTINGS, EVENTS_TOKEN });
  const both = [someone(), someone()];
  upstream.reply((call, response) => pages(1, call.query.identifierValue)(call, response));
  const query = `{ ${both.map((mobile, i) => customer('promotions { items { id } }', mobile, `a${i}: `)).join(' ')} }`;
  const headers = { authorization: BASIC, 'x-gateway-debug': '1' };
  await gateway.query(query);
  expect(isWhole(await gateway.query(query, { headers }))).toBe(true);
  await postEvent(gateway.origin, customerEvent({ customerId: both[1] }));
  expect(isWhole(await gateway.query(query, { headers }))).toBe(false);
});

test.for([
  ['an error', errorBody(8015)],
  ['a warning of upstream', json({ ...pageBody(1, 0, 10), warnings: [{ status: true, code: 521, message: 'busy' }] })],
] as const)('A response with %s is not cached as a whole', async ([, reply], { upstream, gateway }) => {
  const mobile = someone();
  upstream.reply(reply);
  await ask(gateway, mobile);
  await ask(gateway, mobile);
  expect(await wholeOf(gateway, mobile)).toBe(false);
});

test('A response with debug extensions is not cached, and not served to others', async ({ gateway }) => {
  const mobile = someone();
  const headers = { 'x-gateway-debug': '1' };
  expect((await ask(gateway, mobile, { headers })).extensions.cache.wholeResponse).toBe(false);
  expect((await ask(gateway, mobile)).extensions).toBe(undefined);
});

test('Cached responses are checked and logged like others: credentials, rate limit, log', async ({ startGateway }) => {
  const gateway = await startGateway({
    ...API_KEY_CALLERS,
    CACHE_TTL_SECONDS: '60',
    RATE_LIMIT_PER_MINUTE: '2',
    METRICS: 'true',
  });
  const mobile = someone();
  await ask(gateway, mobile, { headers: SHOP });
  await ask(gateway, mobile, { headers: SHOP });
  expect((await ask(gateway, mobile, { headers: SHOP })).status).toBe(429);
  expect((await ask(gateway, mobile, { headers: { 'x-api-key': 'none' } })).status).toBe(401);
  const [asked, cached] = await gateway.logs.operations(2);
  const { operation, outcome, caller } = asked ?? {};
  expect(cached).toMatchObject({ operation, outcome, caller, cached: 1, upstreamCalls: 0 });
  expect(await gateway.metric('gateway_cache_whole_responses_total')).toBe(1);
});
