import type { Account } from '../upstream/credentials/credentials.ts';

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

/** No limit: the next call may be made at once. */
export const UNLIMITED: Rate = { intervalMs: 0, burst: 1 };

/**
 * At least 97 % of `perMinute` can be used, and no minute, whenever it begins, has more than `perMinute` calls.
 * @param perMinute undefined for no limit
 */
export function rateOf(perMinute: number | undefined): Rate {
  if (perMinute === undefined) return UNLIMITED;
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
  const waitMs = tat + (1 - burst) * intervalMs - now;
  return waitMs < ROUNDING_MS ? 0 : waitMs;
}

/** The TAT after a call at this time. */
export function tatAfter({ intervalMs }: Rate, tat: number, at: number): number {
  return Math.max(tat, at) + intervalMs;
}

/** The TAT after all calls that may be made at once, at this time. */
export function emptyTat({ intervalMs, burst }: Rate, at: number): number {
  return at + burst * intervalMs;
}

/** Whether a call is reserved and may start after `waitMs`, or would have to wait longer than it may. */
export type Reservation = { readonly reserved: boolean; readonly waitMs: number };

/** How many calls each account may make, and whether it is paused after a 429. */
export type CallBudget = {
  /** What this process knows of the accounts. */
  readonly states: BudgetStates;
  /** Takes a call from the budget if it may start within `maxWaitMs`; otherwise takes nothing. */
  reserve(account: Account, maxWaitMs: number): Promise<Reservation>;
  /** Pauses all calls of this account for this time. */
  pause(account: Account, ms: number): void;
};

/** How long the last of some pauses lasts, in milliseconds, and when the first of them began, in Unix time in seconds. */
export type Pauses = { readonly longestMs: number; readonly since: number | undefined };

/** The state of one account: its theoretical arrival time (GCRA), the end of its pause, and its begin in Unix time in seconds. */
type State = { tat: number; pausedUntil: number; pausedSince: number };

const MIN_SWEPT = 1000;

/** The state of each account: the whole state without Redis, and with Redis the last state read from it. */
export class BudgetStates {
  readonly #rate: () => Rate;
  readonly #states = new Map<Account, State>();
  #leastTat = 0;
  #sweptAtSize = MIN_SWEPT;

  /** @param rate at which each account may call at the moment */
  constructor(rate: () => Rate) {
    this.#rate = rate;
  }

  /** The minimum TAT of every account, also of later ones. */
  get leastTat(): number {
    return this.#leastTat;
  }

  /** Raises the minimum TAT. */
  raise(leastTat: number): void {
    this.#leastTat = Math.max(this.#leastTat, leastTat);
  }

  of(account: Account): State {
    let state = this.#states.get(account);
    if (state === undefined) {
      state = { tat: 0, pausedUntil: 0, pausedSince: 0 };
      this.#sweep();
      this.#states.set(account, state);
    }
    state.tat = Math.max(state.tat, this.#leastTat);
    return state;
  }

  /** Takes a call if it may start within `maxWaitMs`; otherwise takes nothing. */
  reserve(account: Account, maxWaitMs: number, rate = this.#rate()): Reservation {
    const state = this.of(account);
    const now = performance.now();
    const waitMs = Math.max(waitOf(rate, state.tat, now), state.pausedUntil - now);
    const reserved = waitMs <= maxWaitMs;
    if (reserved) state.tat = tatAfter(rate, state.tat, now + waitMs);
    return { reserved, waitMs };
  }

  pause(account: Account, ms: number): void {
    const state = this.of(account);
    const now = performance.now();
    if (state.pausedUntil <= now) state.pausedSince = Date.now() / 1000;
    state.pausedUntil = Math.max(state.pausedUntil, now + ms);
  }

  /** Milliseconds that this account is still paused. */
  pausedFor(account: Account): number {
    return Math.max(0, (this.#states.get(account)?.pausedUntil ?? 0) - performance.now());
  }

  /** The accounts that are paused now, taken together. */
  pauses(): Pauses {
    const now = performance.now();
    let longestMs = 0;
    let since = Number.POSITIVE_INFINITY;
    for (const { pausedUntil, pausedSince } of this.#states.values()) {
      if (pausedUntil <= now) continue;
      longestMs = Math.max(longestMs, pausedUntil - now);
      since = Math.min(since, pausedSince);
    }
    return { longestMs, since: longestMs === 0 ? undefined : since };
  }

  /** Estimates how long the `n`-th call from now has to wait, in milliseconds. */
  msUntil(account: Account, n: number): number {
    const rate = this.#rate();
    const now = performance.now();
    const tat = Math.max(this.#states.get(account)?.tat ?? 0, this.#leastTat, now);
    return Math.max(waitOf(rate, tat + (n - 1) * rate.intervalMs, now), this.pausedFor(account));
  }

  /** How many calls the account with the least budget left may make at once, if there is a limit. */
  left(): number {
    const { intervalMs, burst } = this.#rate();
    const now = performance.now();
    let latest = Math.max(now, this.#leastTat);
    for (const { tat } of this.#states.values()) latest = Math.max(latest, tat);
    return Math.max(0, Math.floor(burst - (latest - now) / intervalMs + 1e-6));
  }

  /** Expired states are dropped, so that callers that keep sending new credentials do not fill the memory. */
  #sweep(): void {
    if (this.#states.size < this.#sweptAtSize) return;
    const now = performance.now();
    for (const [account, { tat, pausedUntil }] of this.#states) {
      if (tat <= now && pausedUntil <= now) this.#states.delete(account);
    }
    this.#sweptAtSize = Math.max(MIN_SWEPT, 2 * this.#states.size);
  }
}

/** The budgets of this process only. */
export function memoryBudget(rate: Rate): CallBudget {
  const states = new BudgetStates(() => rate);
  return {
    states,
    reserve: async (account, maxWaitMs) => states.reserve(account, maxWaitMs),
    pause: (account, ms) => states.pause(account, ms),
  };
}
