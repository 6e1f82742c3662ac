import { existsSync, readFileSync } from 'node:fs';

/** Linux counts the processor's time of a process in ticks of 10 ms, after the command in parentheses. */
const TICK_MS = 10;
const [USER_TICKS, SYSTEM_TICKS] = [11, 12];

/**
 * The CPU time of a process's main thread, in milliseconds. On an idle machine, this is how long other requests wait for it.
 * Threads that collect garbage or compile beside it hold no one up. Other systems than Linux tell the time instead.
 */
export function workedMs(pid = 0): number {
  const file = `/proc/${pid}/task/${pid}/stat`;
  if (!existsSync(file)) return performance.now();
  const fields = readFileSync(file, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) * TICK_MS;
}
