/** An upstream that uses the current timers, so it runs in the time of a test that has stopped them. */
export type SimulatedUpstream = {
  /** Resolves with the response. */
  readonly call: () => Promise<void>;
  readonly answered: () => number;
  /** Every call takes this long from now on. */
  slowDown(serviceMs: number): void;
};

/** Each worker handles one call at a time. Other calls wait for a worker, in their order of arrival. */
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

type Job = { leftMs: number; readonly done: () => void };

/** The processors share their time evenly among all calls. No call waits, and each takes longer. */
export function simulateSharedUpstream(processors: number, serviceMs: number): SimulatedUpstream {
  let jobs: Job[] = [];
  let answered = 0;
  let lasts = serviceMs;
  let at = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const speed = () => Math.min(1, processors / Math.max(1, jobs.length));
  const work = () => {
    const worked = (performance.now() - at) * speed();
    at = performance.now();
    for (const job of jobs) job.leftMs -= worked;
    const done = jobs.filter(({ leftMs }) => leftMs < 0.001);
    jobs = jobs.filter(({ leftMs }) => leftMs >= 0.001);
    answered += done.length;
    for (const job of done) job.done();
    clearTimeout(timer);
    if (jobs.length > 0) timer = setTimeout(work, Math.min(...jobs.map(({ leftMs }) => leftMs)) / speed());
  };
  return {
    call: () =>
      new Promise((done) => {
        work();
        jobs.push({ leftMs: lasts, done });
        work();
      }),
    answered: () => answered,
    slowDown(serviceMs) {
      lasts = serviceMs;
    },
  };
}
