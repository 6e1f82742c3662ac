/**
 * The generic cell rate algorithm: a token bucket written as one moment, the theoretical arrival time (TAT). It is the
 * moment at which all calls made so far would have been due if they came evenly; a call may go if that is not further
 * ahead than a burst is worth. `sharedBudget.ts` has the same arithmetic in Lua.
 */
export type Rate = {
  /** Milliseconds from one call to the next, if they come evenly. */
  readonly intervalMs: number;
  /** How many calls may go at once after a rest. */
  readonly burst: number;
};

const MINUTE_MS = 60_000;
/** A call may reach upstream later than the call before it by so much, and the minute must hold all the same. */
const JITTER_MS = 300;
/** The part of a minute's calls that may go at once. What goes at once has to be spared by the rest of the minute. */
const BURST_SHARE = 0.025;

/** No bound: every call may go at once. */
export const UNLIMITED: Rate = { intervalMs: 0, burst: Number.POSITIVE_INFINITY };

/** At least 97 % of `perMinute` can be used, and no minute, wherever it begins, sees more than `perMinute`. */
export function rateOf(perMinute: number): Rate {
  const burst = 1 + Math.floor(perMinute * BURST_SHARE);
  return { burst, intervalMs: (MINUTE_MS + JITTER_MS) / (perMinute - burst + 1) };
}

/**
 * Milliseconds until a call may go.
 * @param tat in milliseconds, on the same clock as `now`
 * @param weight how many calls this one counts for
 */
export function waitOf({ intervalMs, burst }: Rate, tat: number, now: number, weight = 1): number {
  if (intervalMs === 0) return 0;
  const bound = Math.max(burst, weight) * intervalMs;
  return Math.max(0, tat + weight * intervalMs - bound - now);
}

/** The TAT once a call goes. */
export function tatAfter({ intervalMs }: Rate, tat: number, now: number, weight = 1): number {
  return Math.max(tat, now) + weight * intervalMs;
}
