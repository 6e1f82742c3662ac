import { type GatewayError, wholeSeconds } from '../model/errors.ts';
import { refusal } from '../model/refusals.ts';
import type { Account } from '../upstream/credentials/credentials.ts';
import type { UpstreamEvents } from '../upstream/events.ts';
import { consequencesOf } from '../upstream/payload/outcome.ts';
import type { Policy } from './call.ts';
import type { CallBudget, Pauses } from './callBudget.ts';
import { FairQueue, type Waiter, waitForTurn } from './fairQueue.ts';

/** What ends a call before it is made, if its account was paused while it waited for a place. */
const PAUSED_MEANWHILE = new Error('The account was paused meanwhile.');

/** Makes a call once its account may make one, and pauses the account after a 429. */
export function budgeted(limiter: RateLimiter, { callWaited }: Pick<UpstreamEvents, 'callWaited'>): Policy {
  return (next) => async (call) => {
    const { caller, signal, stats } = call.operation;
    const { account } = call.source;
    for (;;) {
      const arrivedAt = performance.now();
      if (await limiter.pass(account, caller, signal)) stats.queued++;
      callWaited('budget', performance.now() - arrivedAt);
      try {
        return await next(call);
      } catch (error) {
        if (error === PAUSED_MEANWHILE) continue;
        const { pausedSeconds } = consequencesOf(error);
        if (pausedSeconds !== undefined) limiter.pause(account, pausedSeconds);
        throw error;
      }
    }
  };
}

/** Sends a call that has its place back to `budgeted` if its account was paused meanwhile: other calls' 429 also count for it. */
export function unpaused(limiter: RateLimiter): Policy {
  return (next) => async (call) => {
    if (limiter.pausedFor(call.source.account) > 0) throw PAUSED_MEANWHILE;
    return next(call);
  };
}

/**
 * `paceMs`: how long the last call waited for its turn, but for pauses. It is longer if other instances have waiting calls too.
 * `holdsNext`: the next call is already reserved and waits for its time.
 */
type Lane = { readonly queue: FairQueue<Waiter>; paceMs: number; holdsNext: boolean };

/**
 * Keeps each account within its call budget, and paused after a 429. A call that cannot start at once waits
 * for at most `queueMs`; one that would wait longer is refused at once with UPSTREAM_RATE_LIMITED.
 */
export class RateLimiter {
  readonly #budget: CallBudget;
  readonly #queueMs: number;
  /** The lanes of the accounts with waiting calls. */
  readonly #lanes = new Map<Account, Lane>();

  constructor(budget: CallBudget, queueMs: number) {
    this.#budget = budget;
    this.#queueMs = queueMs;
  }

  /** The number of waiting calls of all accounts. */
  get waiting(): number {
    let waiting = 0;
    for (const { queue } of this.#lanes.values()) waiting += queue.size;
    return waiting;
  }

  /** How many calls the account with the least budget left may make at once. */
  get budgetLeft(): number {
    return this.#budget.states.left();
  }

  get pauses(): Pauses {
    return this.#budget.states.pauses();
  }

  /** Milliseconds that this account is still paused. */
  pausedFor(account: Account): number {
    return this.#budget.states.pausedFor(account);
  }

  /**
   * Pauses the calls of this account after a 429. Waiting calls that would now wait too long are refused at once.
   */
  pause(account: Account, seconds: number): void {
    this.#budget.pause(account, seconds * 1000);
    const lane = this.#lanes.get(account);
    const pausedFor = this.pausedFor(account);
    if (lane !== undefined && pausedFor > this.#queueMs) this.#refuseAll(account, lane, pausedFor);
  }

  /**
   * Resolves when a call may be made, with true if it had to wait.
   * @throws UPSTREAM_RATE_LIMITED with `retryAfterSeconds`, or the signal's reason.
   */
  async pass(account: Account, caller: string, signal: AbortSignal): Promise<boolean> {
    if (!this.#lanes.has(account)) {
      const { reserved } = await this.#budget.reserve(account, 0);
      // A 429 may have been received in the meantime.
      if (reserved && this.pausedFor(account) === 0) return false;
    }
    const lane = this.#lanes.get(account);
    const turn = 1 + (lane?.queue.ahead(caller) ?? 0);
    const taken = lane?.holdsNext ? 1 : 0;
    const waitMs = Math.max(this.#budget.states.msUntil(account, turn - taken), turn * (lane?.paceMs ?? 0));
    if (waitMs > this.#queueMs) throw this.#refused(account, waitMs);
    await this.#wait(account, caller, signal);
    return true;
  }

  #wait(account: Account, caller: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const known = this.#lanes.get(account);
    const lane = known ?? { queue: new FairQueue<Waiter>(), paceMs: 0, holdsNext: false };
    const turn = waitForTurn(lane.queue, caller, signal, this.#queueMs, () =>
      this.#refused(account, Math.max(lane.paceMs, this.#budget.states.msUntil(account, 1))),
    );
    if (known === undefined) {
      this.#lanes.set(account, lane);
      void this.#drain(account, lane);
    }
    return turn;
  }

  /**
   * Lets waiters enter one by one. Only one call is reserved at a time, so that instances with waiting calls take turns, and
   * the next caller is chosen at the last moment.
   */
  async #drain(account: Account, lane: Lane): Promise<void> {
    try {
      while (lane.queue.size > 0) {
        const { reserved, waitMs } = await this.#budget.reserve(account, this.#queueMs);
        if (!reserved) {
          this.#refuseAll(account, lane, waitMs);
          continue;
        }
        // All wait together for the end of a pause: that is no pace.
        if (this.pausedFor(account) === 0) lane.paceMs = waitMs;
        lane.holdsNext = true;
        if (waitMs > 0) await passed(waitMs);
        lane.holdsNext = false;
        if (this.pausedFor(account) === 0) lane.queue.shift()?.enter();
      }
    } catch (error) {
      for (let waiter = lane.queue.shift(); waiter !== undefined; waiter = lane.queue.shift()) waiter.refuse(error);
    } finally {
      this.#lanes.delete(account);
    }
  }

  #refuseAll(account: Account, { queue }: Lane, waitMs: number): void {
    for (let waiter = queue.shift(); waiter !== undefined; waiter = queue.shift()) {
      waiter.refuse(this.#refused(account, waitMs));
    }
  }

  #refused(account: Account, waitMs: number): GatewayError {
    const cause = this.pausedFor(account) > 0 ? 'paused after 429' : 'call budget';
    return refusal(cause, { retryAfterSeconds: wholeSeconds(waitMs) });
  }
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.ceil(ms)).unref());
}
