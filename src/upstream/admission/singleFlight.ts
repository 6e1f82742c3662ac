type Running<Answer> = { readonly answer: Promise<Answer>; readonly controller: AbortController; waiting: number };

/**
 * What stands in the map for a call, emptied when it is taken out: a map's old tables, which the collector keeps for
 * long, would keep the answers too.
 */
type Place<Answer> = { running: Running<Answer> | undefined };

/**
 * Identical calls in flight are one call. It goes on while anyone waits for it, whoever asked first, and is aborted when
 * the last one leaves; its answer is forgotten once it is delivered.
 */
export class SingleFlight<Key extends string, Answer> {
  readonly #places = new Map<Key, Place<Answer>>();

  /**
   * Waits for the call of this key, starting it where none is in flight.
   * @param signal takes this one waiter away; the promise then rejects with its reason
   * @param start makes the call; its signal is aborted when nobody waits any more
   * @param onJoin told when a call in flight was joined
   */
  join(
    key: Key,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<Answer>,
    onJoin: () => void,
  ): Promise<Answer> {
    if (signal.aborted) return Promise.reject(signal.reason);
    let running = this.#places.get(key)?.running;
    if (running === undefined) running = this.#start(key, start);
    else onJoin();
    return this.#wait(key, running, signal);
  }

  #start(key: Key, start: (signal: AbortSignal) => Promise<Answer>): Running<Answer> {
    const controller = new AbortController();
    const running: Running<Answer> = { answer: start(controller.signal), controller, waiting: 0 };
    this.#places.set(key, { running });
    const forget = () => this.#forget(key, running);
    running.answer.then(forget, forget);
    return running;
  }

  /** A later call of the same key may already stand in this one's place. */
  #forget(key: Key, running: Running<Answer>): void {
    const place = this.#places.get(key);
    if (place?.running !== running) return;
    place.running = undefined;
    this.#places.delete(key);
  }

  #wait(key: Key, running: Running<Answer>, signal: AbortSignal): Promise<Answer> {
    running.waiting++;
    return new Promise((resolve, reject) => {
      const leave = () => {
        running.waiting--;
        if (running.waiting === 0) {
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
