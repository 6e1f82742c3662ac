import fc from 'fast-check';
import { expect } from 'vitest';
import { MODEL_SETTINGS, type Outcome, play } from '../support/cacheModel.ts';
import { steps } from '../support/cacheSteps.ts';
import { EVENTS_TOKEN } from '../support/events.ts';
import { test } from './support/fixture.ts';

test("On two gateways no response is older than an earlier event, refusal or renewal at either, and none is another caller's, customer's or data scope's", async ({
  upstream,
  redis,
  startGateway,
}) => {
  const shared = { REDIS_URL: redis.url, CACHE_SECRET: 'a secret that only these gateways know' };
  const env = { ...MODEL_SETTINGS, ...shared, EVENTS_TOKEN };
  const gateways = [await startGateway(env), await startGateway(env)] as const;
  const outcome: Outcome = { hits: 0, repeats: 0 };
  await fc.assert(
    fc.asyncProperty(steps, (given) => play(upstream, gateways, given, outcome)),
    { numRuns: 15, interruptAfterTimeLimit: 40_000 },
  );
  expect(outcome.hits).toBeGreaterThan(100);
  for (const { metric } of gateways) {
    expect(await metric('gateway_cache_whole_responses_total')).toBeGreaterThan(20);
  }
});
