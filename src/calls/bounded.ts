import { type GatewayError, wholeSeconds } from '../model/errors.ts';
import { refusal } from '../model/refusals.ts';
import type { UpstreamEvents } from '../upstream/events.ts';
import type { CustomerKey } from '../upstream/lookupRequest.ts';
import { UpstreamError } from '../upstream/payload/outcome.ts';
import type { Call, Policy } from './call.ts';
import { FairQueue, type Waiter, waitForTurn } from './fairQueue.ts';

/** The number of places at the start. */
const FIRST_PLACES = 20;
const MIN_PLACES = 4;

/**
 * How long a call is assumed to take before some have ended, in milliseconds: sixteen operations of twenty customers may begin
 * at once.
 */
const FIRST_CALL_MS = 50;
/** The weight of one call in the moving average of their durations. */
const WEIGHT = 0.2;

/** The longest wait of a call for a place, in milliseconds. A longer queue would not make upstream respond sooner. */
const MAX_WAIT_MS = 950;
/** A call does not wait for a place if its response is to be expected later than this, in milliseconds. */
const MAX_RESPONSE_MS = 1300;
/** A call whose turn comes so late is not made any more: its response would come later than this, in milliseconds. */
const LATEST_RESPONSE_MS = 1600;
/** A call begins to wait only up to this share of the longest wait, since the wait is an estimate. */
const CAUTION = 0.85;
/**
 * No places are added while calls take longer than this, in milliseconds: a slow upstream would respond to none of them sooner,
 * and to all of them later.
 */
const SLOW_MS = 500;

/** How often the process's own clock ticks, in milliseconds. */
const TICK_MS = 10;

export type PlacesOptions = {
  /** The maximum number of places. */
  readonly max: number;
  /** The longest wait of a call for a place, in milliseconds. */
  readonly queueMs: number;
  /** When a call without a response ends, in milliseconds. */
  readonly timeoutMs: number;
};

/** Makes a call once there is a place for it among the calls in flight. */
export function bounded(places: Places, { callWaited }: Pick<UpstreamEvents, 'callWaited'>): Policy {
  return (next) => (call) => {
    const arrivedAt = performance.now();
    return places.run(call, () => {
      callWaited('concurrency', performance.now() - arrivedAt);
      return next(call);
    });
  };
}

/** Calls of one lane wait for each other, and not for all those of another one. */
function laneOf({ source, operation }: Call): string {
  return `${source.identity} ${operation.caller}`;
}

/** A round ends with as many calls as there are places. Of each customer, whether one of its calls used up its whole time. */
type Round = { ended: number; someWaited: boolean; readonly customers: Map<CustomerKey, boolean> };

/**
 * Limits the calls in flight of the process. Further calls wait in a queue that is fair to callers; one that would wait too
 * long is refused at once.
 *
 * The number of places changes after each round. It is halved, at most once in the time of a call, if half of the round's
 * customers had a call that used up its whole time: upstream gets more calls than it can handle. One customer whose calls
 * hang changes nothing. Otherwise, if calls had to wait, there is one place more. How long calls take only estimates the waits.
 *
 * Waits and durations are read from a clock that stands still while this process does: one with too little CPU must not take
 * its own slowness for an overloaded upstream.
 */
export class Places {
  readonly #options: PlacesOptions;
  readonly #maxWaitMs: number;
  readonly #waiting = new FairQueue<Waiter>();
  #count: number;
  #taken = 0;
  /** Places that calls have left and that waiting calls are about to take. */
  #freed = 0;
  #callMs = FIRST_CALL_MS;
  #round = newRound();
  #halvedAt = Number.NEGATIVE_INFINITY;
  readonly #now: () => number;

  /** @param now a clock in milliseconds */
  constructor(options: PlacesOptions, now = ownClock()) {
    this.#options = options;
    this.#now = now;
    this.#maxWaitMs = Math.min(options.queueMs, MAX_WAIT_MS);
    this.#count = Math.min(options.max, FIRST_PLACES);
  }

