import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, onTestFinished } from 'vitest';
import { sha256 } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { ask, BASIC, customer } from '../support/gateway.ts';
import {
  type AskList,
  expectNewestPageAfterRefusal,
  expectNewestPages,
  expectNewestResponse,
  expectNoPageAfterRefusal,
  totalOf,
} from '../support/lateCalls.ts';
import type { GatewayProgram } from '../support/process.ts';
import { cacheOf, codesOf, dataOf, idsOf, someone } from '../support/questions.ts';
import { errorBody, json, pageBody, pages, reset, text } from '../support/upstream.ts';
import { testWith } from './support/fixture.ts';
import { askGateway, startInstance, stopAll, useRedis } from './support/gateways.ts';
import { contentsOf, onlyPage, sentBytes, type TestRedis } from './support/redis.ts';

const SETTINGS = {
  CACHE_TTL_SECONDS: '600',
  CACHE_STALE_SECONDS: '600',
  UPSTREAM_RETRIES: '0',
};
const test = testWith(SETTINGS);

/** From now until the end of the test, Redis refuses writes: it is full, or has too few replicas. */
async function refuseWrites({ client }: TestRedis, setting: 'maxmemory' | 'min-replicas-to-write'): Promise<void> {
  const [, used] = /used_memory:(\d+)/.exec(await client.info('memory')) ?? [];
  await client.config('SET', setting, setting === 'maxmemory' ? Math.floor(Number(used) / 2) : 1);
  onTestFinished(async () => void (await client.config('SET', setting, 0)));
}

test('A page that one gateway fetched is served by the other, and also any window inside it', async ({
  upstream,
  instances,
}) => {
  const [one, other] = instances;
  const mobile = someone();
  upstream.reply(pages(60));
  const fetched = await askGateway(one, { mobile, promotions: 'limit: 50' });
  const shared = await askGateway(other, { mobile, promotions: 'limit: 50' });
  expect(cacheOf(shared).state).toBe('HIT');
  expect(shared.data).toEqual(fetched.data);
  const inside = await askGateway(other, { mobile, promotions: 'limit: 3, offset: 20' });
  expect(idsOf(inside)).toEqual(['1020', '1021', '1022']);
  const totals = await askGateway(other, { mobile, promotions: 'limit: 0' });
  expect(totals.data.customer.promotions.pageDetails.totalEntries).toBe(60);
  expect(upstream.calls).toHaveLength(1);
  await askGateway(other, { mobile, promotions: 'limit: 5, offset: 48' });
  expect(upstream.calls).toHaveLength(2);
});

test("The key of one gateway's OAuth client is a token at the other, and gets none of its pages", async ({
  upstream,
  redis,
  instances: [passesOn],
}) => {
  const ownClient = await startInstance(upstream, redis, {
    ...SETTINGS,
    UPSTREAM_AUTH: 'oauth',
    UPSTREAM_OAUTH_KEY: 'client-key',
    UPSTREAM_OAUTH_SECRET: 'client-secret',
    AUTH_ALLOW_ANONYMOUS: 'true',
  });
  upstream.reply((call, response) => {
    const asksForToken = call.path.endsWith('/token/generate');
    const token = json({ data: { accessToken: 'a-token', ttlSeconds: 3600 }, errors: null });
    const lookup = call.headers['x-cap-api-oauth-token'] === 'a-token' ? pages(3) : text('', 401);
    return (asksForToken ? token : lookup)(call, response);
  });
  const mobile = someone();
  const query = `{ ${customer('promotions { items { promotionId } }', mobile)} }`;
  expect(idsOf(await ask(ownClient.url, query))).toHaveLength(3);
  const withKey = await ask(passesOn.url, query, { headers: { 'x-cap-api-oauth-token': 'client-key' } });
  expect(codesOf(withKey)).toEqual(['UNAUTHENTICATED']);
  await stopAll([ownClient]);
});

