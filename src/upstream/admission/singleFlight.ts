/** A waiter of a call. Its signal removes it. It joins no call that began before `notBefore` (`performance.now()`). */
type Waiter = { readonly signal: AbortSignal; readonly notBefore?: number };

type Running<Result, W> = {
  readonly startedAt: number;
  readonly result: Promise<Result>;
  readonly controller: AbortController;
  readonly waiters: Set<W>;
};

/**
 * The map's value for a call. It is emptied when it is removed, since the map's old tables stay in memory for long and would
 * otherwise hold the results too.
 */
type Place<Result, W> = { running: Running<Result, W> | undefined };

/**
 * Identical calls in flight are one call. It continues while anyone waits for it and is aborted when the last waiter
 * leaves. Its result is dropped once it is delivered.
 */
export class SingleFlight<Key extends string, Result, W extends Waiter = Waiter> {
  readonly #places = new Map<Key, Place<Result, W>>();

  /**
   * Waits for the call of this key, starting it if none is in flight that the waiter may join. Later waiters join the latest.
   * @param waiter its signal removes it; the promise then rejects with the signal's reason
   * @param start makes the call. Its signal is aborted when no waiter is left. `current` returns the waiter that the call is
   *   made for now: of those still waiting, the one that has waited longest.
   * @param onJoin called if a call in flight was joined
   */
  join(
    key: Key,
    waiter: W,
    start: (signal: AbortSignal, current: () => W) => Promise<Result>,
    onJoin: () => void,
  ): Promise<Result> {
    if (waiter.signal.aborted) return Promise.reject(waiter.signal.reason);
    let running = this.#places.get(key)?.running;
    if (running === undefined || running.startedAt < (waiter.notBefore ?? 0)) running = this.#start(key, waiter, start);
    else onJoin();
    return this.#wait(key, running, waiter);
  }

  #start(key: Key, first: W, start: (signal: AbortSignal, current: () => W) => Promise<Result>): Running<Result, W> {
    const controller = new AbortController();
    const waiters = new Set<W>([first]);
    let last = first;
    const current = () => {
      last = waiters.values().next().value ?? last;
      return last;
    };
    const startedAt = performance.now();
    const running: Running<Result, W> = { startedAt, result: start(controller.signal, current), controller, waiters };
    this.#places.set(key, { running });
    const forget = () => this.#forget(key, running);
    running.result.then(forget, forget);
    return running;
  }

  /** A later call of the same key may already have replaced this one. */
  #forget(key: Key, running: Running<Result, W>): void {
    const place = this.#places.get(key);
    if (place?.running !== running) return;
    place.running = undefined;
    this.#places.delete(key);
  }

  #wait(key: Key, running: Running<Result, W>, waiter: W): Promise<Result> {
    const { signal } = waiter;
    running.waiters.add(waiter);
    return new Promise((resolve, reject) => {
      const leave = () => {
        running.waiters.delete(waiter);
        if (running.waiters.size === 0) {
          this.#forget(key, running);
          running.controller.abort(signal.reason);
        }
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      const arrive = () => signal.removeEventListener('abort', leave);
      running.result.then(
        (result) => {
          arrive();
          resolve(result);
        },
        (error) => {
          arrive();
          reject(error);
        },
      );
    });
  }
}