  /** The number of calls in flight, of waiting calls and of places. */
  get state() {
    return { inFlight: this.#taken - this.#freed, waiting: this.#waiting.size, places: this.#count };
  }

  /** @throws UPSTREAM_OVERLOADED if a call would wait too long now, so that it waits for nothing else first */
  check(call: Call): void {
    if (this.#isFree) return;
    this.#round.someWaited = true;
    const waitMs = this.#msBehind(this.#waiting.ahead(laneOf(call)));
    // The longest wait after which a response is still to be expected in time.
    const longestMs = Math.min(this.#maxWaitMs, MAX_RESPONSE_MS - this.#callMs);
    if (waitMs > longestMs * CAUTION) throw overloaded(waitMs);
  }

  /**
   * Makes a call once there is a place for it.
   * @throws UPSTREAM_OVERLOADED with `retryAfterSeconds`, the signal's reason if it is aborted while waiting, or what
   * `make` throws
   */
  async run<Result>(call: Call, make: () => Promise<Result>): Promise<Result> {
    const { customer } = call;
    this.check(call);
    if (this.#isFree) this.#taken++;
    else await this.#turn(call);
    const started = this.#now();
    try {
      const result = await make();
      this.#ended(customer, this.#now() - started, false);
      return result;
    } catch (error) {
      // Other errors are ours, and say nothing about upstream.
      if (error instanceof UpstreamError)
        this.#ended(customer, this.#now() - started, error.consequences.usedUpItsTime);
      throw error;
    } finally {
      this.#leave();
    }
  }

  /** Whether a call that arrives now gets a place. It never overtakes one that waits. */
  get #isFree(): boolean {
    return this.#waiting.size === 0 && this.#taken < this.#count;
  }

  #ended(customer: CustomerKey, durationMs: number, late: boolean): void {
    this.#callMs += (durationMs - this.#callMs) * WEIGHT;
    const { customers } = this.#round;
    customers.set(customer, late || customers.get(customer) === true);
    if (++this.#round.ended < this.#count) return;
    this.#adapt(this.#round);
    this.#round = newRound();
  }

  #adapt({ customers, someWaited }: Round): void {
    const late = [...customers.values()].filter(Boolean).length;
    const now = performance.now();
    if (late > 1 && late * 2 >= customers.size) {
      if (now - this.#halvedAt < this.#options.timeoutMs) return;
      this.#halvedAt = now;
      this.#count = Math.max(Math.min(MIN_PLACES, this.#options.max), Math.floor(this.#count / 2));
    } else if (someWaited && this.#callMs < SLOW_MS) {
      this.#count = Math.min(this.#options.max, this.#count + 1);
    }
  }

  #leave(): void {
    if (this.#waiting.size === 0) this.#taken--;
    else if (this.#freed++ === 0) setImmediate(() => this.#handOn());
  }

  /**
   * Gives all places that were freed in one turn of the event loop to waiting calls together. Calls that are sent one after
   * the other cost a quarter less CPU than calls that are sent separately.
   */
  #handOn(): void {
    this.#taken -= this.#freed;
    this.#freed = 0;
    while (this.#taken < this.#count) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#taken++;
      next.enter();
    }
  }

  /** How long a call waits behind this many others, in milliseconds (Little's law). If places were lost, some calls end first. */
  #msBehind(ahead: number): number {
    const tooMany = Math.max(0, this.#taken - this.#count);
    return ((tooMany + ahead + 1) * this.#callMs) / this.#count;
  }

  async #turn(call: Call): Promise<void> {
    const { signal } = call.operation;
    signal.throwIfAborted();
    const arrived = this.#now();
    await waitForTurn(this.#waiting, laneOf(call), signal, this.#maxWaitMs, () =>
      this.#now() - arrived < this.#maxWaitMs / 2 ? undefined : overloaded(this.#msBehind(0)),
    );
    if (this.#now() - arrived + this.#callMs <= LATEST_RESPONSE_MS) return;
    this.#leave();
    throw overloaded(this.#callMs);
  }
}

/** The time that passes for this process. Of the time before a late tick, when it was busy or got no CPU, only a part counts. */
function ownClock(): () => number {
  let ms = 0;
  let tickedAt = performance.now();
  const sinceTick = () => Math.min(performance.now() - tickedAt, 2 * TICK_MS);
  setInterval(() => {
    ms += sinceTick();
    tickedAt = performance.now();
  }, TICK_MS).unref();
  return () => ms + sinceTick();
}

function newRound(): Round {
  return { ended: 0, someWaited: false, customers: new Map() };
}

function overloaded(waitMs: number): GatewayError {
  return refusal('no place', { retryAfterSeconds: wholeSeconds(waitMs) });
}
