import { setTimeout as sleep } from 'node:timers/promises';
import type { TestRedis } from '../redis/support/redis.ts';
import { seeded } from '../support/seeded.ts';
import type { FaultyUpstream } from './faultyUpstream.ts';
import { STORMS } from './faultyUpstream.ts';
import type { Count } from './figures.ts';
import type { Gateway } from './instances.ts';
import { between, pick, type Random, shuffled } from './random.ts';

export type Victims = {
  /** Its processes are killed and stopped. */
  readonly restarted: Gateway;
  /** The other gateway, whose one process lives as long as the soak. */
  readonly steady: Gateway;
  readonly redis: TestRedis;
  readonly upstream: FaultyUpstream;
};

/** What is done to a victim; it resolves once the victim is well again. */
type Blow = readonly [name: string, strike: (random: Random) => Promise<void>];

/** Clocks that differ by up to 5 seconds are as good as equal ones. */
const CLOCK_OFFSETS_MS = [0, 1500, -1500, 4000, -4000, 30_000, -30_000, 3_600_000, -3_600_000];

/**
 * Strikes each victim again and again until it is aborted, each at its own times, so that blows meet. The times and the order
 * depend on the seed only. Resolves once all victims are well.
 */
export async function wreak(
  { restarted, steady, redis, upstream }: Victims,
  seed: number,
  everyMs: number,
  counts: Count,
  signal: AbortSignal,
): Promise<void> {
  const blows: readonly (readonly Blow[])[] = [
    [
      ['kill', () => killAndStart(restarted)],
      ['SIGTERM', () => stopAndStart(restarted)],
    ],
    [
      [
        'Redis killed',
        async (random) => {
          await redis.kill();
          await sleep(between(random, 0, 2500));
          await redis.start();
        },
      ],
      [
        'Redis paused',
        async (random) => {
          redis.freeze();
          await sleep(between(random, 20, 3500));
          redis.wake();
        },
      ],
      ['Redis connections cut', async () => void (await redis.client.call('CLIENT', 'KILL', 'TYPE', 'normal'))],
    ],
    STORMS.map((storm) => [
      storm,
      async (random) => {
        upstream.setWeather(storm);
        await sleep(between(random, 500, 3000));
        upstream.setWeather('fair');
      },
    ]),
    [restarted, steady].map((gateway) => [
      'clock jumps',
      async (random) => gateway.setClock(pick(random, CLOCK_OFFSETS_MS)),
    ]),
  ];
  await Promise.all(blows.map((each, i) => strike(each, seeded(seed + i), everyMs, counts, signal)));
}

async function strike(
  blows: readonly Blow[],
  random: Random,
  everyMs: number,
  counts: Count,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    // Each of them in a random order, so that a short soak has all.
    for (const [name, blow] of shuffled(random, blows)) {
      await sleep(between(random, 0, 2 * everyMs), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      counts.add(name);
      await blow(random);
    }
  }
}

async function killAndStart(gateway: Gateway): Promise<void> {
  await gateway.kill();
  await gateway.start();
}

async function stopAndStart(gateway: Gateway): Promise<void> {
  await gateway.stop();
  await gateway.start();
}
