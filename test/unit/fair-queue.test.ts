import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairQueue } from '../../src/calls/fairQueue.ts';

const arrivals: fc.Arbitrary<string[]> = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 60 });

function queueOf(callers: readonly string[]): FairQueue<string> {
  const queue = new FairQueue<string>();
  for (const [i, caller] of callers.entries()) queue.push(caller, `${caller}${i}`);
  return queue;
}

function drain(queue: FairQueue<string>): string[] {
  return Array.from({ length: queue.size }, () => queue.shift() ?? 'nothing');
}

test('A fair queue returns every item once, and the items of one caller in order', () => {
  fc.assert(
    fc.property(arrivals, (callers) => {
      const taken = drain(queueOf(callers));
      expect(taken.toSorted()).toEqual(callers.map((caller, i) => `${caller}${i}`).toSorted());
      for (const caller of new Set(callers)) {
        const own = taken.filter((item) => item.startsWith(caller)).map((item) => Number(item.slice(1)));
        expect(own).toEqual(own.toSorted((a, b) => a - b));
      }
    }),
  );
});

test('A fair queue serves no caller twice before another caller who waits', () => {
  fc.assert(
    fc.property(arrivals, (callers) => {
      const taken = drain(queueOf(callers)).map((item) => item.charAt(0));
      for (const caller of new Set(callers)) {
        const first = taken.indexOf(caller);
        expect(new Set(taken.slice(0, first)).size).toBe(first);
      }
    }),
  );
});

test('A fair queue counts the items before a new one, with at most one too many for each other caller', () => {
  fc.assert(
    fc.property(arrivals, fc.constantFrom('a', 'b', 'z'), (callers, caller) => {
      const queue = queueOf(callers);
      const ahead = queue.ahead(caller);
      queue.push(caller, 'the new one');
      const place = drain(queue).indexOf('the new one');
      const waiting = (of: string) => callers.filter((each) => each === of).length;
      // For callers whose turn is after this caller's, the count includes one item that is served after the new one.
      const turn = callers.includes(caller) ? callers.indexOf(caller) : callers.length;
      const later = new Set(
        callers.slice(turn).filter((each) => each !== caller && !callers.slice(0, turn).includes(each)),
      );
      const tooMany = [...later].filter((each) => waiting(each) > waiting(caller)).length;
      expect(place).toBe(ahead - tooMany);
    }),
  );
});

test('A fair queue does not return removed items', () => {
  const queue = new FairQueue<string>();
  queue.push('a', 'a1');
  queue.push('a', 'a2');
  queue.push('b', 'b1');
  queue.remove('a', 'a1');
  queue.remove('b', 'b1');
  queue.remove('b', 'b1');
  expect(queue.size).toBe(1);
  expect(drain(queue)).toEqual(['a2']);
  expect(queue.size).toBe(0);
});

test('A caller whose last item was removed takes no turn', () => {
  const queue = new FairQueue<string>();
  queue.push('a', 'a1');
  queue.push('b', 'b1');
  queue.remove('a', 'a1');
  expect([queue.size, queue.shift(), queue.size]).toEqual([1, 'b1', 0]);
});