test('Gateways that look up in different ways share no page', async ({ upstream, redis, instances: [one] }) => {
  const other = await startInstance(upstream, redis, { ...SETTINGS, UPSTREAM_ORG_HEADER: 'DATA-SCOPE-ORGS' });
  const mobile = someone();
  await askGateway(one, { mobile });
  expect(cacheOf(await askGateway(other, { mobile })).state).toBe('MISS');
  expect(upstream.calls).toHaveLength(2);
  await stopAll([other]);
});

test('A page of a late call is served only where there is no newer one, by any gateway', async ({
  upstream,
  instances: [one, other],
}) => {
  await expectNewestPages(upstream, () => {
    const mobile = someone();
    let asked = 0;
    return (promotions) => askGateway(asked++ % 2 === 0 ? one : other, { mobile, promotions });
  });
});

/** Asks one gateway for lists of a new customer, and the other one each time whose number, from 0, is listed. */
function askingOf(one: GatewayProgram, other: GatewayProgram, timesOfOther: readonly number[]): AskList {
  const mobile = someone();
  let asked = 0;
  return (promotions) => askGateway(timesOfOther.includes(asked++) ? other : one, { mobile, promotions });
}

test('A refusal that comes late ends no page of a later call, also of another gateway', async ({
  upstream,
  instances: [one, other],
}) => {
  await expectNewestPageAfterRefusal(upstream, askingOf(one, other, [1]));
});

test('A page that comes late is not stored after the refusal of a later call, also of another gateway', async ({
  upstream,
  instances: [one, other],
}) => {
  await expectNoPageAfterRefusal(upstream, () => askingOf(one, other, [2]));
});

test('A refusal while Redis does not answer ends earlier pages once it does', async ({
  upstream,
  redis,
  instances,
}) => {
  const [one, other] = instances;
  const mobile = someone();
  await useRedis(instances);
  await askGateway(one, { mobile });
  await redis.client.call('CLIENT', 'KILL', 'TYPE', 'normal');
  redis.freeze();
  upstream.on(mobile, errorBody(618));
  expect(codesOf(await askGateway(one, { mobile }))).toEqual(['CUSTOMER_BLOCKED']);
  redis.wake();
  await useRedis(instances);
  const codes = async () => codesOf(await askGateway(other, { mobile }));
  await eventually('the codes at the other gateway', codes, ['CUSTOMER_BLOCKED']);
  expect(codesOf(await askGateway(one, { mobile }))).toEqual(['CUSTOMER_BLOCKED']);
});

test('A refusal that Redis does not take ends the pages of its own query, and no others', async ({
  upstream,
  redis,
  instances: [one],
}) => {
  const [kept, blocked] = [someone(), someone()];
  upstream.reply(pages(60));
  for (const mobile of [kept, blocked]) await askGateway(one, { mobile });
  await refuseWrites(redis, 'min-replicas-to-write');
  upstream.on(blocked, errorBody(618));
  for (const promotions of ['limit: 10, offset: 50', '']) {
    expect(codesOf(await askGateway(one, { mobile: blocked, promotions }))).toEqual(['CUSTOMER_BLOCKED']);
  }
  expect(cacheOf(await askGateway(one, { mobile: kept })).state).toBe('HIT');
});

test('A full Redis that evicts nothing takes no page', async ({ upstream, redis, instances: [one] }) => {
  upstream.reply(pages(60));
  const known = someone();
  await askGateway(one, { mobile: known });
  await refuseWrites(redis, 'maxmemory');
  const { index } = await onlyPage(redis);
  // Of a known customer all marks are there, and only have to live longer.
  for (const mobile of [someone(), known]) await askGateway(one, { mobile, promotions: 'limit: 10, offset: 50' });
  expect(upstream.calls).toHaveLength(3);
  expect((await onlyPage(redis)).index).toBe(index);
});

