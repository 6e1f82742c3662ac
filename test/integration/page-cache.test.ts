import { expect } from 'vitest';
import { askCached, CACHING, NOT_FOUND, TTL, test } from '../support/cachedGateway.ts';
import { OTHER_BASIC } from '../support/credentials.ts';
import { BASIC, customer } from '../support/gateway.ts';
import {
  expectNewestPageAfterRefusal,
  expectNewestPages,
  expectNewestResponse,
  expectNoPageAfterRefusal,
} from '../support/lateCalls.ts';
import { cacheOf, codesOf, dataOf, firstError, idsOf, someone } from '../support/questions.ts';
import * as upstreams from '../support/upstream.ts';
import { pages } from '../support/upstream.ts';

const OTHER_CREDENTIALS = { headers: { authorization: OTHER_BASIC } };

test('Nothing is cached without CACHE_TTL_SECONDS', async ({ startGateway, upstream }) => {
  const uncached = await startGateway();
  const mobile = someone();
  const first = await askCached(uncached, mobile);
  await askCached(uncached, mobile);
  expect(upstream.calls).toHaveLength(2);
  expect(cacheOf(first)).toMatchObject({ state: 'BYPASS', age: 0 });
  expect(first.headers.get('cache-control')).toBe('no-store');
});

test('The same window is served from the cache, with its age', async ({ gateway, upstream, age }) => {
  const mobile = someone();
  const first = await askCached(gateway, mobile);
  expect(cacheOf(first)).toMatchObject({ state: 'MISS', age: 0 });
  age(7);
  const cached = await askCached(gateway, mobile);
  expect(cached.data).toEqual(first.data);
  expect(cacheOf(cached)).toMatchObject({ state: 'HIT', age: 7 });
  expect(upstream.calls).toHaveLength(1);
});

test.for<readonly [string, { readonly fields?: string; readonly promotions?: string }, number]>([
  ['page details', { promotions: '(limit: 0)' }, 10],
  ['the customer id', { fields: 'customerId' }, 10],
  ['an empty list', {}, 0],
])('%s of a page without its list are cached', async ([, question, total], { gateway, upstream }) => {
  upstream.reply(upstreams.json({ ...upstreams.pageBody(total, 0, 10), promotions: undefined }));
  const mobile = someone();
  for (let i = 0; i < 3; i++) await askCached(gateway, mobile, question);
  expect(upstream.calls).toHaveLength(1);
});

test('Clients may cache a response for the rest of its TTL, for one user', async ({ gateway, age }) => {
  const mobile = someone();
  const first = await askCached(gateway, mobile);
  expect(first.headers.get('cache-control')).toBe(`private, max-age=${TTL}`);
  age(20);
  const cached = await askCached(gateway, mobile);
  expect(cached.headers.get('cache-control')).toBe(`private, max-age=${TTL - 20}`);
  expect(cached.headers.get('vary')).toContain('authorization');
});

test.for([
  ['(limit: 100)', '(limit: 10, offset: 20)'],
  ['(limit: 20, offset: 40)', '(limit: 7, offset: 50)'],
  ['(limit: 20, offset: 40)', '(limit: 0)'],
  ['(limit: 200)', '(limit: 60, offset: 120)'],
] as const)(
  'A cached page of %s serves %s as upstream would',
  async ([cached, inside], { gateway, upstream, age: _ }) => {
    const mobile = someone();
    upstream.reply(pages(250));
    await askCached(gateway, mobile, { promotions: cached });
    const calls = upstream.calls.length;
    const fromCache = await askCached(gateway, mobile, { promotions: inside });
    expect(upstream.calls).toHaveLength(calls);
    const fromUpstream = await askCached(gateway, mobile, { promotions: inside, ...OTHER_CREDENTIALS });
    expect(upstream.calls.length).toBeGreaterThan(calls);
    expect(fromCache.data).toEqual(fromUpstream.data);
  },
);

test('A cached page serves the id of its customer', async ({ gateway, upstream, age: _ }) => {
  const mobile = someone();
  upstream.reply(pages(250));
  await askCached(gateway, mobile, { promotions: '(limit: 20, offset: 40, status: null)' });
  expect(dataOf(await askCached(gateway, mobile, { fields: 'customerId' })).customer.customerId).toBe('347297848');
  expect(upstream.calls).toHaveLength(1);
});

