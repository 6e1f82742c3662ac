import fc from 'fast-check';
import { expect } from 'vitest';
import { MODEL_SETTINGS, play, steps } from '../support/cacheModel.ts';
import { EVENTS_TOKEN } from '../support/events.ts';
import { testWith } from '../support/fixture.ts';

const test = testWith({ ...MODEL_SETTINGS, EVENTS_TOKEN });

test("No response is older than an earlier event, refusal or renewal, and none is another caller's, customer's or data scope's", async ({
  upstream,
  gateway,
}) => {
  let hits = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (given) => {
      hits += await play(upstream, [gateway, gateway], given);
    }),
    { numRuns: 40 },
  );
  expect(hits).toBeGreaterThan(100);
});