test('A full Redis that evicts nothing takes a renewed page, also one that is much larger', async ({
  upstream,
  redis,
}) => {
  const gateway = await startInstance(upstream, redis, { ...SETTINGS, CACHE_TTL_SECONDS: '1' });
  const question = { mobile: someone(), promotions: 'limit: 100' };
  upstream.reply(pages(10));
  await askGateway(gateway, question);
  await refuseWrites(redis, 'maxmemory');
  upstream.reply(pages(90));
  // Once it is stale, it is renewed in the background.
  await eventually('the total', async () => totalOf(await askGateway(gateway, question)), 90);
  expect((await onlyPage(redis)).index.match(/\n/g)).toHaveLength(1);
  await stopAll([gateway]);
});

test.for([[[0, 100]], [[10, 19, 37, 73, 100]]])(
  'A full Redis that evicts nothing takes no page in place of one of another window: limits %j',
  async ([limits = []], { upstream, redis, instances: [one] }) => {
    upstream.reply(pages(100));
    const mobile = someone();
    const [first, ...others] = limits.map((limit) => ({ mobile, promotions: `limit: ${limit}` }));
    await askGateway(one, first);
    await refuseWrites(redis, 'maxmemory');
    const { index } = await onlyPage(redis);
    for (const other of others) await askGateway(one, other);
    expect((await onlyPage(redis)).index).toBe(index);
  },
);

test('A full Redis that evicts nothing takes a refusal', async ({ upstream, redis, instances: [one, other] }) => {
  const mobile = someone();
  upstream.reply(pages(60));
  await askGateway(one, { mobile });
  await refuseWrites(redis, 'maxmemory');
  upstream.on(mobile, errorBody(618));
  await askGateway(one, { mobile, promotions: 'limit: 10, offset: 50' });
  expect(codesOf(await askGateway(other, { mobile }))).toEqual(['CUSTOMER_BLOCKED']);
});

test('A whole response is not served once a newer page of a part of it is, also in Redis', async ({
  upstream,
  redis,
}) => {
  const gateway = await startInstance(upstream, redis, { ...SETTINGS, CACHE_CLIENT_CONTROL: 'all' });
  await expectNewestResponse(upstream, (query, options) => ask(gateway.url, query, options));
  await stopAll([gateway]);
});

const NO_CACHE = { 'cache-control': 'no-cache' };

/** Asks a gateway for a list of promotions, and gives its total. */
function totalsOf({ url }: Pick<GatewayProgram, 'url'>, list: string) {
  return async (mobile: string, headers = {}) =>
    totalOf(await ask(url, `{ ${customer(list, mobile)} }`, { headers: { authorization: BASIC, ...headers } }));
}

test('A page that was asked for anew while Redis did not answer is the oldest that is served afterwards', async ({
  upstream,
  redis,
}) => {
  const gateway = await startInstance(upstream, redis, { ...SETTINGS, CACHE_CLIENT_CONTROL: 'all' });
  const mobile = someone();
  const totalFor = totalsOf(gateway, 'promotions { pageDetails { totalEntries } }');
  upstream.reply(pages(60));
  await useRedis([gateway]);
  expect(await totalFor(mobile)).toBe(60);
  await redis.client.call('CLIENT', 'KILL', 'TYPE', 'normal');
  redis.freeze();
  upstream.reply(pages(90));
  expect(await totalFor(mobile, NO_CACHE)).toBe(90);
  redis.wake();
  await useRedis([gateway]);
  expect(await totalFor(mobile)).toBe(90);
  await stopAll([gateway]);
});

test('A page that was asked for anew and that Redis does not take is the oldest that is served afterwards', async ({
  upstream,
  redis,
}) => {
  const gateway = await startInstance(upstream, redis, { ...SETTINGS, CACHE_CLIENT_CONTROL: 'all' });
  for (const setting of ['maxmemory', 'min-replicas-to-write'] as const) {
    const mobile = someone();
    const totalFor = totalsOf(gateway, 'promotions { pageDetails { totalEntries } }');
    upstream.reply(pages(60));
    expect(await totalFor(mobile)).toBe(60);
    await refuseWrites(redis, setting);
    upstream.reply(pages(90));
    expect(await totalFor(mobile, NO_CACHE)).toBe(90);
    expect(await totalFor(mobile)).toBe(90);
    await redis.client.config('SET', setting, 0);
    expect(await totalFor(mobile)).toBe(90);
  }
  await stopAll([gateway]);
});

