import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../src/model/errors.ts';
import { FairQueue } from '../../src/upstream/admission/fairQueue.ts';
import { isWorthRetrying, RetryBudget } from '../../src/upstream/admission/retry.ts';
import { TokenBuckets } from '../../src/upstream/admission/tokenBucket.ts';
import type { CredentialsIdentity } from '../../src/upstream/credentials/credentials.ts';

const ME = 'me' as CredentialsIdentity;
const YOU = 'you' as CredentialsIdentity;

/** A clock that is moved by hand, in milliseconds. */
function clock() {
  let at = 0;
  return {
    now: () => at,
    pass(ms: number) {
      at += ms;
    },
  };
}

describe('A local budget', () => {
  test('never lets more than perMinute through in any minute', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 400 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), pauses, (perMinute, waits) => {
        const { now, pass } = clock();
        const budget = new TokenBuckets(perMinute, now);
        const taken: number[] = [];
        for (const wait of waits) {
          pass(wait);
          while (budget.take(ME) === 0) taken.push(now());
        }
        taken.forEach((at, i) => {
          const inMinute = taken.slice(i).filter((other) => other < at + 60_000).length;
          expect(inMinute).toBeLessThanOrEqual(perMinute);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('lets one through after the wait it named, and not before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (perMinute) => {
        const { now, pass } = clock();
        const budget = new TokenBuckets(perMinute, now);
        while (budget.take(ME) === 0);
        const wait = budget.take(ME);
        pass(wait - 1);
        expect(budget.take(ME)).toBeGreaterThan(0);
        pass(1.001);
        expect(budget.take(ME)).toBe(0);
      }),
    );
  });

  test('is kept for each identity by itself, and the least is what is left', () => {
    const budget = new TokenBuckets(100, clock().now);
    expect(budget.left()).toBe(10);
    for (let i = 0; i < 10; i++) expect(budget.take(ME)).toBe(0);
    expect([budget.take(ME) > 0, budget.take(YOU), budget.left()]).toEqual([true, 0, 0]);
  });

  test('tells how long the n-th call has to wait', () => {
    const budget = new TokenBuckets(100, clock().now);
    expect(budget.msUntil(ME, 10)).toBe(0);
    expect(budget.msUntil(ME, 11)).toBeCloseTo(60_000 / 90);
    expect(budget.msUntil(ME, 100)).toBeCloseTo(60_000);
  });
});

describe('A fair queue', () => {
  const arrivals = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 60 });

  test('gives everything back once, in its own order within a caller', () => {
    fc.assert(
      fc.property(arrivals, (callers) => {
        const queue = new FairQueue<string>();
        for (const [i, caller] of callers.entries()) queue.push(caller, `${caller}${i}`);
        const taken = drain(queue);
        expect(taken.toSorted()).toEqual(callers.map((caller, i) => `${caller}${i}`).toSorted());
        for (const caller of new Set(callers)) {
          const own = taken.filter((item) => item.startsWith(caller)).map((item) => Number(item.slice(1)));
          expect(own).toEqual(own.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  test('lets nobody pass a caller twice while it waits', () => {
    fc.assert(
      fc.property(arrivals, (callers) => {
        const queue = new FairQueue<string>();
        for (const caller of callers) queue.push(caller, caller);
        const taken = drain(queue);
        for (const caller of new Set(callers)) {
          const first = taken.indexOf(caller);
          expect(new Set(taken.slice(0, first)).size).toBe(first);
        }
      }),
    );
  });

  test('knows what is taken before one more', () => {
    fc.assert(
      fc.property(arrivals, fc.constantFrom('a', 'b', 'z'), (callers, caller) => {
        const queue = new FairQueue<string>();
        for (const each of callers) queue.push(each, each);
        const ahead = queue.ahead(caller);
        queue.push(caller, 'the one');
        const place = drain(queue).indexOf('the one');
        expect(Math.abs(place - ahead)).toBeLessThanOrEqual(3);
        expect(place).toBeLessThanOrEqual(ahead);
      }),
    );
  });

  test('forgets what leaves it', () => {
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

  function drain(queue: FairQueue<string>): string[] {
    return Array.from({ length: queue.size }, () => queue.shift() ?? 'nothing');
  }
});

describe('A retry budget', () => {
  test('adds a tenth to the calls of ten seconds at the most, or five where that is more', () => {
    const events = fc.array(
      fc.record({ pause: fc.integer({ min: 0, max: 3000 }), calls: fc.integer({ min: 0, max: 40 }) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(events, (history) => {
        const { now, pass } = clock();
        const budget = new RetryBudget(now);
        const calls: number[] = [];
        const retries: number[] = [];
        for (const { pause, calls: count } of history) {
          pass(pause);
          for (let i = 0; i < count; i++) {
            budget.countCall();
            calls.push(now());
          }
          while (budget.takeRetry()) {
            retries.push(now());
            const made = calls.filter((at) => at > now() - 10_000).length;
            expect(retries.filter((at) => at > now() - 9000).length).toBeLessThanOrEqual(Math.max(5, made / 10));
          }
        }
      }),
    );
  });

  test('has some again when the window has passed', () => {
    const { now, pass } = clock();
    const budget = new RetryBudget(now);
    for (let i = 0; i < 5; i++) expect(budget.takeRetry()).toBe(true);
    expect(budget.takeRetry()).toBe(false);
    pass(10_000);
    expect(budget.left()).toBe(5);
  });
});

describe('Another attempt is worth it', () => {
  test.each([
    ['an upstream that was not reached', new GatewayError('UPSTREAM_UNAVAILABLE'), true],
    ['an upstream that was too slow', new GatewayError('UPSTREAM_TIMEOUT'), true],
    ['an open circuit', new GatewayError('UPSTREAM_UNAVAILABLE', { retryAfterSeconds: 5 }), false],
    ['a customer unknown', new GatewayError('CUSTOMER_NOT_FOUND'), false],
    ['a limit reached', new GatewayError('UPSTREAM_RATE_LIMITED', { retryAfterSeconds: 1 }), false],
    ['an answer that is no page', new GatewayError('UPSTREAM_INVALID_RESPONSE'), false],
    ['anything else', new Error('gone'), false],
  ])('after %s: %s %s', (_, error, worthIt) => {
    expect(isWorthRetrying(error)).toBe(worthIt);
  });
});
