import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bulkhead } from '../../src/upstream/admission/bulkhead.ts';

const SIGNAL = new AbortController().signal;
/** How many turns of the event loop a call takes, whether it fails, and whether its waiter leaves right after asking. */
const call = fc.record({
  turns: fc.nat(3),
  fails: fc.boolean(),
  leaves: fc.boolean(),
  caller: fc.constantFrom('a', 'b'),
});

test('never more than the limit run at once, every call has its outcome, and every place comes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(call, { maxLength: 30 }), async (limit, calls) => {
      const gate = new Bulkhead(limit);
      let inside = 0;
      let most = 0;
      const run = async (turns: number, fails: boolean) => {
        most = Math.max(most, ++inside);
        for (let left = turns; left > 0; left--) await turn();
        inside--;
        if (fails) throw 'failed';
        return 'answered';
      };
      const outcomes = calls.map(async ({ turns, fails, leaves, caller }, index) => {
        const controller = new AbortController();
        const outcome = gate.run(caller, controller.signal, () => run(turns, fails)).catch((reason) => reason);
        if (leaves) controller.abort('left');
        // Those inside already are not the gate's to end.
        expect(await outcome).toBe(leaves && index >= limit ? 'left' : fails ? 'failed' : 'answered');
      });
      await Promise.all(outcomes);
      expect(most).toBeLessThanOrEqual(limit);
      await turn();
      let again = 0;
      const places = Array.from({ length: limit }, () => gate.run('c', SIGNAL, async () => again++));
      expect(again).toBe(limit);
      await Promise.all(places);
    }),
  );
});

test('who waits takes turns, caller by caller', async () => {
  const gate = new Bulkhead(1);
  const order: string[] = [];
  const calls = ['first', 'busy', 'busy', 'busy', 'quiet'].map((caller) =>
    gate.run(caller, SIGNAL, async () => {
      await turn();
      order.push(caller);
    }),
  );
  await Promise.all(calls);
  expect(order).toEqual(['first', 'busy', 'quiet', 'busy', 'busy']);
});
