import { expect } from 'vitest';
import { ask } from '../support/gateway.ts';
import { test } from './support/fixture.ts';
import type { GatewayPair } from './support/gateways.ts';

/** How many of this many requests to two gateways are accepted. */
async function letThrough(gateways: GatewayPair, count: number): Promise<number> {
  const asking = Array.from({ length: count }, (_, i) => ask(gateways[i % 2 === 0 ? 0 : 1].url, '{ __typename }'));
  return (await Promise.all(asking)).filter(({ status }) => status === 200).length;
}

test('A caller of two gateways has one rate limit, and one at each while Redis is down', async ({
  redis,
  startInstances,
}) => {
  const gateways = await startInstances({ RATE_LIMIT_PER_MINUTE: '10' });
  expect(await letThrough(gateways, 30)).toBe(10);
  await redis.kill();
  expect(await letThrough(gateways, 60)).toBe(20);
});
