import { writeFileSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import { defectOf, writeLine } from './logCatalogue.ts';

export type LogFormat = 'json' | 'pretty';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Unread lines take at most this much memory; further lines are dropped. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;

/** Writes JSON lines for machines, or coloured lines for a terminal. */
export async function createLogger(level: LogLevel, format: LogFormat): Promise<Logger> {
  const options = { level, base: null };
  if (format === 'json') {
    // Lines are written in batches, so that no request waits for them. The rest is flushed when the process ends.
    const destination = pino.destination({
      sync: false,
      minLength: 12_288,
      periodicFlush: 500,
      maxLength: MAX_UNREAD_BYTES,
    });
    const logger = pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime }, destination);
    reportDroppedLines(destination, logger);
    return logger;
  }
  // Loaded only for a terminal, since it costs start-up time and memory.
  const { default: pretty } = await import('pino-pretty');
  return pino(
    options,
    pretty({ colorize: process.stdout.isTTY, translateTime: 'SYS:HH:MM:ss', singleLine: true, sync: true }),
  );
}

/** @param setting LOG_FORMAT, whatever it holds */
export function logFormatOf(setting: string | undefined): LogFormat {
  if (setting === 'json' || setting === 'pretty') return setting;
  return process.stdout.isTTY ? 'pretty' : 'json';
}

/** Writes the reason why the process ends, and waits until it is written. */
export function writeLastLine(cause: unknown, format: LogFormat): void {
  if (format === 'pretty') {
    console.error(typeof cause === 'string' ? cause : textOf(cause));
    return;
  }
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write: writeAtOnce });
  if (typeof cause === 'string') writeLine(logger, 'start failed', { cause });
  else writeLine(logger, 'unhandled error', { err: cause });
}

/** Writes to stdout, or to stderr if that fails, such as on a full disk. */
function writeAtOnce(line: string): void {
  try {
    writeFileSync(process.stdout.fd, line);
  } catch {
    console.error(line.trimEnd());
  }
}

function textOf(error: unknown): string {
  const { type, code, stack } = defectOf(error);
  return `unhandled error: ${[type, code].filter((part) => part !== undefined).join(' ')}\n${stack}`;
}

let dropped = 0;

/** How many lines this process could not write to stdout: not read in time, after its reader has gone, or a full disk. */
export function droppedLogLines(): number {
  return dropped;
}

function countDropped(): boolean {
  dropped += 1;
  return true;
}

/** Logs how many lines were dropped, once the reader has caught up. */
function reportDroppedLines(destination: ReturnType<typeof pino.destination>, logger: Logger): void {
  let lines = 0;
  destination.on('drop', () => {
    lines += 1;
    dropped += 1;
    if (lines > 1) return;
    destination.once('drain', () => {
      writeLine(logger, 'log lines were dropped because they were not read in time', { lines });
      lines = 0;
    });
  });
  const { flush, flushSync } = destination;
  // No reader comes back, so pino writes nothing more. After another failure, such as a full disk, each line tries again, those
  // over the bound are dropped, and nothing waits for the rest when the process ends.
  destination.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') {
      Object.assign(destination, { write: countDropped, flush() {}, flushSync() {}, end() {} });
    } else if (destination.flush === flush) {
      Object.assign(destination, { flush() {}, flushSync() {} });
      destination.once('write', () => Object.assign(destination, { flush, flushSync }));
    }
  });
}
