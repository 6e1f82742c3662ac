import fc from 'fast-check';
import { expect } from 'vitest';
import { MODEL_SETTINGS, play, steps } from '../support/cacheModel.ts';
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
  let hits = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (given) => {
      hits += await play(upstream, gateways, given);
    }),
    { numRuns: 20 },
  );
  expect(hits).toBeGreaterThan(50);
});
