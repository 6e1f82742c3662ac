import { existsSync, readFileSync } from 'node:fs';

/**
 * The CPU time of a process's main thread, in milliseconds. On an idle machine, this is how long other requests wait for it.
 * Threads that collect garbage or compile beside it hold no one up. Other systems than Linux tell the time instead.
 */
export function workedMs(pid: number): number {
  // Its first number is nanoseconds: https://docs.kernel.org/scheduler/sched-stats.html
  const file = `/proc/${pid}/task/${pid}/schedstat`;
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) / 1e6 : performance.now();
}
