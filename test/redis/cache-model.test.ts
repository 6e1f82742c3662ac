import fc from 'fast-check';
import { expect } from 'vitest';
import { type Evict, MODEL_SETTINGS, type Outcome, play } from '../support/cacheModel.ts';
import { stepsAndEvictions } from '../support/cacheSteps.ts';
import { EVENTS_TOKEN } from '../support/events.ts';
import { test } from './support/fixture.ts';

test("On two gateways, whatever Redis evicts, no response is older than an earlier event, refusal or renewal at either, and none is another caller's, customer's or data scope's", async ({
  upstream,
  redis,
  startGateway,
}) => {
  const shared = {
    REDIS_URL: redis.url,
    CACHE_SECRET: 'a secret that only these gateways know',
    UPSTREAM_INSTANCES: '2',
  };
  const env = { ...MODEL_SETTINGS, ...shared, EVENTS_TOKEN };
  const gateways = [await startGateway(env), await startGateway(env)] as const;
  const evict: Evict = async ({ every }) => {
    // Earlier commands of the gateways are carried out before this.
    await redis.client.ping();
    const keys = (await redis.client.keys('*:mark:*')).toSorted();
    const evicted = keys.filter((_, index) => every[index % every.length]);
    if (evicted.length > 0) await redis.client.del(...evicted);
  };
  const outcome: Outcome = { hits: 0, repeats: 0 };
  await fc.assert(
    fc.asyncProperty(stepsAndEvictions, async (given) => {
      // Keys of earlier runs would be evicted instead of this run's.
      await redis.client.flushall();
      await play(upstream, gateways, given, outcome, evict);
    }),
    { numRuns: 30, interruptAfterTimeLimit: 40_000 },
  );
  expect(outcome.hits).toBeGreaterThan(100);
  for (const { metric } of gateways) {
    expect(await metric('gateway_cache_whole_responses_total')).toBeGreaterThan(10);
  }
});
