import { expect, test } from 'vitest';
import { RateLimiter } from '../../src/upstream/admission/rateLimiter.ts';
import type { CallBudget } from '../../src/upstream/admission/tokenBucket.ts';
import type { CredentialsIdentity } from '../../src/upstream/credentials/credentials.ts';

const ME = 'me' as CredentialsIdentity;
const { signal } = new AbortController();

/** A budget that answers as the test says, as Redis would: later. */
function budgetOf(take: () => Promise<number>): CallBudget {
  return { take, msUntil: () => 0, left: () => 1 };
}

test('A 429 that comes while the budget is asked holds the call back', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const limiter = new RateLimiter(
    budgetOf(() => promise),
    1000,
  );
  const passing = limiter.pass(ME, 'me', signal);
  limiter.pause(ME, 30);
  resolve(0);
  await expect(passing).rejects.toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 30 });
});

test('A budget that throws once fails who waits for it, and no call after them', async () => {
  let asked = 0;
  const limiter = new RateLimiter(
    budgetOf(async () => {
      asked++;
      if (asked === 1) return 1;
      if (asked === 2) throw new Error('a bug');
      return 0;
    }),
    1000,
  );
  await expect(limiter.pass(ME, 'me', signal)).rejects.toThrow('a bug');
  expect(await limiter.pass(ME, 'me', signal)).toBe(false);
});
