/** A queue of several callers' items. It takes one from each caller in turn, so no caller is delayed by another's many items. */
export class FairQueue<Item> {
  /** The callers with items, in the order of their turns. */
  readonly #lanes = new Map<string, Item[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(caller: string, item: Item): void {
    const lane = this.#lanes.get(caller);
    if (lane === undefined) this.#lanes.set(caller, [item]);
    else lane.push(item);
    this.#size++;
  }

  /** How many items would be taken before a new one of this caller, if no others are added. */
  ahead(caller: string): number {
    const own = this.#lanes.get(caller)?.length ?? 0;
    let ahead = own;
    for (const [other, lane] of this.#lanes) {
      if (other !== caller) ahead += Math.min(lane.length, own + 1);
    }
    return ahead;
  }

  shift(): Item | undefined {
    for (const [caller, lane] of this.#lanes) {
      const item = lane.shift();
      this.#lanes.delete(caller);
      if (lane.length > 0) this.#lanes.set(caller, lane);
      this.#size--;
      return item;
    }
    return undefined;
  }

  remove(caller: string, item: Item): void {
    const lane = this.#lanes.get(caller);
    const index = lane?.indexOf(item) ?? -1;
    if (lane === undefined || index < 0) return;
    lane.splice(index, 1);
    this.#size--;
    if (lane.length === 0) this.#lanes.delete(caller);
  }
}

/** A call that waits in a queue: it enters when its turn comes, or is refused with an error. */
export type Waiter = { readonly enter: () => void; readonly refuse: (error: unknown) => void };

/**
 * Waits in a queue until the caller's turn comes, for `maxMs` at most.
 * @param late makes the error once that time is over; undefined waits for as long again
 * @throws that error, what the waiter is refused with, or the signal's reason
 */
export function waitForTurn(
  queue: FairQueue<Waiter>,
  caller: string,
  signal: AbortSignal,
  maxMs: number,
  late: () => unknown,
): Promise<void> {
  return new Promise((resolve, reject) => {
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
        queue.remove(caller, waiter);
        reject(error);
      },
    };
    const abort = () => waiter.refuse(signal.reason);
    const end = () => {
      const error = late();
      if (error === undefined) timer = setTimeout(end, maxMs);
      else waiter.refuse(error);
    };
    let timer = setTimeout(end, maxMs);
    signal.addEventListener('abort', abort, { once: true });
    queue.push(caller, waiter);
  });
}
