import { GatewayError } from '../../model/errors.ts';
import type { CredentialsIdentity } from '../credentials/credentials.ts';
import { FairQueue } from './fairQueue.ts';
import type { CallBudget } from './tokenBucket.ts';

type Waiter = { readonly enter: () => void; readonly refuse: (error: unknown) => void };

const MAX_PAUSE_SECONDS = 900;

type Lane = { readonly queue: FairQueue<Waiter>; pausedUntil: number; draining: boolean };

/**
 * Keeps each credentials identity under its call budget, and silent while upstream told it to wait. What cannot go at
 * once waits for `queueMs` at most; what would wait longer is refused at once with UPSTREAM_RATE_LIMITED.
 */
export class RateLimiter {
  readonly #budget: CallBudget;
  readonly #queueMs: number;
  readonly #lanes = new Map<CredentialsIdentity, Lane>();

  constructor(budget: CallBudget, queueMs: number) {
    this.#budget = budget;
    this.#queueMs = queueMs;
  }

  /** How many calls wait, over all identities. */
  get waiting(): number {
    let waiting = 0;
    for (const { queue } of this.#lanes.values()) waiting += queue.size;
    return waiting;
  }

  /** Milliseconds until no identity is paused any more. */
  get longestPauseMs(): number {
    return Math.max(0, ...Array.from(this.#lanes.values(), pauseOf));
  }

  /**
   * Upstream answered 429: no call of this identity goes out before then, a quarter of an hour at the most. Calls that
   * wait already and would now wait too long are refused at once.
   */
  pause(identity: CredentialsIdentity, seconds: number): void {
    const lane = this.#lane(identity);
    lane.pausedUntil = Math.max(lane.pausedUntil, performance.now() + Math.min(seconds, MAX_PAUSE_SECONDS) * 1000);
    const pausedFor = pauseOf(lane);
    if (pausedFor <= this.#queueMs) return;
    for (let waiter = lane.queue.shift(); waiter !== undefined; waiter = lane.queue.shift()) {
      waiter.refuse(rateLimited(pausedFor));
    }
  }

  /**
   * Resolves when a call may go out; true where it had to wait.
   * @throws UPSTREAM_RATE_LIMITED with `retryAfterSeconds`, or the signal's reason.
   */
  async pass(identity: CredentialsIdentity, caller: string, signal: AbortSignal): Promise<boolean> {
    if (this.#isFree(identity)) {
      const taken = this.#budget.take(identity);
      // With Redis an answer takes a while, and a 429 may have come meanwhile.
      if ((typeof taken === 'number' ? taken : await taken) === 0 && this.#pauseOf(identity) === 0) return false;
    }
    const ahead = this.#lanes.get(identity)?.queue.ahead(caller) ?? 0;
    const wait = this.#pauseOf(identity) + this.#budget.msUntil(identity, 1 + ahead);
    if (wait > this.#queueMs) throw rateLimited(wait);
    await this.#wait(identity, caller, signal);
    return true;
  }

  #wait(identity: CredentialsIdentity, caller: string, signal: AbortSignal): Promise<void> {
    const lane = this.#lane(identity);
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const settle = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
      };
      const waiter: Waiter = {
        enter: () => {
          settle();
          resolve();
        },
        refuse: (error) => {
          settle();
          lane.queue.remove(caller, waiter);
          reject(error);
        },
      };
      const abort = () => waiter.refuse(signal.reason);
      const timer = setTimeout(() => {
        waiter.refuse(rateLimited(pauseOf(lane) + this.#budget.msUntil(identity, 1)));
      }, this.#queueMs);
      signal.addEventListener('abort', abort, { once: true });
      lane.queue.push(caller, waiter);
      void this.#drain(identity, lane);
    });
  }

  /** Lets waiters in, one a token, for as long as there are any. */
  async #drain(identity: CredentialsIdentity, lane: Lane): Promise<void> {
    if (lane.draining) return;
    lane.draining = true;
    try {
      while (lane.queue.size > 0) {
        const wait = pauseOf(lane) || (await this.#budget.take(identity)) || pauseOf(lane);
        if (wait <= 0) lane.queue.shift()?.enter();
        else await new Promise((resolve) => setTimeout(resolve, Math.ceil(wait)).unref());
      }
    } catch (error) {
      for (let waiter = lane.queue.shift(); waiter !== undefined; waiter = lane.queue.shift()) waiter.refuse(error);
    } finally {
      lane.draining = false;
    }
    if (lane.pausedUntil <= performance.now()) this.#lanes.delete(identity);
  }

  /** Whether a call of this identity has nothing to wait behind. */
  #isFree(identity: CredentialsIdentity): boolean {
    const lane = this.#lanes.get(identity);
    return lane === undefined || (pauseOf(lane) === 0 && lane.queue.size === 0 && !lane.draining);
  }

  #pauseOf(identity: CredentialsIdentity): number {
    const lane = this.#lanes.get(identity);
    return lane === undefined ? 0 : pauseOf(lane);
  }

  #lane(identity: CredentialsIdentity): Lane {
    let lane = this.#lanes.get(identity);
    if (lane === undefined) {
      this.#forgetIdle();
      lane = { queue: new FairQueue(), pausedUntil: 0, draining: false };
      this.#lanes.set(identity, lane);
    }
    return lane;
  }

  /** Callers who bring ever new credentials don't fill the memory. */
  #forgetIdle(): void {
    if (this.#lanes.size < 1000) return;
    for (const [identity, lane] of this.#lanes) {
      if (lane.queue.size === 0 && !lane.draining && pauseOf(lane) === 0) this.#lanes.delete(identity);
    }
  }
}

/** Milliseconds that a lane is still to be silent. */
function pauseOf({ pausedUntil }: Lane): number {
  return Math.max(0, pausedUntil - performance.now());
}

function rateLimited(waitMs: number): GatewayError {
  return new GatewayError('UPSTREAM_RATE_LIMITED', { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) });
}
