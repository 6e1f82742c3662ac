import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ask, BASIC } from '../support/gateway.ts';
import * as upstreams from '../support/upstream.ts';
import { pageBody, pages, startUpstream, type TestUpstream } from '../support/upstream.ts';
import {
  askGateway,
  cacheOf,
  codesOf,
  type GatewayPair,
  type GatewayProcess,
  idsOf,
  startGatewayProcess,
  startPair,
  stopAll,
} from './support/gateways.ts';
import { startRedis, type TestRedis } from './support/redis.ts';

const SECRET = 'a secret that only these gateways know';

let upstream: TestUpstream;
let redis: TestRedis;
let pair: GatewayPair;
let one: GatewayProcess;
let other: GatewayProcess;
beforeAll(async () => {
  [upstream, redis] = await Promise.all([startUpstream(), startRedis()]);
  pair = await startPair(upstream, redis, {
    CACHE_TTL_SECONDS: '600',
    CACHE_STALE_SECONDS: '600',
    CACHE_NOT_FOUND_SECONDS: '60',
    CACHE_SECRET: SECRET,
    UPSTREAM_RETRIES: '0',
  });
  [one, other] = pair;
});
/** Each test asks about a customer of its own. */
let mobile = 917_000_000_000;
beforeEach(async () => {
  mobile++;
  upstream.reset();
  await redis.client.flushall();
});
afterAll(async () => {
  await stopAll(pair);
  await Promise.all([upstream.close(), redis.close()]);
});

/** What Redis holds, names and values. */
async function held(): Promise<string> {
  const entries: unknown[] = [];
  for (const key of await redis.client.keys('*')) {
    const isHash = (await redis.client.type(key)) === 'hash';
    entries.push(key, isHash ? await redis.client.hgetall(key) : await redis.client.get(key));
  }
  return JSON.stringify(entries);
}

/** Resolves once both gateways use Redis again. */
async function bothUseRedis(): Promise<void> {
  for (const gateway of pair) {
    const isHit = async () => {
      mobile++;
      await askGateway(gateway, { mobile });
      return cacheOf(await askGateway(gateway, { mobile })).state === 'HIT';
    };
    await vi.waitUntil(isHit, { timeout: 15_000, interval: 50 });
  }
}

const sha256Hash = createHash('sha256').update('{ __typename }').digest('hex');
const persistedQuery = { persistedQuery: { version: 1, sha256Hash } };

async function send({ url }: GatewayProcess, body: object): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: BASIC };
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).text();
}

describe('Two gateways with one Redis', () => {
  test('answer from what the other has asked, a window inside it too', async () => {
    upstream.reply(pages(60));
    const asked = await askGateway(one, { mobile, promotions: '(limit: 50)' });
    const shared = await askGateway(other, { mobile, promotions: '(limit: 50)' });
    expect(cacheOf(shared).state).toBe('HIT');
    expect(shared.data).toEqual(asked.data);
    const inside = await askGateway(other, { mobile, promotions: '(limit: 3, offset: 20)' });
    expect(idsOf(inside)).toEqual(['1020', '1021', '1022']);
    const totals = await askGateway(other, { mobile, promotions: '(limit: 0)' });
    expect(totals.data.customer.promotions.pageDetails.totalEntries).toBe(60);
    expect(upstream.calls).toHaveLength(1);
    await askGateway(other, { mobile, promotions: '(limit: 5, offset: 48)' });
    expect(upstream.calls).toHaveLength(2);
  });

  test('share that a customer is not known, and no other error', async () => {
    upstream.reply(upstreams.errorBody(8015));
    await askGateway(one, { mobile });
    expect(codesOf(await askGateway(other, { mobile }))).toContain('CUSTOMER_NOT_FOUND');
    expect(upstream.calls).toHaveLength(1);
    upstream.reply(upstreams.errorBody(999));
    mobile++;
    await askGateway(one, { mobile });
    await askGateway(other, { mobile });
    expect(upstream.calls).toHaveLength(3);
  });

  test('share automatic persisted queries', async () => {
    expect(await send(one, { query: '{ __typename }', extensions: persistedQuery })).toContain('"Query"');
    await vi.waitUntil(async () => (await held()).includes(':query:'));
    expect(await send(other, { extensions: persistedQuery })).toContain('"Query"');
  });

  test('write nothing that anybody else could read, into names or values', async () => {
    await askGateway(one, { mobile });
    const written = await held();
    expect(written).toContain(':page:');
    for (const secret of [String(mobile), BASIC.slice(6), '347297848', 'Promotion 1', 'INSTORE', '127.0.0.1']) {
      expect(written).not.toContain(secret);
    }
  });

  test('keep nothing longer than it may be served', async () => {
    await askGateway(one, { mobile });
    const keys = await redis.client.keys('*:page:*');
    expect(keys).toHaveLength(1);
    for (const key of keys) {
      const left = await redis.client.pttl(key);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(1_200_000);
    }
  });
});

