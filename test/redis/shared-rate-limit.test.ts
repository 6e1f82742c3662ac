import { expect } from 'vitest';
import { test } from './support/fixture.ts';
import { letThrough } from './support/gateways.ts';

test('A caller of two gateways has one rate limit, and one at each while Redis is down', async ({
  redis,
  startInstances,
}) => {
  const gateways = await startInstances({ RATE_LIMIT_PER_MINUTE: '10' });
  expect(await letThrough(gateways, 30)).toBe(10);
  await redis.kill();
  expect(await letThrough(gateways, 60)).toBe(20);
});