test.for([
  ['(limit: 20, offset: 40)', '(limit: 20, offset: 41)'],
  ['(limit: 20, offset: 40)', '(limit: 10)'],
  ['(limit: 0)', '(limit: 1)'],
  ['(status: EXPIRED)', '(status: AVAILABLE_TO_EARN)'],
] as const)('A cached page of %s does not serve %s', async ([cached, other], { gateway, upstream, age: _ }) => {
  const mobile = someone();
  upstream.reply(pages(250));
  await askCached(gateway, mobile, { promotions: cached });
  await askCached(gateway, mobile, { promotions: other });
  expect(upstream.calls).toHaveLength(2);
});

test('Hits and misses of the cache are counted', async ({ gateway, age: _ }) => {
  const counted = () =>
    Promise.all(['hit', 'miss'].map((state) => gateway.metric(`gateway_cache_lookups_total{state="${state}"}`)));
  const mobile = someone();
  const [hits = 0, misses = 0] = await counted();
  await askCached(gateway, mobile);
  await askCached(gateway, mobile);
  expect(await counted()).toEqual([hits + 1, misses + 1]);
});

test('An unknown customer (8015) is cached for five seconds, with the same error', async ({
  gateway,
  upstream,
  age,
}) => {
  const mobile = someone();
  upstream.reply(upstreams.errorBody(8015));
  const first = await askCached(gateway, mobile);
  expect(first.headers.get('cache-control')).toBe('no-store');
  age(NOT_FOUND - 1);
  const cached = await askCached(gateway, mobile, { promotions: '(limit: 3)' });
  expect(firstError(cached)).toMatchObject({ code: 'CUSTOMER_NOT_FOUND', upstream: { code: 8015 } });
  expect(cached.errors?.[0]?.message).toBe(first.errors?.[0]?.message);
  expect(upstream.calls).toHaveLength(1);
  upstream.reply(pages(3));
  age(1);
  expect(idsOf(await askCached(gateway, mobile))).toHaveLength(3);
});

test.for<readonly [string, upstreams.Reply, string]>([
  ['Error 8013', upstreams.errorBody(8013), 'BAD_USER_INPUT'],
  ['Error 310144', upstreams.errorBody(310144), 'DATA_SCOPE_REJECTED'],
  ['Another error', upstreams.errorBody(999), 'UPSTREAM_REJECTED'],
  ['HTTP 401', upstreams.text('', 401), 'UNAUTHENTICATED'],
  ['HTTP 403', upstreams.text('', 403), 'FORBIDDEN'],
  ['HTTP 500', upstreams.text('', 500), 'UPSTREAM_UNAVAILABLE'],
  ['A broken connection', upstreams.reset, 'UPSTREAM_UNAVAILABLE'],
  ['HTML', upstreams.text('<h1>Hello</h1>'), 'UPSTREAM_INVALID_RESPONSE'],
])('%s is never cached', async ([, reply, code], { gateway, upstream, age: _ }) => {
  const mobile = someone();
  upstream.reply(reply);
  expect(codesOf(await askCached(gateway, mobile))).toEqual([code]);
  upstream.reply(pages(4));
  expect(idsOf(await askCached(gateway, mobile))).toHaveLength(4);
});

test('A page of a late call is served only where there is no newer one', async ({ gateway, upstream, age: _ }) => {
  await expectNewestPages(upstream, () => {
    const mobile = someone();
    return (promotions) => askCached(gateway, mobile, { promotions: `(${promotions})` });
  });
});

test('A refusal that comes late ends no page of a later call', async ({ gateway, upstream, age: _ }) => {
  const mobile = someone();
  await expectNewestPageAfterRefusal(upstream, (promotions) =>
    askCached(gateway, mobile, { promotions: `(${promotions})` }),
  );
});

test('A page that comes late is not stored after the refusal of a later call', async ({
  gateway,
  upstream,
  age: _,
}) => {
  await expectNoPageAfterRefusal(upstream, () => {
    const mobile = someone();
    return (promotions) => askCached(gateway, mobile, { promotions: `(${promotions})` });
  });
});

