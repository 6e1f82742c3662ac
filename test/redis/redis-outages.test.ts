import { expect } from 'vitest';
import type { Mark } from '../../src/cache/marks.ts';
import { RedisStore } from '../../src/cache/redisStore.ts';
import { type RedisConfig, redisFrom } from '../../src/config/redis.ts';
import { connect } from '../../src/redis/connect.ts';
import { encrypted } from '../../src/redis/seal.ts';
import { SharedRedis } from '../../src/redis/sharedRedis.ts';
import { A_MINUTE, eventually } from '../support/eventually.ts';
import type { GatewayProgram } from '../support/process.ts';
import { cacheOf, idsOf, someone } from '../support/questions.ts';
import { testWith } from './support/fixture.ts';
import { askGateway, startInstance, stopAll, useRedis } from './support/gateways.ts';

const test = testWith({ CACHE_TTL_SECONDS: '600' });

function settingsOf({ url }: { readonly url: string }): RedisConfig {
  return redisFrom({ REDIS_URL: url }) as RedisConfig;
}

test('A load continues without an error while Redis is killed and restarted', async ({ redis, instances }) => {
  const customers = Array.from({ length: 20 }, someone);
  let asking = true;
  let asked = 0;
  const client = async (gateway: GatewayProgram, index: number) => {
    for (let i = 0; asking; i++) {
      const answer = await askGateway(gateway, { mobile: customers[(i * 7 + index) % 20] ?? '' });
      expect(answer.errors).toBe(undefined);
      expect(idsOf(answer)).toHaveLength(10);
      asked++;
    }
  };
  const load = Promise.all([...instances, ...instances].map(client));
  const more = (count: number) => {
    const enough = asked + count;
    return eventually(
      'operations of the load',
      () => asked,
      (count) => count >= enough,
      A_MINUTE,
    );
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
  await useRedis(instances);
});

test('Operations succeed while Redis hangs, and use Redis again once it responds', async ({ redis, instances }) => {
  const [gateway] = instances;
  const kept = someone();
  await askGateway(gateway, { mobile: kept, debug: false });
  expect(cacheOf(await askGateway(gateway, { mobile: kept })).wholeResponse).toBe(true);
  redis.freeze();
  // Only Redis knows whether the whole response is still current.
  for (const mobile of [kept, ...Array.from({ length: 8 }, someone)]) {
    const answer = await askGateway(gateway, { mobile });
    expect(answer.errors).toBe(undefined);
    expect(cacheOf(answer).state).toBe('MISS');
  }
  redis.wake();
  await useRedis(instances);
});

test('A lookup waits at most 40 ms for a Redis that hangs', async ({ redis, time }) => {
  const shared = new SharedRedis(connect(settingsOf(redis)), { failed: () => {}, worked: () => {} });
  await eventually('Redis is ready', () => shared.isReady, true);
  redis.freeze();
  let outcome = 'pending';
  const lookup = shared.soon(shared.client.get('key')).catch((error: Error) => {
    outcome = error.message;
  });
  await time.pass(39);
  expect(outcome).toBe('pending');
  await time.pass(1);
  await lookup;
  expect(outcome).toBe('Redis is late.');
  redis.wake();
  shared.close();
});

test('Marks of a long outage are sent in parts, none of which is long for Redis', async ({ redis }) => {
  await redis.kill();
  const shared = new SharedRedis(connect(settingsOf(redis)), { failed: () => {}, worked: () => {} });
  const store = new RedisStore({
    redis: shared,
    seal: encrypted(Buffer.alloc(32)),
    lifetimes: { ttlMs: 60_000, staleMs: 0, notFoundMs: 5000 },
    recentMs: 20_000,
    maxBodyBytes: 1_000_000,
  });
  const marks = Array.from({ length: 5000 }, (_, index) => `query:${index}` as Mark);
  for (const mark of marks) expect(await store.invalidate(mark)).toBe(false);
  await redis.start();
  const stored = async () => (await redis.client.keys('*:mark:*:*')).length;
  await eventually('marks in Redis', stored, marks.length, A_MINUTE);
  const [, scripts] = /cmdstat_evalsha:calls=(\d+)/.exec(await redis.client.info('commandstats')) ?? [];
  // The first one goes as EVAL.
  expect(Number(scripts)).toBeGreaterThanOrEqual(4);
  store.close();
  shared.close();
});

test('A client that has given up connects again', async ({ redis }) => {
  const shared = new SharedRedis(connect(settingsOf(redis)), { failed: () => {}, worked: () => {} });
  await eventually('Redis is ready', () => shared.isReady, true);
  shared.client.disconnect();
  await eventually('Redis is ready', () => shared.isReady, false);
  await eventually('Redis is ready', () => shared.isReady, true);
  shared.close();
});

test('A gateway starts without its Redis, and warns once', async ({ upstream, redis, instances }) => {
  await redis.kill();
  const gateway = await startInstance(upstream, redis, { CACHE_TTL_SECONDS: '60' });
  for (let i = 0; i < 10; i++) expect((await askGateway(gateway, { mobile: someone() })).errors).toBe(undefined);
  await stopAll([gateway]);
  expect(
    gateway.program.output().match(/"dependency":"Redis","cause":"ECONNREFUSED","msg":"dependency is failing"/g),
  ).toHaveLength(1);
  expect(gateway.program.output()).not.toContain(new URL(redis.url).host);
  await redis.start();
  await useRedis(instances);
});

test('An outage of Redis ends without a request, also without the cache', async ({ upstream, redis, instances }) => {
  const gateway = await startInstance(upstream, redis, { RATE_LIMIT_PER_MINUTE: '600' });
  const logged = (text: string) => gateway.program.printed(new RegExp(text));
  await redis.kill();
  await logged('dependency is failing');
  await redis.start();
  await logged('dependency works again');
  await stopAll([gateway]);
  await useRedis(instances);
});
