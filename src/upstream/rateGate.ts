import { GatewayError } from '../model/errors.ts';
import type { CallBudget } from './budget.ts';
import type { CredentialsIdentity } from './credentials.ts';
import { FairQueue } from './fairQueue.ts';

type Waiter = { readonly enter: () => void; readonly refuse: (error: unknown) => void };
type Lane = { readonly queue: FairQueue<Waiter>; pausedUntil: number; draining: boolean };

/**
 * Keeps each credentials identity under its call budget, and silent while upstream told it to wait. What cannot go at
 * once waits for `queueMs` at most; what would wait longer is refused at once with UPSTREAM_RATE_LIMITED.
 */
export class RateGate {
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

  /** Upstream answered 429: no call of this identity goes out before then, a quarter of an hour at the most. */
  pause(identity: CredentialsIdentity, seconds: number): void {
    const lane = this.#lane(identity);
    lane.pausedUntil = Math.max(lane.pausedUntil, performance.now() + Math.min(seconds, 900) * 1000);
  }

  /**
   * Resolves when a call may go out; true where it had to wait.
   * @throws UPSTREAM_RATE_LIMITED with `retryAfterSeconds`, or the signal's reason.
   */
  async pass(identity: CredentialsIdentity, caller: string, signal: AbortSignal): Promise<boolean> {
    const lane = this.#lanes.get(identity);
    const pausedFor = Math.max(0, (lane?.pausedUntil ?? 0) - performance.now());
    if (pausedFor === 0 && (lane === undefined || (lane.queue.size === 0 && !lane.draining))) {
      const taken = this.#budget.take(identity);
      if ((typeof taken === 'number' ? taken : await taken) === 0) return false;
    }
    const queue = lane?.queue;
    const wait = pausedFor + this.#budget.msUntil(identity, 1 + (queue?.ahead(caller) ?? 0));
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
      const timer = setTimeout(() => waiter.refuse(rateLimited(this.#budget.msUntil(identity, 1))), this.#queueMs);
      signal.addEventListener('abort', abort, { once: true });
      lane.queue.push(caller, waiter);
      void this.#drain(identity, lane);
    });
  }

  /** Lets waiters in, one a token, for as long as there are any. */
  async #drain(identity: CredentialsIdentity, lane: Lane): Promise<void> {
    if (lane.draining) return;
    lane.draining = true;
    while (lane.queue.size > 0) {
      const pausedFor = lane.pausedUntil - performance.now();
      const wait = pausedFor > 0 ? pausedFor : await this.#budget.take(identity);
      if (wait <= 0) lane.queue.shift()?.enter();
      else await new Promise((resolve) => setTimeout(resolve, wait));
    }
    lane.draining = false;
    if (lane.pausedUntil <= performance.now()) this.#lanes.delete(identity);
  }

  #lane(identity: CredentialsIdentity): Lane {
    let lane = this.#lanes.get(identity);
    if (lane === undefined) {
      lane = { queue: new FairQueue(), pausedUntil: 0, draining: false };
      this.#lanes.set(identity, lane);
    }
    return lane;
  }
}

function rateLimited(waitMs: number): GatewayError {
  return new GatewayError('UPSTREAM_RATE_LIMITED', { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) });
}
