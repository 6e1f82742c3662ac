import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Config } from '../config/config.ts';

const SAME_SIGNAL_MS = 500;
const KILL_AFTER_MS = 500;

/** What is shut down with the process. */
export type Running = {
  /** Announces that the process will end, while it still serves. */
  drain(): void;
  /** Finishes what is in flight. */
  close(): Promise<void>;
};

/**
 * Ends the process on SIGTERM or Ctrl-C: it drains for the delay, then finishes requests in flight, until the timeout.
 * A second signal ends it at once.
 */
export function endOnSignal({ delayMs, timeoutMs }: Config['shutdown'], running: Running): void {
  let stoppingSince: number | undefined;
  const stop = async () => {
    // npm forwards the Ctrl-C that the terminal has already sent to this process. It is not a second one.
    if (stoppingSince !== undefined && performance.now() - stoppingSince < SAME_SIGNAL_MS) return;
    if (stoppingSince !== undefined) process.exit(1);
    stoppingSince = performance.now();
    killAfter(delayMs + timeoutMs + KILL_AFTER_MS);
    running.drain();
    await sleep(delayMs);
    setTimeout(() => process.exit(0), timeoutMs).unref();
    await running.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Until now the signal ended the process at once.
    process.removeAllListeners(signal);
    process.on(signal, stop);
  }
}

/**
 * Kills the process if it has not ended. It runs in its own thread: if no one reads the log, the last write blocks, and
 * even `process.exit` waits for it. No thread but the main one gets signals, so nothing here helps if the event loop is
 * blocked when the signal arrives: then the platform's SIGKILL ends the process.
 */
function killAfter(ms: number): void {
  const code = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${ms})`;
  new Worker(code, { eval: true, env: {}, execArgv: [] }).unref();
}
