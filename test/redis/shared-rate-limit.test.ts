import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { connectRaw } from '../support/rawHttp.ts';
import { test } from './support/fixture.ts';
import { letThrough } from './support/gateways.ts';
import type { TestRedis } from './support/redis.ts';

test('A caller of two gateways has one rate limit, and one at each while Redis is down', async ({
  redis,
  startInstances,
}) => {
  const gateways = await startInstances({ RATE_LIMIT_PER_MINUTE: '10' });
  expect(await letThrough(gateways, 30)).toBe(10);
  // An address is personal: only its keyed hash is in Redis.
  expect(await redis.client.keys('*')).toEqual([expect.stringMatching(/^promotions-gateway:caller:[\w-]{32}$/)]);
  await redis.kill();
  expect(await letThrough(gateways, 60)).toBe(20);
});

/** `gateways`: two that have counted in a Redis, which is silent from now on. */
const besideSilence = test.extend('gateways', async ({ redis, startInstances }, { onCleanup }) => {
  const gateways = await startInstances({ RATE_LIMIT_PER_MINUTE: '10' });
  await letThrough(gateways, 2);
  redis.freeze();
  onCleanup(() => redis.wake());
  return gateways;
});

besideSilence(
  'A request waits 250 ms for a count in a Redis that is silent, and is then counted alone',
  async ({ gateways }) => {
    const startedAt = performance.now();
    expect(await letThrough(gateways, 1)).toBe(1);
    const waitedMs = performance.now() - startedAt;
    expect(waitedMs).toBeGreaterThan(240);
    expect(waitedMs).toBeLessThan(1000);
  },
);

besideSilence(
  'Behind a thousand requests that wait for a silent Redis, others are counted alone at once',
  async ({ gateways: [{ url }] }) => {
    const request = `GET /graphql?query={__typename} HTTP/1.1\r\nhost: gateway\r\napollo-require-preflight: true\r\n\r\n`;
    // What waits gets its response only after a request that came later, unless the machine holds that one up.
    const isOvertaken = async () => {
      const flood = await connectRaw(url);
      let isAnswered = false;
      flood.once('data', () => {
        isAnswered = true;
      });
      flood.write(request.repeat(1100));
      await (await fetch(url, { method: 'POST' })).text();
      flood.destroy();
      return !isAnswered;
    };
    // Later, the connection is given up, and then nothing waits for it.
    await eventually('a response before those of a thousand', isOvertaken, true, { withinMs: 5000 });
  },
);

test.for([
  ['that lasts longer than a minute', 9_000_000, 86_400, 2, 2],
  ['below zero', -1000, 60, 40, 20],
] as const)(
  'A count %s is not believed: each gateway counts alone',
  async ([, count, seconds, asked, passed], { redis, startInstances }) => {
    const gateways = await startInstances({ RATE_LIMIT_PER_MINUTE: '10' });
    expect(await letThrough(gateways, 10)).toBe(10);
    const [name = ''] = await redis.client.keys('promotions-gateway:caller:*');
    await redis.client.set(name, count, 'EX', seconds);
    expect(await letThrough(gateways, asked)).toBe(passed);
  },
);

test.for([
  ['a text', (redis: TestRedis, name: string) => redis.client.set(name, 'text')],
  ['a list', (redis: TestRedis, name: string) => redis.client.del(name).then(() => redis.client.lpush(name, 'x'))],
] as const)(
  'With %s in the place of a count each gateway counts alone, and the log says why',
  async ([, spoil], { redis, startInstances }) => {
    const gateways = await startInstances({ RATE_LIMIT_PER_MINUTE: '10' });
    expect(await letThrough(gateways, 2)).toBe(2);
    const [name = ''] = await redis.client.keys('promotions-gateway:caller:*');
    await spoil(redis, name);
    expect(await letThrough(gateways, 40)).toBe(20);
    for (const { program } of gateways)
      await program.printed(/"cause":"it holds a value that the gateway did not write"/);
  },
);