test('A page that was asked for anew, by a call that another operation began, is the oldest as well', async ({
  upstream,
  redis,
}) => {
  const gateway = await startInstance(upstream, redis, { ...SETTINGS, CACHE_CLIENT_CONTROL: 'all' });
  const mobiles = Array.from({ length: 10 }, someone);
  const selected = '{ pageDetails { totalEntries } items { promotionId } }';
  const totalFor = totalsOf(gateway, `promotions ${selected}`);
  const totalForOther = totalsOf(gateway, `promotions(limit: 10, offset: 5) ${selected}`);
  upstream.reply(pages(60));
  for (const mobile of mobiles) expect(await totalFor(mobile)).toBe(60);
  await refuseWrites(redis, 'maxmemory');
  upstream.reply(pages(90));
  for (const mobile of mobiles) {
    // Both lookups are on their way when the call begins.
    redis.freeze();
    const first = totalForOther(mobile);
    await sleep(5);
    const anew = totalForOther(mobile, NO_CACHE);
    await sleep(10);
    redis.wake();
    expect(await Promise.all([first, anew])).toEqual([90, 90]);
    expect(await totalFor(mobile)).toBe(90);
  }
  await stopAll([gateway]);
});

test('An unknown customer is shared by two gateways', async ({ upstream, instances }) => {
  const [one, other] = instances;
  const mobile = someone();
  upstream.reply(errorBody(8015));
  expect(codesOf(await askGateway(one, { mobile }))).toContain('CUSTOMER_NOT_FOUND');
  const calls = upstream.calls.length;
  expect(codesOf(await askGateway(other, { mobile }))).toContain('CUSTOMER_NOT_FOUND');
  expect(upstream.calls).toHaveLength(calls);
});

test('No other error is shared by two gateways', async ({ upstream, instances }) => {
  const [one, other] = instances;
  const mobile = someone();
  upstream.reply(errorBody(999));
  expect(codesOf(await askGateway(one, { mobile }))).toContain('UPSTREAM_REJECTED');
  const calls = upstream.calls.length;
  expect(codesOf(await askGateway(other, { mobile }))).toContain('UPSTREAM_REJECTED');
  expect(upstream.calls).toHaveLength(2 * calls);
});

test('Nothing private can be read in Redis, neither in names nor in values', async ({ redis, instances }) => {
  const mobile = someone();
  await askGateway(instances[0], { mobile });
  const written = await contentsOf(redis);
  expect(written).toContain(':page:');
  for (const secret of [mobile, BASIC.slice(6), '347297848', 'Promotion 1', 'INSTORE', '127.0.0.1']) {
    expect(written).not.toContain(secret);
  }
});

test('Redis stores a page no longer than it may be served', async ({ redis, instances }) => {
  await askGateway(instances[0], { mobile: someone() });
  const keys = await redis.client.keys('*:page:*');
  expect(keys).toHaveLength(1);
  const left = await redis.client.pttl(keys[0] ?? '');
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(1_200_000);
});

const tenants = ['Basic dGVuYW50LWE6eA==', 'Basic dGVuYW50LWI6eA=='] as const;
const scopes = [
  ['SELF', 'SELF'],
  ['ALL', 'ALL'],
  ['OTHER, orgIds: ["1"]', 'OTHER 1'],
  ['OTHER, orgIds: ["2"]', 'OTHER 2'],
] as const;

/** The customer's id shows the caller, the data scope and the customer of the call. */
const idFor = (authorization: string, scope: string, customer: string) =>
  String(Number.parseInt(sha256(`${authorization} ${scope} ${customer}`).slice(0, 8), 16));

const question = fc.record({
  gateway: fc.constantFrom<0 | 1>(0, 1),
  authorization: fc.constantFrom(...tenants),
  scope: fc.constantFrom(...scopes),
  customer: fc.nat({ max: 2 }),
  limit: fc.constantFrom(0, 5, 10, 30),
  /** Whether it is sent before the earlier queries have their response. */
  atOnce: fc.boolean(),
});

