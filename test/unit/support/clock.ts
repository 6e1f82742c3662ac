import { onTestFinished, vi } from 'vitest';

/** The time that the gateway reads, in milliseconds. It moves only by `pass`. */
export type Clock = {
  readonly now: () => number;
  pass(ms: number): void;
};

/** Stops the time at 0 until the test has ended. */
export function stopClock(): Clock {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  return { now: () => performance.now(), pass: (ms) => vi.advanceTimersByTime(ms) };
}
