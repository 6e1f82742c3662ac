import type { Account } from '../credentials/credentials.ts';
import { type Rate, tatAfter, waitOf } from './gcra.ts';

/** The longest pause after a 429, in seconds. A client is told the pause that is kept. */
export const MAX_PAUSE_SECONDS = 900;

/** Whether a call is reserved and may start after `waitMs`, or would have to wait longer than it may. */
export type Reservation = { readonly reserved: boolean; readonly waitMs: number };

/** How many calls each account may make, and whether it is paused after a 429. */
export type CallBudget = {
  /** Takes a call from the budget if it may start within `maxWaitMs`; otherwise takes nothing. */
  reserve(account: Account, maxWaitMs: number): Reservation | Promise<Reservation>;
  /** Estimates how long the `n`-th call from now has to wait, in milliseconds. */
  msUntil(account: Account, n: number): number;
  /** Pauses all calls of this account for this time. */
  pause(account: Account, ms: number): void;
  /** Milliseconds that this account is still paused. */
  pausedFor(account: Account): number;
  /** Milliseconds until no account is paused any more. */
  longestPauseMs(): number;
  /** How many calls the account with the least budget left may make at once. */
  left(): number;
};

/** The state of one account: its theoretical arrival time (GCRA), and the end of its pause. */
type State = { tat: number; pausedUntil: number };

const MIN_SWEPT = 1000;

/** The state of each account: the whole state without Redis, and with Redis the last state read from it. */
export class BudgetStates {
  readonly #now: () => number;
  readonly #states = new Map<Account, State>();
  #leastTat = 0;
  #sweptAtSize = MIN_SWEPT;

  constructor(now: () => number) {
    this.#now = now;
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
      state = { tat: 0, pausedUntil: 0 };
      this.#sweep();
      this.#states.set(account, state);
    }
    state.tat = Math.max(state.tat, this.#leastTat);
    return state;
  }

  pause(account: Account, ms: number): void {
    const state = this.of(account);
    state.pausedUntil = Math.max(state.pausedUntil, this.#now() + ms);
  }

  pausedFor(account: Account): number {
    return Math.max(0, (this.#states.get(account)?.pausedUntil ?? 0) - this.#now());
  }

  longestPauseMs(): number {
    let latest = 0;
    for (const { pausedUntil } of this.#states.values()) latest = Math.max(latest, pausedUntil);
    return Math.max(0, latest - this.#now());
  }

  msUntil(rate: Rate, account: Account, n: number): number {
    const now = this.#now();
    const tat = Math.max(this.#states.get(account)?.tat ?? 0, this.#leastTat);
    const rateWait = rate.intervalMs === 0 ? 0 : Math.max(tat, now) + (n - rate.burst) * rate.intervalMs - now;
    return Math.max(0, rateWait, this.pausedFor(account));
  }

  left({ intervalMs, burst }: Rate): number {
    if (intervalMs === 0) return Number.POSITIVE_INFINITY;
    const now = this.#now();
    let latest = Math.max(now, this.#leastTat);
    for (const { tat } of this.#states.values()) latest = Math.max(latest, tat);
    return Math.max(0, Math.floor(burst - (latest - now) / intervalMs + 1e-6));
  }

  /** Expired states are dropped, so that callers that keep sending new credentials do not fill the memory. */
  #sweep(): void {
    if (this.#states.size < this.#sweptAtSize) return;
    const now = this.#now();
    for (const [account, { tat, pausedUntil }] of this.#states) {
      if (tat <= now && pausedUntil <= now) this.#states.delete(account);
    }
    this.#sweptAtSize = Math.max(MIN_SWEPT, 2 * this.#states.size);
  }
}

/** The budgets of this process only. */
export class MemoryBudget implements CallBudget {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #states: BudgetStates;

  /** @param now a monotonic clock in milliseconds */
  constructor(rate: Rate, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
    this.#states = new BudgetStates(now);
  }

  reserve(account: Account, maxWaitMs: number): Reservation {
    const state = this.#states.of(account);
    const now = this.#now();
    const waitMs = Math.max(waitOf(this.#rate, state.tat, now), state.pausedUntil - now);
    const reserved = waitMs <= maxWaitMs;
    if (reserved) state.tat = tatAfter(this.#rate, state.tat, now + waitMs);
    return { reserved, waitMs };
  }

  msUntil(account: Account, n: number): number {
    return this.#states.msUntil(this.#rate, account, n);
  }

  pause(account: Account, ms: number): void {
    this.#states.pause(account, ms);
  }

  pausedFor(account: Account): number {
    return this.#states.pausedFor(account);
  }

  longestPauseMs(): number {
    return this.#states.longestPauseMs();
  }

  left(): number {
    return this.#states.left(this.#rate);
  }
}
