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
/**
 * How much the delay of two calls may differ on the way to upstream without more than `perMinute` in a minute. On a busy
 * machine, the first calls of an instance take half a second longer than later ones.
 */
const JITTER_MS = 600;
const PERIOD_MS = MINUTE_MS + JITTER_MS;
/** The share of a minute's calls that may be made at once. The rest of the minute has so many fewer. */
const BURST_SHARE = 0.02;

/** The rounding error of sums of intervals is less than this. */
const ROUNDING_MS = 1e-6;

/** No limit: every call may be made at once. */
export const UNLIMITED: Rate = { intervalMs: 0, burst: Number.POSITIVE_INFINITY };

/** At least 97 % of `perMinute` can be used, and no minute, whenever it begins, has more than `perMinute` calls. */
export function rateOf(perMinute: number): Rate {
  const burst = 1 + Math.floor(perMinute * BURST_SHARE);
  return { burst, intervalMs: PERIOD_MS / (perMinute - burst + 1) };
}

/**
 * The rate of each instance while instances cannot count together. All together stay within `rate`, unless there are more
 * instances than calls a minute, since each may make one.
 */
export function shareOf({ intervalMs, burst }: Rate, instances: number): Rate {
  if (instances <= burst) return { intervalMs: instances * intervalMs, burst: burst / instances };
  const perMinute = burst - 1 + Math.round(PERIOD_MS / intervalMs);
  const callsOfEach = Math.max(1, Math.floor(perMinute / instances));
  return { intervalMs: Math.max(instances * intervalMs, PERIOD_MS / callsOfEach), burst: 1 };
}

/** Milliseconds until a call may be made. @param tat in milliseconds, on the same clock as `now` */
export function waitOf({ intervalMs, burst }: Rate, tat: number, now: number): number {
  const waitMs = intervalMs === 0 ? 0 : tat + (1 - burst) * intervalMs - now;
  return waitMs < ROUNDING_MS ? 0 : waitMs;
}

/** The TAT after a call at this time. */
export function tatAfter({ intervalMs }: Rate, tat: number, at: number): number {
  return Math.max(tat, at) + intervalMs;
}

/** The TAT after all calls that may be made at once, at this time. */
export function emptyTat({ intervalMs, burst }: Rate, at: number): number {
  return intervalMs === 0 ? 0 : at + burst * intervalMs;
}