describe('Tenants and data scopes never meet', () => {
  const tenants = ['Basic dGVuYW50LWE6eA==', 'Basic dGVuYW50LWI6eA=='] as const;
  const scopes = [
    ['SELF', 'SELF'],
    ['ALL', 'ALL'],
    ['OTHER, orgIds: ["1"]', 'OTHER 1'],
    ['OTHER, orgIds: ["2"]', 'OTHER 2'],
  ] as const;

  /** The id that upstream gives a customer tells who asked, in which data scope, and for whom. */
  const idFor = (authorization: string, scope: string, customer: number) =>
    String(createHash('sha256').update(`${authorization} ${scope} ${customer}`).digest().readUInt32BE());

  const question = fc.record({
    gateway: fc.constantFrom(0, 1),
    authorization: fc.constantFrom(...tenants),
    scope: fc.constantFrom(...scopes),
    customer: fc.nat({ max: 2 }),
    limit: fc.constantFrom(0, 5, 10, 30),
    /** Asked before the questions ahead are answered. */
    atOnce: fc.boolean(),
  });

  test('however their questions follow one another', async () => {
    upstream.reply((call, response) => {
      const { offset = 0, limit = 10, identifierValue } = call.query;
      const orgs = call.headers['data-scope-org'];
      const scope = `${call.headers['data-scope']}${orgs === undefined ? '' : ` ${orgs}`}`;
      const id = idFor(call.headers.authorization ?? '', scope, Number(identifierValue));
      return upstreams.json(pageBody(30, Number(offset), Number(limit), id))(call, response);
    });
    let first = mobile;
    let hits = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(question, { minLength: 2, maxLength: 20 }), async (questions) => {
        first += 10;
        const pending: Promise<void>[] = [];
        for (const { gateway, authorization, scope, customer, limit, atOnce } of questions) {
          const asked = { mobile: first + customer, promotions: `(limit: ${limit})`, scope: scope[0], authorization };
          const answered = askGateway(gateway === 0 ? one : other, asked).then((answer) => {
            expect(answer.errors).toBe(undefined);
            expect(answer.data.customer.id).toBe(idFor(authorization, scope[1], asked.mobile));
            expect(idsOf(answer)).toHaveLength(limit);
            if (cacheOf(answer).state === 'HIT') hits++;
          });
          pending.push(answered);
          if (!atOnce) await answered;
        }
        await Promise.all(pending);
      }),
      { numRuns: 80 },
    );
    expect(hits).toBeGreaterThan(10);
  });
});

describe('Redis full of garbage', () => {
  test.each([
    '',
    '{',
    '1 2 nonsense',
    `${Date.now()} -1 ${'A'.repeat(200)}`,
    `${Date.now()} -1 [1,{"kind":"not-found","at":${Date.now()},"upstream":{"status":200}}]`,
    `${Number.MAX_SAFE_INTEGER} -1 [1,{"kind":"page"}]`,
  ])('is asked past: %j', async (garbage) => {
    const asked = await askGateway(one, { mobile });
    for (const key of await redis.client.keys('*:page:*')) {
      for (const field of await redis.client.hkeys(key)) await redis.client.hset(key, field, garbage);
      await redis.client.hset(key, { '0+50': garbage, none: garbage, [garbage]: garbage });
    }
    const answer = await askGateway(other, { mobile });
    expect(answer.data).toEqual(asked.data);
    expect(cacheOf(answer).state).toBe('MISS');
  });

  test('of another type is asked past, and written over', async () => {
    const asked = await askGateway(one, { mobile });
    for (const key of await redis.client.keys('*')) await redis.client.set(key, 'garbage');
    expect((await askGateway(other, { mobile })).data).toEqual(asked.data);
    expect(cacheOf(await askGateway(one, { mobile })).state).toBe('HIT');
  });

  test("with another customer's answer under this one's name is asked past", async () => {
    upstream.reply((call, response) => pages(1, call.query.identifierValue)(call, response));
    await askGateway(one, { mobile });
    const [first = ''] = await redis.client.keys('*:page:*');
    await askGateway(one, { mobile: ++mobile });
    const [second = ''] = (await redis.client.keys('*:page:*')).filter((key) => key !== first);
    expect(await redis.client.copy(first, second, 'REPLACE')).toBe(1);
    expect((await askGateway(other, { mobile })).data.customer.id).toBe(String(mobile));
  });

  test('gives no persisted query, but asks for it', async () => {
    await send(one, { query: '{ __typename }', extensions: persistedQuery });
    await vi.waitUntil(async () => (await held()).includes(':query:'));
    for (const key of await redis.client.keys('*:query:*')) await redis.client.set(key, '{ other: __typename }');
    const fresh = await startGatewayProcess(upstream, redis, { CACHE_SECRET: SECRET });
    try {
      expect(await send(fresh, { extensions: persistedQuery })).toContain('PERSISTED_QUERY_NOT_FOUND');
    } finally {
      await stopAll([fresh]);
    }
  });
});

