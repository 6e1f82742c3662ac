/** An upstream with so many workers: each works on one call at a time, and calls wait for one in the order they came. */
export type SimulatedUpstream = {
  /** Resolves when the call is answered; rejects if the signal is aborted before. */
  readonly call: () => Promise<void>;
  readonly answered: () => number;
  /** Every call lasts so long from now on. */
  slowDown(serviceMs: number): void;
};

/** Works by the timers that there are: stop them, and it lives in the time of the test. */
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
