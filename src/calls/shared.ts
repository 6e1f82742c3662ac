import type { PageKey } from '../upstream/lookupRequest.ts';
import type { Call, Fetch, Page, Policy } from './call.ts';

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
      return running.join(signal);
    }
    const place: Place = { flight: undefined };
    const flight = new Flight(call, next, () => {
      place.flight = undefined;
      // A later call of the same key may already have replaced this one.
      if (flights.get(key) === place) flights.delete(key);
    });
    place.flight = flight;
    flights.set(key, place);
    return flight.join(signal);
  };
}

/**
 * The map's value for a flight. It is emptied when it is removed, since the map's old tables stay in memory for long and would
 * otherwise hold the pages too.
 */
type Place = { flight: Flight | undefined };

/** A call that several operations wait for. It is made in the name of the first of them, also after that one has left. */
class Flight {
  readonly beganAt = performance.now();
  readonly #controller = new AbortController();
  readonly #ended: () => void;
  readonly #page: Promise<Page>;
  #waiting = 0;

  /** @param ended called when no further operation may join */
  constructor(first: Call, next: Fetch, ended: () => void) {
    this.#ended = ended;
    this.#page = next(first.for({ ...first.operation, signal: this.#controller.signal }));
    this.#page.then(ended, ended);
  }

  /** @throws what the call throws, or the reason of the waiter's signal */
  join(signal: AbortSignal): Promise<Page> {
    this.#waiting++;
    return new Promise((resolve, reject) => {
      const leave = () => {
        if (--this.#waiting === 0) {
          this.#ended();
          this.#controller.abort(signal.reason);
        }
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#page.finally(() => signal.removeEventListener('abort', leave)).then(resolve, reject);
    });
  }
}
