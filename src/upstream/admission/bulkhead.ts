import { GatewayError } from '../../model/errors.ts';
import type { AdaptiveLimit, Load, Verdict } from './adaptiveLimit.ts';
import { FairQueue, type Waiter, waitForTurn } from './fairQueue.ts';

/** A call is queued only up to this share of the maximum wait, since the wait is an estimate. */
const CAUTION = 0.6;

export type BulkheadOptions = {
  readonly limit: AdaptiveLimit;
  /** The longest wait of a call for a place, in milliseconds. */
  readonly queueMs: number;
  /** What a call's error says about upstream. */
  readonly verdictOf: (error: unknown) => Verdict;
};

/**
 * Limits the calls in flight of the whole process to what upstream can handle. Further calls wait in a queue that is fair
 * to callers. A call that would wait too long is refused at once with UPSTREAM_OVERLOADED.
 */
export class Bulkhead {
  readonly #options: BulkheadOptions;
  readonly #waiting = new FairQueue<Waiter>();
  #inside = 0;
  #freed = 0;

  constructor(options: BulkheadOptions) {
    this.#options = options;
  }

  /** The number of calls in flight, of waiting calls and of places. */
  get state() {
    return { ...this.#load, places: this.#options.limit.places };
  }

  /** @throws UPSTREAM_OVERLOADED if a call would wait too long now, so that it waits for nothing else first */
  check(caller: string): void {
    const { limit, queueMs } = this.#options;
    if (this.#inside < limit.places) return;
    limit.wait();
    const waitMs = this.#msBehind(this.#waiting.ahead(caller));
    if (waitMs > queueMs * CAUTION) throw overloaded(waitMs);
  }

  /**
   * Runs `call` once there is a place for it.
   * @throws UPSTREAM_OVERLOADED with `retryAfterSeconds`, the signal's reason if it is aborted while waiting, or what
   * `call` throws
   */
  async run<Result>(caller: string, signal: AbortSignal, call: () => Promise<Result>): Promise<Result> {
    const { limit, verdictOf } = this.#options;
    this.check(caller);
    if (this.#inside < limit.places) this.#inside++;
    else await this.#turn(caller, signal);
    const started = limit.start(this.#load);
    let verdict: Verdict = 'responded';
    try {
      return await call();
    } catch (error) {
      verdict = verdictOf(error);
      throw error;
    } finally {
      limit.end(started, verdict, this.#load);
      this.#leave();
    }
  }

  get #load(): Load {
    return { inFlight: this.#inside - this.#freed, waiting: this.#waiting.size };
  }

  #leave(): void {
    if (this.#waiting.size === 0) this.#inside--;
    else if (this.#freed++ === 0) setImmediate(() => this.#handOn());
  }

  /**
   * Gives all places that were freed in one turn of the event loop to waiting calls together. Calls that are sent one after
   * the other cost a quarter less CPU than calls that are sent separately.
   */
  #handOn(): void {
    const { limit } = this.#options;
    this.#inside -= this.#freed;
    this.#freed = 0;
    while (this.#inside < limit.places) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#inside++;
      next.enter();
    }
    this.#shed();
  }

  /** Refuses waiting calls that would wait too long after the limit has dropped. */
  #shed(): void {
    const { queueMs } = this.#options;
    for (
      let waitMs = this.#msBehind(this.#waiting.size);
      waitMs > queueMs;
      waitMs = this.#msBehind(this.#waiting.size)
    ) {
      const last = this.#waiting.pop();
      if (last === undefined) return;
      last.refuse(overloaded(waitMs));
    }
  }

  /** How long a call waits behind this many others, in milliseconds. After the limit was lowered, some places are given up first. */
  #msBehind(ahead: number): number {
    const { limit } = this.#options;
    const tooMany = Math.max(0, this.#inside - limit.places);
    return limit.msUntilEnded(tooMany + ahead + 1);
  }

  #turn(caller: string, signal: AbortSignal): Promise<void> {
    const { queueMs } = this.#options;
    if (signal.aborted) return Promise.reject(signal.reason);
    return waitForTurn(this.#waiting, caller, signal, queueMs, () => overloaded(this.#msBehind(0)));
  }
}

function overloaded(waitMs: number): GatewayError {
  return new GatewayError('UPSTREAM_OVERLOADED', { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) });
}
