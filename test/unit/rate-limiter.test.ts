import { expect, onTestFinished, test, vi } from 'vitest';
import { RateLimiter } from '../../src/calls/budgeted.ts';
import { type CallBudget, memoryBudget, type Reservation, rateOf } from '../../src/calls/callBudget.ts';
import type { Account } from '../../src/upstream/credentials/credentials.ts';

const ME = 'me' as Account;
const { signal } = new AbortController();

/** A budget whose results the test gives later, like Redis. */
function budgetOf(reserve: () => Promise<Reservation>): CallBudget {
  const memory = memoryBudget(rateOf(100));
  return { reserve, states: memory.states, pause: (account, ms) => memory.pause(account, ms) };
}

const NOW = { reserved: true, waitMs: 0 };

test('A 429 during a reservation delays the call', async () => {
  const { promise, resolve } = Promise.withResolvers<Reservation>();
  const limiter = new RateLimiter(
    budgetOf(() => promise),
    1000,
  );
  const passing = limiter.pass(ME, 'me', signal);
  limiter.pause(ME, 30);
  resolve(NOW);
  await expect(passing).rejects.toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 30 });
});

test('A 429 while a call waits for the budget delays it until the pause ends', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const limiter = new RateLimiter(memoryBudget({ burst: 1, intervalMs: 1000 }), 5000);
  expect(await limiter.pass(ME, 'me', signal)).toBe(false);
  let passed = false;
  void limiter.pass(ME, 'me', signal).then(() => {
    passed = true;
  });
  await vi.advanceTimersByTimeAsync(500);
  limiter.pause(ME, 2);
  await vi.advanceTimersByTimeAsync(1999);
  expect(passed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(passed).toBe(true);
});

test('A budget that throws once fails the waiting calls, and no later call', async () => {
  let asked = 0;
  const limiter = new RateLimiter(
    budgetOf(async () => {
      asked++;
      if (asked === 1) return { reserved: false, waitMs: 1 };
      if (asked === 2) throw new Error('a bug');
      return NOW;
    }),
    1000,
  );
  await expect(limiter.pass(ME, 'me', signal)).rejects.toThrow('a bug');
  expect(await limiter.pass(ME, 'me', signal)).toBe(false);
});

test('Waiting calls are refused at once if another instance has paused these credentials', async () => {
  const answers = [
    { reserved: false, waitMs: 10 },
    { reserved: false, waitMs: 30_000 },
  ];
  const limiter = new RateLimiter(
    budgetOf(async () => answers.shift() ?? NOW),
    1000,
  );
  await expect(limiter.pass(ME, 'me', signal)).rejects.toMatchObject({ retryAfterSeconds: 30 });
  expect(limiter.waiting).toBe(0);
});

test('A call whose client left while it was counted does not wait for the budget', async () => {
  const { promise, resolve } = Promise.withResolvers<Reservation>();
  let asked = 0;
  const limiter = new RateLimiter(
    budgetOf(() => {
      asked++;
      return promise;
    }),
    1000,
  );
  const leaving = new AbortController();
  const passing = limiter.pass(ME, 'me', leaving.signal);
  leaving.abort(new Error('gone'));
  resolve({ reserved: false, waitMs: 10 });
  await expect(passing).rejects.toThrow('gone');
  expect([asked, limiter.waiting]).toEqual([1, 0]);
});
