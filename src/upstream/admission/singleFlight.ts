/** A waiter of a call; its signal removes it. */
type Waiter = { readonly signal: AbortSignal };

type Running<Answer, Who> = {
  readonly answer: Promise<Answer>;
  readonly controller: AbortController;
  readonly waiters: Set<Who>;
};

/**
 * What stands in the map for a call, emptied when it is taken out: a map's old tables, which the collector keeps for
 * long, would keep the answers too.
 */
type Place<Answer, Who> = { running: Running<Answer, Who> | undefined };

/**
 * Identical calls in flight are one call. It continues while anyone waits for it, and is aborted when the last waiter
 * leaves. Its result is dropped once it is delivered.
 */
export class SingleFlight<Key extends string, Answer, Who extends Waiter = Waiter> {
  readonly #places = new Map<Key, Place<Answer, Who>>();

  /**
   * Waits for the call of this key, starting it if none is in flight.
   * @param waiter its signal takes it away; the promise then rejects with the signal's reason
   * @param start makes the call. Its signal is aborted when no waiter is left; `current` tells for whom the call is made
   *   now: the waiter who has waited longest and is still there.
   * @param onJoin called if a call in flight was joined
   */
  join(
    key: Key,
    waiter: Who,
    start: (signal: AbortSignal, current: () => Who) => Promise<Answer>,
    onJoin: () => void,
  ): Promise<Answer> {
    if (waiter.signal.aborted) return Promise.reject(waiter.signal.reason);
    let running = this.#places.get(key)?.running;
    if (running === undefined) running = this.#start(key, waiter, start);
    else onJoin();
    return this.#wait(key, running, waiter);
  }

  #start(
    key: Key,
    first: Who,
    start: (signal: AbortSignal, current: () => Who) => Promise<Answer>,
  ): Running<Answer, Who> {
    const controller = new AbortController();
    const waiters = new Set<Who>([first]);
    let last = first;
    const current = () => {
      last = waiters.values().next().value ?? last;
      return last;
    };
    const running: Running<Answer, Who> = { answer: start(controller.signal, current), controller, waiters };
    this.#places.set(key, { running });
    const forget = () => this.#forget(key, running);
    running.answer.then(forget, forget);
    return running;
  }

  /** A later call of the same key may already stand in this one's place. */
  #forget(key: Key, running: Running<Answer, Who>): void {
    const place = this.#places.get(key);
    if (place?.running !== running) return;
    place.running = undefined;
    this.#places.delete(key);
  }

  #wait(key: Key, running: Running<Answer, Who>, waiter: Who): Promise<Answer> {
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
      running.answer.then(
        (answer) => {
          arrive();
          resolve(answer);
        },
        (error) => {
          arrive();
          reject(error);
        },
      );
    });
  }
}
