import type { Logger } from 'pino';
import { writeLine } from './logCatalogue.ts';

type Failing = {
  readonly startedAt: number;
  /** In Unix time, in seconds. */
  readonly since: number;
  failures: number;
  /** Those in the log. */
  readonly causes: Set<string>;
  /** Whether the last call worked. */
  works: boolean;
  /** Ends the outage. */
  timer: NodeJS.Timeout | undefined;
};

/** How long nobody has called the dependency when its outage ends, in milliseconds: then nothing is known of it. */
const UNUSED_MS = 300_000;

/** Of an outage whose every failure has another cause, only so many are logged. */
const MAX_CAUSES = 10;

/**
 * Logs when something that the gateway depends on begins to fail and when it works again, and of the failures in between each
 * cause once: a Redis that is started again may refuse the password.
 */
export class Outage {
  readonly #logger: Logger;
  readonly #dependency: string;
  readonly #quietMs: number;
  #failing: Failing | undefined;

  /** @param quietMs how long the dependency must work before the end is logged. A flapping one is thus one outage */
  constructor(logger: Logger, dependency: string, quietMs = 0) {
    this.#logger = logger;
    this.#dependency = dependency;
    this.#quietMs = quietMs;
  }

  /**
   * Since when the dependency fails, in Unix time in seconds. Undefined if it works (for Redis: has worked for `quietMs`), or
   * if nobody has called it for five minutes.
   */
  get failingSince(): number | undefined {
    return this.#failing?.since;
  }

  /** @param cause a few words for logs, such as `ECONNREFUSED` */
  failed(cause: string): void {
    this.#failing ??= {
      startedAt: performance.now(),
      since: Date.now() / 1000,
      failures: 0,
      causes: new Set(),
      works: false,
      timer: undefined,
    };
    const { causes } = this.#failing;
    if (!causes.has(cause) && causes.size < MAX_CAUSES) {
      causes.add(cause);
      writeLine(this.#logger, 'dependency is failing', { dependency: this.#dependency, cause });
    }
    this.#failing.failures++;
    this.#failing.works = false;
    this.#endIn(this.#failing, UNUSED_MS, 'dependency was failing, and has not been called for five minutes');
  }

  worked(): void {
    const failing = this.#failing;
    if (failing === undefined || failing.works) return;
    failing.works = true;
    this.#endIn(failing, this.#quietMs, 'dependency works again');
  }

  #endIn(failing: Failing, ms: number, line: EndOfOutage): void {
    clearTimeout(failing.timer);
    const durationMs = Math.round(performance.now() - failing.startedAt);
    const end = () => {
      this.#failing = undefined;
      writeLine(this.#logger, line, { dependency: this.#dependency, failures: failing.failures, durationMs });
    };
    if (ms === 0) end();
    else failing.timer = setTimeout(end, ms).unref();
  }
}

type EndOfOutage = 'dependency works again' | 'dependency was failing, and has not been called for five minutes';
