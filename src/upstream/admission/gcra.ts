/**
 * The generic cell rate algorithm: a token bucket stored as one time, the theoretical arrival time (TAT). It is the time until
 * which all calls so far would last if they were evenly spaced. A call may be made if the TAT is at most one burst ahead.
 * `sharedBudget.ts` has the same arithmetic in Lua.
 */
export type Rate = {
  /** Milliseconds from one call to the next, if they are evenly spaced. */
  readonly intervalMs: number;
  /** How many calls may be made at once after a pause. */
  readonly burst: number;
};

const MINUTE_MS = 60_000;
/** How much the delay of two calls may differ on the way to upstream without more than `perMinute` in a minute. */
const JITTER_MS = 300;
/** The share of a minute's calls that may be made at once. The rest of the minute has so many fewer. */
const BURST_SHARE = 0.025;

/** No limit: every call may be made at once. */
export const UNLIMITED: Rate = { intervalMs: 0, burst: Number.POSITIVE_INFINITY };

/** At least 97 % of `perMinute` can be used, and no minute, whenever it begins, has more than `perMinute` calls. */
export function rateOf(perMinute: number): Rate {
  const burst = 1 + Math.floor(perMinute * BURST_SHARE);
  return { burst, intervalMs: (MINUTE_MS + JITTER_MS) / (perMinute - burst + 1) };
}

/**
 * Milliseconds until a call may be made.
 * @param tat in milliseconds, on the same clock as `now`
 * @param weight how many calls this one counts for
 */
export function waitOf({ intervalMs, burst }: Rate, tat: number, now: number, weight = 1): number {
  if (intervalMs === 0) return 0;
  const bound = Math.max(burst, weight) * intervalMs;
  return Math.max(0, tat + weight * intervalMs - bound - now);
}

/** The TAT after a call. */
export function tatAfter({ intervalMs }: Rate, tat: number, now: number, weight = 1): number {
  return Math.max(tat, now) + weight * intervalMs;
}