test('Tenants and data scopes are never mixed, in any order of requests', async ({ upstream, instances }) => {
  upstream.reply((call, response) => {
    const { offset = 0, limit = 10, identifierValue } = call.query;
    const orgs = call.headers['data-scope-org'];
    const scope = `${call.headers['data-scope']}${orgs === undefined ? '' : ` ${orgs}`}`;
    const id = idFor(call.headers.authorization ?? '', scope, identifierValue ?? '');
    return json(pageBody(30, Number(offset), Number(limit), id))(call, response);
  });
  let first = 918_000_000_000;
  let hits = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(question, { minLength: 2, maxLength: 20 }), async (questions) => {
      first += 10;
      const pending: Promise<void>[] = [];
      for (const { gateway, authorization, scope, customer, limit, atOnce } of questions) {
        const asked = {
          mobile: String(first + customer),
          promotions: `limit: ${limit}`,
          scope: scope[0],
          authorization,
        };
        const answered = askGateway(instances[gateway], asked).then((answer) => {
          expect(answer.errors).toBe(undefined);
          expect(answer.data.customer.customerId).toBe(idFor(authorization, scope[1], asked.mobile));
          expect(idsOf(answer)).toHaveLength(limit);
          if (cacheOf(answer).state === 'HIT') hits++;
        });
        pending.push(answered);
        if (!atOnce) await answered;
      }
      await Promise.all(pending);
    }),
    { numRuns: 30 },
  );
  expect(hits).toBeGreaterThan(5);
});

test.for([
  ['an empty value', ''],
  ['broken JSON', '{'],
  ['words', '1 2 nonsense'],
  ['an index of what is not there', '0 50 1 missing 9007199254740991 \n'],
  ['an index of what is not sealed', '0 50 1 version 9007199254740991 \n'],
  ['an index with marks that are none', 'all 0 0 version 9007199254740991 a,,b\n'],
  ['an index whose offset is no number', 'nonsense 50 1 version 1 \n'],
] as const)('Garbage in Redis is ignored: %s', async ([, garbage], { redis, instances }) => {
  const [one, other] = instances;
  const mobile = someone();
  const fetched = await askGateway(one, { mobile });
  const keys = await redis.client.keys('*:page:*');
  expect(keys).toHaveLength(1);
  for (const key of keys) {
    for (const field of await redis.client.hkeys(key)) await redis.client.hset(key, field, garbage);
    await redis.client.hset(key, { version: garbage, [garbage]: garbage });
  }
  const answer = await askGateway(other, { mobile });
  expect(answer.data).toEqual(fetched.data);
  expect(cacheOf(answer).state).toBe('MISS');
  expect(cacheOf(await askGateway(one, { mobile })).state).toBe('HIT');
});

test('A value of another type in Redis is ignored and overwritten', async ({ redis, instances }) => {
  const [one, other] = instances;
  const mobile = someone();
  const fetched = await askGateway(one, { mobile });
  const keys = await redis.client.keys('*:page:*');
  expect(keys).toHaveLength(1);
  for (const key of keys) await redis.client.set(key, 'garbage');
  expect(dataOf(await askGateway(other, { mobile }))).toEqual(fetched.data);
  expect(cacheOf(await askGateway(one, { mobile })).state).toBe('HIT');
});

test("A page that was moved to another customer's name in Redis is ignored, and the log says why", async ({
  upstream,
  redis,
  startInstances,
}) => {
  const [one, other] = await startInstances({ CACHE_TTL_SECONDS: '600' });
  const [another, mobile] = [someone(), someone()];
  upstream.reply((call, response) => pages(1, call.query.identifierValue)(call, response));
  await askGateway(one, { mobile: another });
  const [first = ''] = await redis.client.keys('*:page:*');
  await askGateway(one, { mobile });
  const [second = ''] = (await redis.client.keys('*:page:*')).filter((key) => key !== first);
  expect(await redis.client.copy(first, second, 'REPLACE')).toBe(1);
  expect(dataOf(await askGateway(other, { mobile })).customer.customerId).toBe(mobile);
  await other.program.printed(/"dependency":"Redis","cause":"it holds a value that the gateway did not write"/);
});

