import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Config } from '../config/config.ts';
import type { MembersOf } from '../telemetry/logCatalogue.ts';
import type { Gateway } from './gateway.ts';

const SAME_SIGNAL_MS = 500;
const KILL_AFTER_MS = 500;
/**
 * A connection that has failed because of the other side's certificate may be sent an alert after that, and Node then emits a
 * second error, which ioredis does not listen to. It says nothing about anything but that connection. Some codes of OpenSSL have a
 * slash: `ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE`.
 */
const TLS_ALERT = /^ERR_SSL_[\w/]+_ALERT_/;

/** What is shut down with the process. */
export type Running = Omit<Gateway, 'url'> & {
  /** What happens meanwhile. */
  report<Msg extends 'stopping' | 'drained' | 'stopped' | 'unhandled error'>(line: Msg, members: MembersOf<Msg>): void;
};

/**
 * Ends the process on SIGTERM or Ctrl-C: it drains for the delay, then finishes requests in flight, until the timeout.
 * A second signal ends it at once, and so does a failure meanwhile, with 1.
 */
export function endOnSignal({ delayMs, timeoutMs }: Config['shutdown'], running: Running): void {
  const reportFailure = (error: unknown) => running.report('unhandled error', { err: error });
  let stoppingSince: number | undefined;
  const stop = async (signal: NodeJS.Signals) => {
    // npm forwards the Ctrl-C that the terminal has already sent to this process. It is not a second one.
    if (stoppingSince !== undefined && performance.now() - stoppingSince < SAME_SIGNAL_MS) return;
    if (stoppingSince !== undefined) process.exit(1);
    stoppingSince = performance.now();
    killAfter(delayMs + timeoutMs + KILL_AFTER_MS, reportFailure);
    const startedAt = stoppingSince;
    const durationMs = () => Math.round(performance.now() - startedAt);
    running.report('stopping', { signal });
    running.drain();
    await sleep(delayMs);
    const end = () => running.report('stopped', { durationMs: durationMs() });
    setTimeout(() => {
      end();
      process.exit(0);
    }, timeoutMs).unref();
    await running.finish();
    running.report('drained', { durationMs: durationMs() });
    await running.close();
    end();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const endingAtOnce = process.listeners(signal);
    process.on(signal, () => {
      stop(signal).catch((error) => {
        reportFailure(error);
        process.exit(1);
      });
    });
    // Only now: without any listener in between, Node would drop a signal that has come and not been read.
    for (const listener of endingAtOnce) process.off(signal, listener);
  }
}

/**
 * Ends the process when an error comes out of a timer, a stream or a promise that nobody waits for: nothing is known of the
 * state after it.
 * @param giveUp writes one line and ends the process
 */
export function endOnDefect(giveUp: (error: unknown) => never): void {
  process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
    if (TLS_ALERT.test(error.code ?? '')) return;
    killAfter(KILL_AFTER_MS, () => {});
    giveUp(error);
  });
}

/**
 * Kills the process if it has not ended. It runs in its own thread: if no one reads the log, the last write blocks, and
 * even `process.exit` waits for it. No thread but the main one gets signals, so nothing here helps if the event loop is
 * blocked when the signal arrives: then the platform's SIGKILL ends the process.
 * @param onError there is no thread, for example because the process may open no more files. The rest goes on without it
 */
function killAfter(ms: number, onError: (error: unknown) => void): void {
  const code = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${ms})`;
  new Worker(code, { eval: true, env: {}, execArgv: [] }).once('error', onError).unref();
}
