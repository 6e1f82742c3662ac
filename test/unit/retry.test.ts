import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { RetryBudget, retried } from '../../src/calls/retried.ts';
import { UpstreamError } from '../../src/upstream/payload/outcome.ts';
import { callOf } from './support/calls.ts';
import { stopClock } from './support/clock.ts';

test('A call waits before each retry, and twice as long before the next one', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.9);
  onTestFinished(() => random.mockRestore());
  const attempts: number[] = [];
  const fail = async () => {
    attempts.push(performance.now());
    throw new UpstreamError('failing', 'UPSTREAM_UNAVAILABLE', { cause: 'HTTP 503' });
  };
  await expect(retried(2, new RetryBudget())(fail)(callOf())).rejects.toMatchObject({ cause: 'HTTP 503' });
  const [first = 0, second = 0, third = 0] = attempts;
  // Of 100 and 200 ms, without the milliseconds by which a timer may be early.
  expect(second - first).toBeGreaterThan(88);
  expect(third - second).toBeGreaterThan(178);
});

test('A call that fails when its client has left takes no retry from the budget', async () => {
  const budget = new RetryBudget();
  const leaving = new AbortController();
  const call = callOf({ signal: leaving.signal });
  const fail = async () => {
    leaving.abort(new Error('gone'));
    throw new UpstreamError('failing', 'UPSTREAM_UNAVAILABLE', { cause: 'HTTP 503' });
  };
  await expect(retried(2, budget)(fail)(call)).rejects.toThrow();
  expect([budget.left(), call.operation.stats.retried]).toEqual([5, 0]);
});

test('Retries add at most a tenth to the calls of ten seconds, or five calls if that is more', () => {
  const events = fc.array(
    fc.record({ pause: fc.integer({ min: 0, max: 3000 }), calls: fc.integer({ min: 0, max: 40 }) }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(events, (history) => {
      const clock = stopClock();
      const budget = new RetryBudget();
      const calls: number[] = [];
      const retries: number[] = [];
      for (const { pause, calls: count } of history) {
        clock.pass(pause);
        for (let i = 0; i < count; i++) {
          budget.countCall();
          calls.push(clock.now());
        }
        while (budget.takeRetry()) {
          retries.push(clock.now());
          const made = calls.filter((at) => at > clock.now() - 10_000).length;
          expect(retries.filter((at) => at > clock.now() - 9000).length).toBeLessThanOrEqual(Math.max(5, made / 10));
        }
      }
    }),
  );
});

test('The retry budget is full again ten seconds after it was used up', () => {
  const clock = stopClock();
  const budget = new RetryBudget();
  for (let i = 0; i < 5; i++) expect(budget.takeRetry()).toBe(true);
  expect(budget.takeRetry()).toBe(false);
  clock.pass(9999);
  expect(budget.left()).toBe(0);
  clock.pass(1);
  expect(budget.left()).toBe(5);
});

test('No fewer retries than none are left once the calls that allowed them are no longer counted', () => {
  const clock = stopClock();
  const budget = new RetryBudget();
  for (let i = 0; i < 200; i++) budget.countCall();
  clock.pass(9000);
  for (let i = 0; i < 20; i++) expect(budget.takeRetry()).toBe(true);
  clock.pass(1000);
  expect(budget.left()).toBe(0);
});