const FOREIGN = /"dependency":"Redis","cause":"it holds a value that the gateway did not write"/;

test.for(['version', 'index'] as const)(
  'A value that is larger than any that is written is not read from Redis, and replaced: %s',
  async (field, { redis, startInstances }) => {
    const [one, other] = await startInstances({ CACHE_TTL_SECONDS: '600' });
    const mobile = someone();
    const fetched = await askGateway(one, { mobile });
    const { key, index, version } = await onlyPage(redis);
    const [name, start] = field === 'index' ? ['index', index] : [version, ''];
    await redis.client.hset(key, name, start + 'x'.repeat(64 * 1024 * 1024));
    const before = await sentBytes(redis);
    const answer = await askGateway(other, { mobile });
    expect((await sentBytes(redis)) - before).toBeLessThan(1024 * 1024);
    expect(answer.data).toEqual(fetched.data);
    expect(cacheOf(answer).state).toBe('MISS');
    if (field === 'version') await other.program.printed(FOREIGN);
    expect(cacheOf(await askGateway(one, { mobile })).state).toBe('HIT');
  },
);

test('A page from the future is not served, and the next one is stored', async ({ redis, instances }) => {
  const [one, other] = instances;
  const mobile = someone();
  await askGateway(one, { mobile });
  const { asOf, changeTime } = await onlyPage(redis);
  await changeTime(asOf + 86_400_000_000);
  expect(cacheOf(await askGateway(other, { mobile })).state).toBe('MISS');
  expect(cacheOf(await askGateway(one, { mobile })).state).toBe('HIT');
});

test.for([
  ['no time', (redis: TestRedis, mark: string) => redis.client.set(mark, 'garbage')],
  ['a time that is no number', (redis: TestRedis, mark: string) => redis.client.set(mark, 'nan', 'KEEPTTL')],
  ['no end, and a time in the future', (redis: TestRedis, mark: string) => redis.client.set(mark, '9'.repeat(16))],
  [
    'another type',
    (redis: TestRedis, mark: string) => redis.client.del(mark).then(() => redis.client.lpush(mark, 'x')),
  ],
] as const)(
  'A mark with %s in Redis counts as missing, and the next page is cached',
  async ([, spoil], { redis, instances }) => {
    const [one, other] = instances;
    const mobile = someone();
    await askGateway(one, { mobile });
    const marks = await redis.client.keys('*:mark:*');
    // Of the customer, of the credentials, of the query, and of the start of Redis.
    expect(marks).toHaveLength(4);
    for (const mark of marks) await spoil(redis, mark);
    expect(cacheOf(await askGateway(other, { mobile })).state).toBe('MISS');
    expect(cacheOf(await askGateway(one, { mobile })).state).toBe('HIT');
  },
);

test('Two gateways serve the last page that either has fetched while upstream is down, until it is back', async ({
  upstream,
  startInstances,
}) => {
  const env = { CACHE_TTL_SECONDS: '1', CACHE_STALE_SECONDS: '600', UPSTREAM_RETRIES: '0' };
  const [one, other] = await startInstances(env);
  const mobile = someone();
  const fetched = await askGateway(one, { mobile });
  upstream.reply(reset);
  await eventually('the cache state', async () => cacheOf(await askGateway(one, { mobile })).state, 'STALE');
  for (const gateway of [one, other, one, other, one, other]) {
    const answer = await askGateway(gateway, { mobile });
    expect(answer.data).toEqual(fetched.data);
    expect(cacheOf(answer).state).toBe('STALE');
  }
  upstream.reply(pages(3));
  await eventually('promotions of the page', async () => idsOf(await askGateway(other, { mobile })).length, 3);
});
