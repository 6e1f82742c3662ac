import { createRequire } from 'node:module';
import { type Logger, pino } from 'pino';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** JSON lines for machines, or colours for a person at a terminal. */
export function createLogger(level: LogLevel, format: 'json' | 'pretty'): Logger {
  const options = { level, base: null };
  if (format === 'json') {
    // Written a few lines at a time, off the requests' path; what is left is flushed when the process ends.
    const destination = pino.destination({ sync: false, minLength: 4096, periodicFlush: 500 });
    return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  }
  // Loaded for a person alone: machines pay neither its time nor its memory.
  const pretty: typeof import('pino-pretty') = createRequire(import.meta.url)('pino-pretty');
  return pino(
    options,
    pretty({ colorize: process.stdout.isTTY, translateTime: 'SYS:HH:MM:ss', singleLine: true, sync: true }),
  );
}
