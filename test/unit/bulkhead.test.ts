import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AdaptiveLimit } from '../../src/upstream/admission/adaptiveLimit.ts';
import { Bulkhead } from '../../src/upstream/admission/bulkhead.ts';

const SIGNAL = new AbortController().signal;

/** These calls say nothing about the load, so the limit does not change. */
const startBulkhead = (places: number, queueMs = 60_000) =>
  new Bulkhead({ limit: new AdaptiveLimit(places), queueMs, verdictOf: () => 'nothing' });

/** How many turns of the event loop a call takes, whether it fails, and whether its client leaves at once. */
const call = fc.record({
  turns: fc.nat(3),
  fails: fc.boolean(),
  leaves: fc.boolean(),
  caller: fc.constantFrom('a', 'b'),
});

test('The bulkhead never runs more calls at once than its limit, settles every call and gets every place back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(call, { maxLength: 30 }), async (limit, calls) => {
      const bulkhead = startBulkhead(limit);
      let inside = 0;
      let most = 0;
      const run = async (turns: number, fails: boolean) => {
        most = Math.max(most, ++inside);
        for (let left = turns; left > 0; left--) await turn();
        inside--;
        if (fails) throw 'failed';
        return 'responded';
      };
      const outcomes = calls.map(async ({ turns, fails, leaves, caller }, index) => {
        const controller = new AbortController();
        const outcome = bulkhead.run(caller, controller.signal, () => run(turns, fails)).catch((reason) => reason);
        if (leaves) controller.abort('left');
        // The bulkhead does not abort a call that has already started.
        expect(await outcome).toBe(leaves && index >= limit ? 'left' : fails ? 'failed' : 'responded');
      });
      await Promise.all(outcomes);
      expect(most).toBeLessThanOrEqual(limit);
      await turn();
      let again = 0;
      const places = Array.from({ length: limit }, () => bulkhead.run('c', SIGNAL, async () => again++));
      expect(again).toBe(limit);
      await Promise.all(places);
    }),
  );
});

test('Calls that wait for the bulkhead take turns, caller by caller', async () => {
  const bulkhead = startBulkhead(1);
  const order: string[] = [];
  const calls = ['first', 'busy', 'busy', 'busy', 'quiet'].map((caller) =>
    bulkhead.run(caller, SIGNAL, async () => {
      await turn();
      order.push(caller);
    }),
  );
  await Promise.all(calls);
  expect(order).toEqual(['first', 'busy', 'quiet', 'busy', 'busy']);
});

test('A call that would wait too long for a place is refused at once with retryAfterSeconds', async () => {
  // A call is assumed to take 100 ms until one has ended.
  const bulkhead = startBulkhead(1, 1000);
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = (caller: string) => bulkhead.run(caller, SIGNAL, () => promise);
  const calls = Array.from({ length: 7 }, () => run('busy'));
  await expect(run('busy')).rejects.toMatchObject({ code: 'UPSTREAM_OVERLOADED', retryAfterSeconds: 1 });
  expect(() => bulkhead.check('busy')).toThrow(expect.objectContaining({ code: 'UPSTREAM_OVERLOADED' }));
  const quiet = run('quiet');
  resolve();
  await Promise.all([...calls, quiet]);
});
