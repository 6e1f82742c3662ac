/** An upstream with this many workers. Each handles one call at a time, and calls wait for a worker in order. */
export type SimulatedUpstream = {
  /** Resolves with the response; rejects if the signal is aborted before. */
  readonly call: () => Promise<void>;
  readonly answered: () => number;
  /** Every call takes this long from now on. */
  slowDown(serviceMs: number): void;
};

/** It uses the current timers, so it runs in the time of a test that has stopped them. */
export function simulateUpstream(workers: number, serviceMs: number): SimulatedUpstream {
  const queue: (() => void)[] = [];
  let busy = 0;
  let answered = 0;
  let lasts = serviceMs;
  const work = () => {
    const next = busy < workers ? queue.shift() : undefined;
    if (next === undefined) return;
    busy++;
    setTimeout(() => {
      busy--;
      answered++;
      next();
      work();
    }, lasts);
  };
  return {
    call: () =>
      new Promise((resolve) => {
        queue.push(resolve);
        work();
      }),
    answered: () => answered,
    slowDown(serviceMs) {
      lasts = serviceMs;
    },
  };
}
