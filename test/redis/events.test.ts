import { expect } from 'vitest';
import { OTHER_BASIC } from '../support/credentials.ts';
import { customerEvent, EVENTS_TOKEN, postEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { ask, BASIC, customer } from '../support/gateway.ts';
import type { GatewayProgram } from '../support/process.ts';
import { cacheOf, dataOf, idsOf, someone } from '../support/questions.ts';
import { gate, pages, text } from '../support/upstream.ts';
import { testWith } from './support/fixture.ts';
import { askGateway, startInstance, stopAll, useRedis } from './support/gateways.ts';
import { contentsOf, onlyPage, recordCacheCommands } from './support/redis.ts';

const SETTINGS = {
  CACHE_TTL_SECONDS: '600',
  CACHE_STALE_SECONDS: '600',
  UPSTREAM_RETRIES: '0',
  UPSTREAM_TIMEOUT_MS: '8000',
  EVENTS_TOKEN,
};
const test = testWith(SETTINGS);

const originOf = ({ url }: GatewayProgram) => new URL(url).origin;
const statusOf = async (gateway: GatewayProgram, identifiers: object) =>
  (await postEvent(originOf(gateway), customerEvent(identifiers))).status;

test('An event at one gateway counts at the other at once', async ({ upstream, instances }) => {
  const [one, other] = instances;
  const mobile = someone();
  upstream.reply(pages(1, mobile));
  await askGateway(one, { mobile });
  upstream.reply(pages(2, mobile));
  await askGateway(other, { mobile, debug: false });
  const cached = await askGateway(other, { mobile });
  expect(idsOf(cached)).toHaveLength(1);
  expect(cacheOf(cached).wholeResponse).toBe(true);
  expect(await statusOf(one, { customerId: mobile })).toBe(202);
  const after = await askGateway(other, { mobile });
  expect(idsOf(after)).toHaveLength(2);
  expect(cacheOf(after).state).toBe('MISS');
  expect(idsOf(await askGateway(one, { mobile }))).toHaveLength(2);
  expect(upstream.calls).toHaveLength(2);
});

test('Credentials that upstream refuses at one gateway get no earlier cached page at the other', async ({
  upstream,
  instances,
}) => {
  const [one, other] = instances;
  const mobile = someone();
  const authorization = `Basic ${btoa(`${mobile}:x`)}`;
  await askGateway(one, { mobile, authorization });
  upstream.reply(text('', 401));
  await askGateway(one, { mobile: someone(), authorization });
  upstream.reply(pages(3));
  expect(cacheOf(await askGateway(other, { mobile, authorization })).state).toBe('MISS');
});

test('The mark of a customer without entries expires once no earlier call can be in flight', async ({
  redis,
  instances,
}) => {
  expect(await statusOf(instances[0], { customerId: 482579328, instore: { mobile: someone() } })).toBe(202);
  const keys = await redis.client.keys('*');
  expect(keys).toHaveLength(1);
  for (const key of keys) {
    expect(await redis.client.pttl(key)).toBeGreaterThan(0);
    expect(await redis.client.pttl(key)).toBeLessThanOrEqual(16_000);
  }
  expect(await contentsOf(redis)).not.toContain('482579328');
});

test('An eviction by Redis never makes an invalidated entry valid', async ({ upstream, redis, instances }) => {
  const mobile = someone();
  upstream.reply(pages(1, mobile));
  await askGateway(instances[0], { mobile });
  await statusOf(instances[0], { customerId: mobile });
  await redis.client.del(...(await redis.client.keys('*:mark:*')));
  expect(cacheOf(await askGateway(instances[1], { mobile })).state).toBe('MISS');
});

test('A page from before an event is not served, whatever time its index names', async ({
  upstream,
  redis,
  instances: [one, other],
}) => {
  const mobile = someone();
  upstream.reply(pages(1, mobile));
  await askGateway(one, { mobile });
  await askGateway(other, { mobile, debug: false });
  expect(cacheOf(await askGateway(other, { mobile })).wholeResponse).toBe(true);
  const { changeTime } = await onlyPage(redis);
  upstream.reply(pages(2, mobile));
  await statusOf(one, { customerId: mobile });
  const [seconds, microseconds] = await redis.client.time();
  const asIfAfter = () => changeTime(Number(seconds) * 1e6 + Number(microseconds));
  await asIfAfter();
  expect(idsOf(await askGateway(other, { mobile }))).toHaveLength(2);
  await asIfAfter();
  expect(idsOf(await askGateway(one, { mobile }))).toHaveLength(2);
});

test('If Redis evicts marks, no page from before an event is served, also after later pages are stored', async ({
  upstream,
  redis,
  instances: [one, other],
}) => {
  const mobile = someone();
  upstream.reply(pages(1, mobile));
  await askGateway(one, { mobile });
  await redis.client.del(...(await redis.client.keys('*:mark:*')));
  await statusOf(one, { customerId: mobile });
  await askGateway(one, { mobile, scope: 'ALL' });
  expect(cacheOf(await askGateway(other, { mobile })).state).toBe('MISS');
  expect(cacheOf(await askGateway(other, { mobile })).state).toBe('HIT');
  await statusOf(one, { customerId: mobile });
  expect(cacheOf(await askGateway(other, { mobile })).state).toBe('MISS');
});

test('A page that was asked for anew, and that an event ended, is the oldest also if its customer was another before', async ({
  upstream,
  redis,
}) => {
  const gateway = await startInstance(upstream, redis, { ...SETTINGS, CACHE_CLIENT_CONTROL: 'all' });
  const mobile = someone();
  const query = `{ ${customer('customerId', mobile)} }`;
  const idFor = async (headers = {}) =>
    dataOf(await ask(gateway.url, query, { headers: { authorization: BASIC, ...headers } })).customer.customerId;
  upstream.reply(pages(60, 111));
  expect(await idFor()).toBe('111');
  // They are merged.
  const held = gate(pages(60, 222));
  upstream.reply(held.reply);
  const anew = idFor({ 'cache-control': 'no-cache' });
  await upstream.callsReached(2);
  expect(await statusOf(gateway, { customerId: 222 })).toBe(202);
  held.open();
  expect(await anew).toBe('222');
  expect(await idFor()).toBe('222');
  await stopAll([gateway]);
});

test('An event that cannot be shared gets 503, and is shared as soon as Redis is back', async ({
  upstream,
  redis,
  instances,
}) => {
  const [one, other] = instances;
  const mobile = someone();
  upstream.reply(pages(1, mobile));
  await askGateway(one, { mobile });
  redis.freeze();
  const sentAt = performance.now();
  expect(await statusOf(one, { customerId: mobile })).toBe(503);
  // The sender gives up early. A command to Redis may take 250 ms, and the client's own limit is 2 seconds.
  expect(performance.now() - sentAt).toBeLessThan(1500);
  redis.wake();
  await eventually('the cache state', async () => cacheOf(await askGateway(other, { mobile })).state, 'MISS');
});

test('After an outage in which all that an event invalidated has expired, pages are cached again', async ({
  upstream,
  redis,
}) => {
  const [ttlSeconds, deadlineMs] = [1, 500];
  const gateway = await startInstance(upstream, redis, {
    CACHE_TTL_SECONDS: String(ttlSeconds),
    UPSTREAM_DEADLINE_MS: String(deadlineMs),
    EVENTS_TOKEN,
  });
  await redis.kill();
  expect(await statusOf(gateway, { customerId: someone() })).toBe(503);
  const expiredAt = performance.now() + ttlSeconds * 1000 + 2 * deadlineMs;
  await eventually(
    'the time',
    () => performance.now(),
    (now) => now > expiredAt,
  );
  await redis.start();
  await useRedis([gateway]);
  await stopAll([gateway]);
});

test('If Redis restarts empty after an event, no page of a call from before the event is stored, or given to a later operation', async ({
  upstream,
  redis,
  instances,
}) => {
  const [one, other] = instances;
  const mobile = someone();
  // No page that is stored meanwhile depends on these credentials.
  const asked = { mobile, authorization: OTHER_BASIC };
  const held = gate(pages(1, mobile));
  upstream.on(mobile, held.reply);
  await useRedis(instances);
  const early = askGateway(one, asked);
  await upstream.callsReached(upstream.calls.length + 1);
  upstream.on(mobile, pages(2, mobile));
  expect(await statusOf(one, { customerId: mobile })).toBe(202);
  await redis.kill();
  await redis.start();
  await useRedis(instances);
  const later = askGateway(one, asked);
  // Redis answers in order, so by the end of this the later operation waits for the call of the early one.
  await askGateway(one, { mobile: someone() });
  held.open();
  await early;
  expect(idsOf(await later)).toHaveLength(2);
  expect(idsOf(await askGateway(other, asked))).toHaveLength(2);
});

test('An operation shares a call from before it that no event has outdated', async ({ upstream, instances }) => {
  const [one] = instances;
  const mobile = someone();
  const held = gate(pages(1, mobile));
  upstream.on(mobile, held.reply);
  await useRedis(instances);
  const made = upstream.calls.length;
  const early = askGateway(one, { mobile });
  await upstream.callsReached(made + 1);
  const later = askGateway(one, { mobile });
  // Redis answers in order, so by the end of this the later operation waits for the call of the early one.
  await askGateway(one, { mobile: someone() });
  held.open();
  expect([idsOf(await early), idsOf(await later)].map(({ length }) => length)).toEqual([1, 1]);
  expect(upstream.calls).toHaveLength(made + 2);
});

test('All lookups of an operation are one command to Redis, and so is the check of a whole response', async ({
  upstream,
  redis,
  instances,
}) => {
  await useRedis(instances);
  const [{ url }] = instances;
  upstream.reply(pages(60));
  const customers = Array.from({ length: 10 }, () => `{ name: MOBILE, value: "${someone()}" }`).join(' ');
  const alias = (name: string, window: string) => `${name}: promotions(${window}) { items { id } }`;
  const fields = [
    'customerId',
    alias('a', 'limit: 50'),
    alias('b', 'limit: 3, offset: 20'),
    alias('c', 'limit: 0'),
  ].join(' ');
  const query = `{ customers(source: INSTORE, identifiers: [${customers}]) { ${fields} } }`;
  const commands = await recordCacheCommands(redis);
  const lookups = async (text: string) => {
    const earlier = (await commands.seen()).length;
    expect((await ask(url, text)).errors).toBe(undefined);
    return (await commands.seen()).length - earlier;
  };
  // Redis gets each script once before it knows it by its hash.
  for (const text of [query, query, `${query} `]) await lookups(text);
  expect(await lookups(`query Pages ${query}`)).toBe(1);
  expect(await lookups(`query Pages ${query}`)).toBe(1);
  await commands.close();
});
