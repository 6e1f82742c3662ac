import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SharedRedis } from '../../src/redis/connection.ts';
import { Instances } from '../../src/redis/instances.ts';
import { rateOf } from '../../src/upstream/admission/gcra.ts';
import { RateLimiter } from '../../src/upstream/admission/rateLimiter.ts';
import { SharedBudget } from '../../src/upstream/admission/sharedBudget.ts';
import type { CredentialsIdentity } from '../../src/upstream/credentials/credentials.ts';
import { mostInAMinute } from '../support/minutes.ts';
import { simulateRedis } from './support/simulatedRedis.ts';

const ME = 'me' as CredentialsIdentity;
const { signal } = new AbortController();
const QUEUE_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers({
    toFake: [
      'performance',
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'clearImmediate',
    ],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Instances with one upstream, each of which calls as often as it may while it is `busy`, and the time of each call. */
async function startInstances(perMinute: number, count: number, busy: (instance: number) => boolean) {
  const redis = await simulateRedis();
  const calls: number[] = [];
  const limiters: RateLimiter[] = [];
  const ends: (() => void)[] = [];
  let running = true;
  /** The same numbers in each run. */
  let random = 1;
  const upTo = (ms: number) => () => {
    random = (random * 48_271) % 2_147_483_647;
    return (random % 1000) * (ms / 1000);
  };
  const ask = async (limiter: RateLimiter, index: number) => {
    while (running) {
      if (!busy(index)) await passed(100);
      else if (
        await limiter.pass(ME, 'caller', signal).then(
          () => true,
          () => passed(100),
        )
      )
        calls.push(performance.now());
    }
  };
  for (let index = 0; index < count; index++) {
    const shared = new SharedRedis(redis.connect(upTo(10), upTo(1000)), { failed: () => {}, worked: () => {} });
    const instances = new Instances(shared, 'all');
    const limiter = new RateLimiter(new SharedBudget(shared, instances, rateOf(perMinute)), QUEUE_MS);
    limiters.push(limiter);
    for (let i = 0; i < 3; i++) void ask(limiter, index);
    ends.push(() => instances.close());
  }
  return {
    redis,
    calls,
    /** Upstream responds to the first instance with a 429. */
    pause: (seconds: number) => limiters[0]?.pause(ME, seconds),
    end: async () => {
      running = false;
      for (const end of ends) end();
      await vi.advanceTimersByTimeAsync(2 * QUEUE_MS);
    },
  };
}

const passed = (ms: number): Promise<boolean> => new Promise((resolve) => setTimeout(() => resolve(false), ms));

/** An event after this many milliseconds: Redis stops or starts, upstream responds with 429, or an instance becomes busy or idle. */
const events = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 20_000 })),
    what: fc.oneof(fc.constant('redis' as const), fc.constant('429' as const), fc.nat({ max: 3 })),
  }),
  { maxLength: 20 },
);

test('No minute has more than perMinute calls of all instances, whenever Redis stops and restarts empty', async () => {
  let made = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 8, max: 120 }),
      fc.integer({ min: 1, max: 4 }),
      events,
      async (perMinute, count, given) => {
        const busy = [false, false, false, false];
        let isUp = true;
        const { redis, calls, pause, end } = await startInstances(
          perMinute,
          count,
          (instance) => busy[instance] ?? false,
        );
        // Until each instance is counted by the others.
        await vi.advanceTimersByTimeAsync(2000);
        busy[0] = true;
        for (const { afterMs, what } of given) {
          await vi.advanceTimersByTimeAsync(afterMs);
          if (what === '429') pause(5);
          else if (what !== 'redis') busy[what] = !busy[what];
          else {
            if (isUp) redis.kill();
            else redis.start();
            isUp = !isUp;
          }
        }
        await vi.advanceTimersByTimeAsync(20_000);
        await end();
        made += calls.length;
        expect(mostInAMinute(calls)).toBeLessThanOrEqual(perMinute);
      },
    ),
    { numRuns: 40 },
  );
  expect(made).toBeGreaterThan(500);
});

test('A flood at three instances uses 97 % of perMinute, with and without Redis', async () => {
  const perMinute = 120;
  const { redis, calls, end } = await startInstances(perMinute, 3, () => true);
  const callsIn = async (minutes: number) => {
    const before = calls.length;
    await vi.advanceTimersByTimeAsync(minutes * 60_000);
    return calls.length - before;
  };
  await callsIn(1);
  expect(await callsIn(10)).toBeGreaterThanOrEqual(0.97 * 10 * perMinute);
  redis.kill();
  await callsIn(1);
  expect(await callsIn(10)).toBeGreaterThanOrEqual(0.97 * 10 * perMinute);
  redis.start();
  await callsIn(1);
  expect(await callsIn(10)).toBeGreaterThanOrEqual(0.97 * 10 * perMinute);
  await end();
  expect(mostInAMinute(calls)).toBeLessThanOrEqual(perMinute);
});
