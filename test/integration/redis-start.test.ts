import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { test } from '../support/fixture.ts';

/** The settings of a gateway with a Redis that accepts connections and says nothing. */
async function silentRedis(): Promise<Record<string, string>> {
  const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { REDIS_URL: `redis://127.0.0.1:${port}`, CACHE_SECRET: 'x'.repeat(32), CACHE_TTL_SECONDS: '60' };
}

test('The start waits half a second for Redis, so that already the first counts are shared', async ({
  startGateway,
}) => {
  const redis = await silentRedis();
  const startedAt = performance.now();
  const gateway = await startGateway(redis);
  expect(performance.now() - startedAt).toBeGreaterThan(499);
  expect((await gateway.query('{ __typename }')).data).toEqual({ __typename: 'Query' });
});

test('With Redis, the memory of the cache is a number too', async ({ startGateway }) => {
  const gateway = await startGateway({ ...(await silentRedis()), METRICS: 'true' });
  for (const name of ['gateway_cache_bytes', 'gateway_cache_evictions_total']) {
    expect(await gateway.metric(name)).toBe(0);
  }
});
