import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { BASIC, type GraphQLAnswer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import * as upstreams from '../support/upstream.ts';
import { pages, startUpstream, type TestUpstream } from '../support/upstream.ts';

const TTL = 60;
const STALE = 600;
const NOT_FOUND = 10;

let upstream: TestUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startTestGateway(upstream, {
    CACHE_TTL_SECONDS: String(TTL),
    CACHE_STALE_SECONDS: String(STALE),
    CACHE_NOT_FOUND_SECONDS: String(NOT_FOUND),
    UPSTREAM_RETRIES: '0',
    METRICS: 'true',
  });
});
beforeEach(() => {
  upstream.reset();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

/** Each test asks about a customer of its own. */
let mobile = 917_000_000_000;
beforeEach(() => {
  mobile++;
});
const ITEMS = 'items { promotionId } pageDetails { pageNumber pageSize totalEntries pageCount hasNextPage }';
type Ask = {
  promotions?: string;
  fields?: string;
  headers?: Record<string, string>;
  from?: TestGateway;
};
const ask = ({ promotions = '', fields, headers = {}, from = gateway }: Ask = {}) =>
  from.query(
    `{ customer(identifier: { name: MOBILE, value: "${mobile}" }, source: INSTORE) { ${fields ?? `promotions${promotions} { ${ITEMS} }`} } }`,
    { headers: { authorization: BASIC, 'x-gateway-debug': '1', ...headers } },
  );
const ids = ({ data }: GraphQLAnswer): string[] =>
  data.customer.promotions.items.map(({ promotionId }: { promotionId: string }) => promotionId);
const cache = ({ text }: GraphQLAnswer) => JSON.parse(text).extensions.cache as { state: string; age: number };
const codes = ({ errors }: GraphQLAnswer) => errors?.map(({ extensions }) => extensions.code);

describe('Without CACHE_TTL_SECONDS', () => {
  test('nothing is kept', async () => {
    const uncached = await startTestGateway(upstream);
    try {
      const first = await ask({ from: uncached });
      await ask({ from: uncached });
      expect(upstream.calls).toHaveLength(2);
      expect(cache(first)).toMatchObject({ state: 'BYPASS', age: 0 });
      expect(first.headers.get('cache-control')).toBe('no-store');
    } finally {
      await uncached.close();
    }
  });
});

describe('Within the TTL', () => {
  test('the same window is answered without a call, with its age', async () => {
    const asked = await ask();
    expect(cache(asked)).toMatchObject({ state: 'MISS', age: 0 });
    pass(7);
    const kept = await ask();
    expect(kept.data).toEqual(asked.data);
    expect(cache(kept)).toMatchObject({ state: 'HIT', age: 7 });
    expect(upstream.calls).toHaveLength(1);
  });

  test('clients may keep an answer for what is left of it, each user their own', async () => {
    expect((await ask()).headers.get('cache-control')).toBe(`private, max-age=${TTL}`);
    pass(20);
    const kept = await ask();
    expect(kept.headers.get('cache-control')).toBe(`private, max-age=${TTL - 20}`);
    expect(kept.headers.get('vary')).toContain('authorization');
  });

  test.each([
    ['(limit: 100)', '(limit: 10, offset: 20)'],
    ['(limit: 20, offset: 40)', '(limit: 7, offset: 50)'],
    ['(limit: 20, offset: 40)', '(limit: 0)'],
    ['(limit: 200)', '(limit: 60, offset: 120)'],
  ])('a page of %s answers %s as upstream would', async (kept, inside) => {
    upstream.reply(pages(250));
    await ask({ promotions: kept });
    const calls = upstream.calls.length;
    const fromKept = await ask({ promotions: inside });
    expect(upstream.calls).toHaveLength(calls);
    const fromUpstream = await ask({ promotions: inside, headers: { authorization: `${BASIC}x` } });
    expect(upstream.calls.length).toBeGreaterThan(calls);
    expect(fromKept.data).toEqual(fromUpstream.data);
  });

  test('a page answers who the customer is', async () => {
    upstream.reply(pages(250));
    await ask({ promotions: '(limit: 20, offset: 40, status: null)' });
    expect((await ask({ fields: 'id' })).data.customer.id).toBe('347297848');
    expect(upstream.calls).toHaveLength(1);
  });

  test.each([
    ['(limit: 20, offset: 40)', '(limit: 20, offset: 41)'],
    ['(limit: 20, offset: 40)', '(limit: 10)'],
    ['(limit: 0)', '(limit: 1)'],
    ['(status: EXPIRED)', '(status: AVAILABLE_TO_EARN)'],
  ])('a page of %s does not answer %s', async (kept, other) => {
    upstream.reply(pages(250));
    await ask({ promotions: kept });
    await ask({ promotions: other });
    expect(upstream.calls).toHaveLength(2);
  });

  test('an answer with an error is not for clients to keep', async () => {
    upstream.reply(upstreams.errorBody(8015));
    expect((await ask()).headers.get('cache-control')).toBe('no-store');
  });

  test('metrics count what the cache had', async () => {
    await ask();
    await ask();
    const text = await (await fetch(`${gateway.origin}/metrics`)).text();
    expect(text).toMatch(/gateway_cache_lookups_total\{state="hit"\} [1-9]/);
    expect(text).toMatch(/gateway_cache_lookups_total\{state="miss"\} [1-9]/);
  });
});

describe('After the TTL', () => {
  test('the last answer is served while it is renewed in the background', async () => {
    upstream.reply(pages(1));
    await ask();
    pass(TTL);
    const held = upstreams.gate(pages(2));
    upstream.reply(held.reply);
    const stale = await ask();
    expect(ids(stale)).toHaveLength(1);
    expect(cache(stale)).toMatchObject({ state: 'STALE', age: TTL });
    expect(stale.headers.get('cache-control')).toBe('private, max-age=0');
    await upstream.callsReached(2);
    held.open();
    await vi.waitUntil(async () => ids(await ask()).length === 2);
    expect(cache(await ask())).toMatchObject({ state: 'HIT', age: 0 });
    expect(upstream.calls).toHaveLength(2);
  });

  test.each<[string, upstreams.Reply, string]>([
    ['fails', upstreams.text('', 503), 'UPSTREAM_UNAVAILABLE'],
    ['breaks off', upstreams.cutOff, 'UPSTREAM_UNAVAILABLE'],
    ['is rate-limited', upstreams.json({}, 429, { 'retry-after': '1' }), 'UPSTREAM_RATE_LIMITED'],
    ['answers with something else', upstreams.text('<h1>Maintenance</h1>'), 'UPSTREAM_INVALID_RESPONSE'],
  ])(
    'the last answer is served while upstream %s, and no longer than CACHE_STALE_SECONDS',
    async (_, trouble, code) => {
      const headers = { authorization: `Basic ${mobile}` };
      const asked = await ask({ headers });
      upstream.reply(trouble);
      pass(TTL);
      for (let i = 0; i < 3; i++) expect((await ask({ headers })).data).toEqual(asked.data);
      pass(STALE - 1);
      expect(cache(await ask({ headers }))).toMatchObject({ state: 'STALE', age: TTL + STALE - 1 });
      pass(1);
      expect(codes(await ask({ headers }))).toEqual([code]);
    },
  );

  test('the last answer is served while the circuit is open', async () => {
    const failing = await startTestGateway(upstream, {
      CACHE_TTL_SECONDS: String(TTL),
      CACHE_STALE_SECONDS: '600',
      UPSTREAM_RETRIES: '0',
      METRICS: 'true',
    });
    try {
      const asked = await ask({ from: failing });
      upstream.reply(upstreams.text('', 500));
      const known = mobile;
      for (let i = 0; i < 40; i++) {
        mobile++;
        await ask({ from: failing });
      }
      expect(await (await fetch(`${failing.origin}/metrics`)).text()).toContain(
        'gateway_upstream_circuit{state="open"} 1',
      );
      mobile = known;
      pass(TTL);
      expect((await ask({ from: failing })).data).toEqual(asked.data);
    } finally {
      await failing.close();
    }
  });

  test.each<[string, upstreams.Reply, string]>([
    ['refuses the credentials', upstreams.text('', 401), 'UNAUTHENTICATED'],
    ['forbids the customer', upstreams.text('', 403), 'FORBIDDEN'],
    ['refuses the data scope', upstreams.errorBody(310144), 'DATA_SCOPE_REJECTED'],
    ['no longer knows the customer', upstreams.errorBody(8015), 'CUSTOMER_NOT_FOUND'],
  ])('nothing more is served once upstream %s', async (_, refusal, code) => {
    const headers = { authorization: `Basic ${mobile}` };
    await ask({ headers });
    upstream.reply(refusal);
    pass(TTL);
    await ask({ headers });
    await vi.waitUntil(async () => codes(await ask({ headers }))?.[0] === code);
    expect(codes(await ask({ headers }))).toEqual([code]);
  });

  test('credentials that upstream refused for one customer get no other cached page', async () => {
    const headers = { authorization: `Basic ${mobile}` };
    await ask({ headers });
    upstream.reply(upstreams.text('', 401));
    mobile++;
    expect(codes(await ask({ headers }))).toEqual(['UNAUTHENTICATED']);
    mobile--;
    expect(codes(await ask({ headers }))).toEqual(['UNAUTHENTICATED']);
  });
});

describe('Errors', () => {
  test('an unknown customer (8015) is cached for CACHE_NOT_FOUND_SECONDS, with the same error', async () => {
    upstream.reply(upstreams.errorBody(8015));
    const asked = await ask();
    pass(NOT_FOUND - 1);
    const kept = await ask({ promotions: '(limit: 3)' });
    expect(kept.errors?.[0]?.extensions).toMatchObject({ code: 'CUSTOMER_NOT_FOUND', upstream: { code: 8015 } });
    expect(kept.errors?.[0]?.message).toBe(asked.errors?.[0]?.message);
    expect(upstream.calls).toHaveLength(1);
    upstream.reply(pages(3));
    pass(1);
    expect(ids(await ask())).toHaveLength(3);
  });

  test.each<[string, upstreams.Reply, string]>([
    ['8013', upstreams.errorBody(8013), 'BAD_USER_INPUT'],
    ['310144', upstreams.errorBody(310144), 'DATA_SCOPE_REJECTED'],
    ['another code', upstreams.errorBody(999), 'UPSTREAM_REJECTED'],
    ['HTTP 401', upstreams.text('', 401), 'UNAUTHENTICATED'],
    ['HTTP 403', upstreams.text('', 403), 'FORBIDDEN'],
    ['HTTP 500', upstreams.text('', 500), 'UPSTREAM_UNAVAILABLE'],
    ['a broken connection', upstreams.reset, 'UPSTREAM_UNAVAILABLE'],
    ['HTML', upstreams.text('<h1>Hello</h1>'), 'UPSTREAM_INVALID_RESPONSE'],
  ])('%s is never kept', async (_, reply, code) => {
    upstream.reply(reply);
    expect(codes(await ask())).toEqual([code]);
    upstream.reply(pages(4));
    expect(ids(await ask())).toHaveLength(4);
  });
});

describe('CacheEntry answers are never shared', () => {
  test('between callers with credentials of their own', async () => {
    upstream.reply((call, response) => pages(1, call.headers.authorization === BASIC ? 1 : 2)(call, response));
    expect((await ask({ fields: 'id' })).data.customer.id).toBe('1');
    expect((await ask({ fields: 'id', headers: { authorization: `${BASIC}x` } })).data.customer.id).toBe('2');
    expect((await ask({ fields: 'id' })).data.customer.id).toBe('1');
    expect(upstream.calls).toHaveLength(2);
  });

  test('with a caller who brings none', async () => {
    await ask();
    const answer = await ask({ headers: { authorization: '' } });
    expect(codes(answer)).toEqual(['UNAUTHENTICATED']);
  });

  test('between data scopes', async () => {
    for (const scope of ['SELF', 'ALL', 'OTHER, orgIds: ["1"]', 'OTHER, orgIds: ["2"]', 'OTHER, orgIds: ["1", "2"]']) {
      await ask({ promotions: `(dataScope: { scope: ${scope} })` });
    }
    await ask();
    expect(upstream.calls).toHaveLength(6);
  });

  test('if a caller may not read the customer, although its page is cached', async () => {
    const scoped = await startTestGateway(upstream, { CACHE_TTL_SECONDS: '60', AUTH_DATA_SCOPES: 'SELF' });
    try {
      await ask({ from: scoped, promotions: '(dataScope: { scope: SELF })' });
      expect(codes(await ask({ from: scoped, promotions: '(dataScope: { scope: ALL })' }))).toEqual(['FORBIDDEN']);
    } finally {
      await scoped.close();
    }
  });
});
