import { setTimeout as sleep } from 'node:timers/promises';
import { inspect, isDeepStrictEqual } from 'node:util';

/** How long a test may wait for what takes a program of the system some time, such as a failover. */
export const A_MINUTE = { withinMs: 60_000 };

type Waiting = {
  /** After so many milliseconds of real time it throws. */
  readonly withinMs?: number;
  readonly everyMs?: number;
};

/**
 * Reads until the value is as awaited, equal to it or such that the function returns true, and returns the value. At most
 * after 10 seconds it throws an error that names what was read and the last value. It also works while a test has stopped
 * the time.
 */
export async function eventually<T>(
  what: string,
  read: () => T | Promise<T>,
  awaited: NoInfer<T> | ((value: T) => boolean),
  { withinMs = 10_000, everyMs = 5 }: Waiting = {},
): Promise<T> {
  const isAwaited = (value: T) =>
    typeof awaited === 'function' ? (awaited as (value: T) => boolean)(value) : isDeepStrictEqual(value, awaited);
  // Made here, so that its stack leads to the test.
  const tooLate = new Error();
  const end = process.hrtime.bigint() + BigInt(withinMs) * 1_000_000n;
  while (true) {
    const value = await read();
    if (isAwaited(value)) return value;
    if (process.hrtime.bigint() > end) {
      const wish = typeof awaited === 'function' ? String(awaited) : inspect(awaited);
      tooLate.message = `Waited ${withinMs / 1000} s for: ${what}. Awaited is ${wish}, the last value is ${inspect(value)}.`;
      throw tooLate;
    }
    await sleep(everyMs);
  }
}
