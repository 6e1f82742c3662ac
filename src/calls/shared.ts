import type { CallTrace } from '../upstream/events.ts';
import type { PageKey } from '../upstream/lookupRequest.ts';
import type { Call, Operation, Page, Policy } from './call.ts';

/**
 * Equal calls in flight are one call. It continues while anyone waits for it and is aborted when the last waiter leaves. Its
 * page is dropped once it is delivered.
 */
export function shared(): Policy {
  const flights = new Map<PageKey, Place>();
  return (next) => (call) => {
    const { signal, stats } = call.operation;
    if (signal.aborted) return Promise.reject(signal.reason);
    const { key } = call;
    const running = flights.get(key)?.flight;
    if (running !== undefined && running.beganAt >= call.notBefore) {
      stats.deduplicated++;
      return running.join(call.operation);
    }
    const place: Place = { flight: undefined };
    const flight = new Flight(call, () => {
      place.flight = undefined;
      // A later call of the same key may already have replaced this one.
      if (flights.get(key) === place) flights.delete(key);
    });
    place.flight = flight;
    flights.set(key, place);
    flight.start(next);
    return flight.join(call.operation);
  };
}

/**
 * The map's value for a flight. It is emptied when it is removed, since the map's old tables stay in memory for long and would
 * otherwise hold the pages too.
 */
type Place = { flight: Flight | undefined };

/**
 * A call that several operations wait for. It is itself the operation of that call: it asks in the name of the operation that
 * has waited longest of those that still wait.
 */
class Flight implements Operation {
  readonly credentials: Operation['credentials'];
  readonly anew = false;
  readonly beganAt = performance.now();
  readonly #call: Call;
  readonly #waiters = new Set<Operation>();
  readonly #controller = new AbortController();
  readonly #ended: () => void;
  #current: Operation;
  #page: Promise<Page> | undefined;

  /** @param ended called when no further operation may join */
  constructor(first: Call, ended: () => void) {
    this.credentials = first.operation.credentials;
    this.#current = first.operation;
    this.#ended = ended;
    this.#call = first.for(this);
  }

  start(next: (call: Call) => Promise<Page>): void {
    this.#page = next(this.#call);
    this.#page.then(this.#ended, this.#ended);
  }

  /** @throws what the call throws, or the reason of the operation's signal */
  join(operation: Operation): Promise<Page> {
    const { signal } = operation;
    this.#waiters.add(operation);
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiters.delete(operation);
        if (this.#waiters.size === 0) {
          this.#ended();
          this.#controller.abort(signal.reason);
        }
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#page?.finally(() => signal.removeEventListener('abort', leave)).then(resolve, reject);
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get caller(): string {
    return this.#longestWaiting.caller;
  }

  get callerGroup(): string {
    return this.#longestWaiting.callerGroup;
  }

  get requestId(): string {
    return this.#longestWaiting.requestId;
  }

  get stats(): Operation['stats'] {
    return this.#longestWaiting.stats;
  }

  get cacheStats(): Operation['cacheStats'] {
    return this.#longestWaiting.cacheStats;
  }

  startCall(): CallTrace {
    return this.#longestWaiting.startCall();
  }

  get #longestWaiting(): Operation {
    this.#current = this.#waiters.values().next().value ?? this.#current;
    return this.#current;
  }
}