describe('Without Redis', () => {
  test('a load goes on without an error while Redis is killed and brought back', async () => {
    let asking = true;
    let asked = 0;
    const client = async (gateway: GatewayProcess, index: number) => {
      for (let i = 0; asking; i++) {
        const answer = await askGateway(gateway, { mobile: mobile + ((i * 7 + index) % 20) });
        expect(answer.errors).toBe(undefined);
        expect(idsOf(answer)).toHaveLength(10);
        asked++;
      }
    };
    const load = Promise.all([...pair, ...pair].map(client));
    const more = (count: number) => {
      const enough = asked + count;
      return vi.waitUntil(() => asked >= enough, { timeout: 30_000, interval: 5 });
    };
    const meddle = async () => {
      await more(100);
      await redis.kill();
      await more(100);
      await redis.start();
      await more(100);
      asking = false;
    };
    await Promise.all([load, meddle()]);
    await bothUseRedis();
  });

  test('hanging, it delays an answer by 50 ms at the most', async () => {
    const took = async () => {
      const startedAt = performance.now();
      expect((await askGateway(one, { mobile: ++mobile })).errors).toBe(undefined);
      return performance.now() - startedAt;
    };
    const median = (times: number[]) => times.toSorted((a, b) => a - b)[4] ?? 0;
    const nine = async () => {
      const times: number[] = [];
      for (let i = 0; i < 9; i++) times.push(await took());
      return times;
    };
    const usual = median(await nine());
    redis.freeze();
    const hanging = median(await nine());
    redis.wake();
    expect(hanging - usual).toBeLessThan(50);
    await bothUseRedis();
  });

  test('a gateway warns once, and starts all the same', async () => {
    await redis.kill();
    const alone = await startGatewayProcess(upstream, redis, { CACHE_TTL_SECONDS: '60' });
    try {
      for (let i = 0; i < 10; i++) expect((await askGateway(alone, { mobile: mobile + i })).errors).toBe(undefined);
    } finally {
      await stopAll([alone]);
      await redis.start();
    }
    expect(alone.program.output().match(/Redis cannot be used/g)).toHaveLength(1);
    expect(alone.program.output()).not.toContain(redis.url);
    await bothUseRedis();
  });
});

describe('In an outage of upstream', () => {
  test('both gateways serve the last answer that either of them had, until upstream is back', async () => {
    const env = { CACHE_TTL_SECONDS: '1', CACHE_STALE_SECONDS: '600', UPSTREAM_RETRIES: '0' };
    const stale = await startPair(upstream, redis, env);
    try {
      const asked = await askGateway(stale[0], { mobile });
      upstream.reply(upstreams.reset);
      const isStale = async () => cacheOf(await askGateway(stale[0], { mobile })).state === 'STALE';
      await vi.waitUntil(isStale, { timeout: 5000 });
      for (const gateway of [...stale, ...stale, ...stale]) {
        const answer = await askGateway(gateway, { mobile });
        expect(answer.data).toEqual(asked.data);
        expect(cacheOf(answer).state).toBe('STALE');
      }
      upstream.reply(pages(3));
      const isRenewed = async () => idsOf(await askGateway(stale[1], { mobile })).length === 3;
      await vi.waitUntil(isRenewed, { timeout: 20_000, interval: 100 });
    } finally {
      await stopAll(stale);
    }
  });
});

describe('A caller of two gateways', () => {
  test('has one rate limit, and without Redis one at each', async () => {
    const limited = await startPair(upstream, redis, { RATE_LIMIT_PER_MINUTE: '10' });
    const letThrough = async (count: number) => {
      const asking = Array.from({ length: count }, (_, i) => ask(limited[i % 2 === 0 ? 0 : 1].url, '{ __typename }'));
      return (await Promise.all(asking)).filter(({ status }) => status === 200).length;
    };
    try {
      expect(await letThrough(30)).toBe(10);
      await redis.kill();
      expect(await letThrough(60)).toBe(20);
    } finally {
      await stopAll(limited);
      await redis.start();
    }
  });
});
