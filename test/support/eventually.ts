import { setTimeout as sleep } from 'node:timers/promises';

/** How long a test may wait for what takes a program of the system some time, such as a failover. */
export const A_MINUTE = { withinMs: 60_000 };

type Waiting = {
  /** After so many milliseconds of real time it throws. */
  readonly withinMs?: number;
  readonly everyMs?: number;
  /** Names what was awaited in that error; else the condition's text does. */
  readonly what?: string;
};

/** Resolves once the condition is true, at most after 10 seconds. It also works while a test has stopped the time. */
export async function eventually(isSo: () => boolean | Promise<boolean>, options: Waiting = {}): Promise<void> {
  const { withinMs = 10_000, everyMs = 5, what = String(isSo) } = options;
  // Made here, so that its stack leads to the test.
  const tooLate = new Error(`Waited ${withinMs / 1000} s for: ${what}`);
  const end = process.hrtime.bigint() + BigInt(withinMs) * 1_000_000n;
  while (!(await isSo())) {
    if (process.hrtime.bigint() > end) throw tooLate;
    await sleep(everyMs);
  }
}