test('A refused offset or limit ends no page of another window', async ({ gateway, upstream, age: _ }) => {
  const mobile = someone();
  await askCached(gateway, mobile);
  for (const code of [8100, 8101, 8102]) {
    upstream.on(mobile, upstreams.errorBody(code, 400));
    const refused = await askCached(gateway, mobile, { promotions: '(offset: 1000)' });
    expect(codesOf(refused)).toEqual(['BAD_USER_INPUT']);
    expect(cacheOf(await askCached(gateway, mobile)).state).toBe('HIT');
  }
});

test('A refused offset ends the pages of a customer that is blocked as well', async ({ gateway, upstream, age: _ }) => {
  const mobile = someone();
  await askCached(gateway, mobile);
  const errors = [8100, 618].map((code) => ({ status: false, code, message: 'refused' }));
  upstream.on(mobile, upstreams.json({ errors }, 400));
  for (const promotions of ['(offset: 1000)', '']) {
    expect(codesOf(await askCached(gateway, mobile, { promotions }))).toEqual(['CUSTOMER_BLOCKED']);
  }
});

test('A whole response is not served once a newer page of a part of it is', async ({
  startGateway,
  upstream,
  age: _,
}) => {
  const gateway = await startGateway({ ...CACHING, CACHE_CLIENT_CONTROL: 'all' });
  await expectNewestResponse(upstream, gateway.query);
});

test('A call whose first client leaves answers those who wait for it, and its page is cached', async ({
  gateway,
  upstream,
  age: _,
}) => {
  const mobile = someone();
  const held = upstreams.gate(pages(3));
  upstream.reply(held.reply);
  const leaving = new AbortController();
  const ask = (signal?: AbortSignal, more = '') =>
    gateway.query(`{ ${customer('customerId', mobile)} ${more} }`, {
      headers: { authorization: BASIC, 'x-gateway-debug': '1' },
      ...(signal && { signal }),
    });
  const first = ask(leaving.signal);
  await upstream.callsReached(1);
  // The call for another customer shows that the first one is waited for too.
  const marker = someone();
  upstream.on(marker, pages(1));
  const second = ask(undefined, customer('customerId', marker, 'marker: '));
  await upstream.callsReached(2);
  leaving.abort();
  await expect(first).rejects.toThrow(/abort/i);
  await gateway.logs.logged(({ outcome }) => outcome === 'CLIENT_GONE');
  held.open();
  expect(dataOf(await second).customer.customerId).toBe('347297848');
  expect(cacheOf(await ask()).state).toBe('HIT');
  expect(upstream.calls).toHaveLength(2);
});

test('Callers with their own credentials share no cached page', async ({ gateway, upstream, age: _ }) => {
  const mobile = someone();
  upstream.reply((call, response) => pages(1, call.headers.authorization === BASIC ? 1 : 2)(call, response));
  const idFor = async (question: object) =>
    dataOf(await askCached(gateway, mobile, { fields: 'customerId', ...question })).customer.customerId;
  expect(await idFor({})).toBe('1');
  expect(await idFor(OTHER_CREDENTIALS)).toBe('2');
  expect(await idFor({})).toBe('1');
  expect(upstream.calls).toHaveLength(2);
});

test('A caller without credentials gets no cached page', async ({ gateway, age: _ }) => {
  const mobile = someone();
  await askCached(gateway, mobile);
  const answer = await askCached(gateway, mobile, { headers: { authorization: '' } });
  expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
});

test('Data scopes share no cached page', async ({ gateway, upstream, age: _ }) => {
  const mobile = someone();
  for (const scope of ['SELF', 'ALL', 'OTHER, orgIds: ["1"]', 'OTHER, orgIds: ["2"]', 'OTHER, orgIds: ["1", "2"]']) {
    await askCached(gateway, mobile, { promotions: `(dataScope: { scope: ${scope} })` });
  }
  await askCached(gateway, mobile);
  expect(upstream.calls).toHaveLength(6);
});

test('A data scope that a caller may not read is FORBIDDEN even if another of its pages is cached', async ({
  startGateway,
}) => {
  const scoped = await startGateway({ CACHE_TTL_SECONDS: '60', AUTH_DATA_SCOPES: 'SELF' });
  const mobile = someone();
  await askCached(scoped, mobile, { promotions: '(dataScope: { scope: SELF })' });
  const refused = await askCached(scoped, mobile, { promotions: '(dataScope: { scope: ALL })' });
  expect(codesOf(refused)).toEqual(['FORBIDDEN']);
});
