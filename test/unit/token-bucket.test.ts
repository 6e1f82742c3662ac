import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBuckets } from '../../src/upstream/admission/tokenBucket.ts';
import type { CredentialsIdentity } from '../../src/upstream/credentials/credentials.ts';
import { startClock } from './support/clock.ts';

const ME = 'me' as CredentialsIdentity;
const YOU = 'you' as CredentialsIdentity;

test('A token bucket never lets more than perMinute calls through in any minute', () => {
  const pauses = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 400 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), pauses, (perMinute, waits) => {
      const clock = startClock();
      const bucket = new TokenBuckets(perMinute, clock.now);
      const taken: number[] = [];
      for (const wait of waits) {
        clock.pass(wait);
        while (bucket.take(ME) === 0) taken.push(clock.now());
      }
      taken.forEach((at, i) => {
        const inMinute = taken.slice(i).filter((other) => other < at + 60_000).length;
        expect(inMinute).toBeLessThanOrEqual(perMinute);
      });
    }),
    { numRuns: 60 },
  );
});

test('A token bucket lets a call through after the wait it named, and not before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), (perMinute) => {
      const clock = startClock();
      const bucket = new TokenBuckets(perMinute, clock.now);
      while (bucket.take(ME) === 0);
      const wait = bucket.take(ME);
      clock.pass(wait - 1);
      expect(bucket.take(ME)).toBeGreaterThan(0);
      clock.pass(1.001);
      expect(bucket.take(ME)).toBe(0);
    }),
  );
});

test('Each credentials identity has a token bucket of its own, and the emptiest one is reported', () => {
  const bucket = new TokenBuckets(100, startClock().now);
  expect(bucket.left()).toBe(10);
  for (let i = 0; i < 10; i++) expect(bucket.take(ME)).toBe(0);
  expect(bucket.take(ME)).toBe(Math.ceil(60_000 / 90));
  expect(bucket.take(YOU)).toBe(0);
  expect(bucket.left()).toBe(0);
});

test('A token bucket says how long the n-th call from now has to wait', () => {
  const bucket = new TokenBuckets(100, startClock().now);
  expect(bucket.msUntil(ME, 10)).toBe(0);
  expect(bucket.msUntil(ME, 11)).toBeCloseTo(60_000 / 90);
  expect(bucket.msUntil(ME, 100)).toBeCloseTo(60_000);
});
