import fc from 'fast-check';
import { expect } from 'vitest';
import { MODEL_SETTINGS, type Outcome, play } from '../support/cacheModel.ts';
import { steps } from '../support/cacheSteps.ts';
import { EVENTS_TOKEN } from '../support/events.ts';
import { testWith } from '../support/fixture.ts';

const test = testWith({ ...MODEL_SETTINGS, EVENTS_TOKEN });

test("No response is older than an earlier event, refusal or renewal, and none is another caller's, customer's or data scope's", async ({
  upstream,
  gateway,
}) => {
  const outcome: Outcome = { hits: 0, repeats: 0 };
  await fc.assert(
    fc.asyncProperty(steps, (given) => play(upstream, [gateway, gateway], given, outcome)),
    { numRuns: 35, interruptAfterTimeLimit: 40_000 },
  );
  expect(outcome.hits).toBeGreaterThan(200);
  expect(outcome.repeats).toBeGreaterThan(30);
  expect(await gateway.metric('gateway_cache_whole_responses_total')).toBeGreaterThanOrEqual(outcome.repeats);
});
