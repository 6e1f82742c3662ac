import { spawn, spawnSync } from 'node:child_process';

type Process = { readonly pid?: number | undefined };

/**
 * Lets a process run whenever it can, whatever else the machine does: its times then tell about the process. Where that is
 * not allowed, it shares the machine like any other.
 */
export function runFirst({ pid }: Process): void {
  spawnSync('chrt', ['--all-tasks', '--rr', '--pid', '1', String(pid)]);
}

/** Lets a process run for a quarter of the time until it ends, as a container's CPU limit does. */
export function starve({ pid }: Process): void {
  const stopAndContinue = `while kill -STOP ${pid}; do sleep 0.08; kill -CONT ${pid}; sleep 0.01; done`;
  runFirst(spawn('sh', ['-c', stopAndContinue], { stdio: 'ignore' }));
}
