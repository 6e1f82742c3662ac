import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { eventually } from './eventually.ts';

export type LogLine = Readonly<Record<string, unknown>>;

export type Logs = {
  readonly logger: Logger;
  /** The lines so far. */
  readonly text: () => string;
  readonly lines: () => readonly LogLine[];
  /** Resolves with the first line, past or future, for which this is true. */
  logged(isIt: (line: LogLine) => boolean): Promise<LogLine>;
  /** Resolves with the lines of operations once there are this many, since an operation is logged after its response. */
  operations(count: number): Promise<readonly LogLine[]>;
  /** Unhandled errors, which are the only lines with a stack. */
  readonly unhandledErrors: () => readonly LogLine[];
};

/** A logger as in production, whose lines can be read. */
export function collectLogs(level = 'trace'): Logs {
  const written: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _, done) {
      written.push(chunk.toString());
      done();
    },
  });
  const lines = () => written.map((line) => JSON.parse(line) as LogLine);
  return {
    logger: pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination),
    text: () => written.join(''),
    lines,
    async operations(count) {
      const operations = () => lines().filter(({ msg }) => msg === 'operation');
      return eventually('lines of operations', operations, ({ length }) => length >= count);
    },
    unhandledErrors: () => lines().filter(({ err }) => (err as { stack?: string } | undefined)?.stack !== undefined),
    async logged(isIt) {
      const all = await eventually(`a log line with ${isIt}`, lines, (written) => written.some(isIt));
      return all.find(isIt) as LogLine;
    },
  };
}
