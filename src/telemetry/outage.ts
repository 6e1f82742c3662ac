import type { Logger } from 'pino';
import { writeLine } from './logCatalogue.ts';

type Failing = { readonly since: number; failures: number; ends: NodeJS.Timeout | undefined };

/** Logs when something that the gateway depends on begins to fail and when it works again, not every failure. */
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

  /** Whether the dependency fails, or has not yet worked for `quietMs` since. */
  get isFailing(): boolean {
    return this.#failing !== undefined;
  }

  /** @param cause a few words for logs, such as `ECONNREFUSED` */
  failed(cause: string): void {
    if (this.#failing === undefined) {
      this.#failing = { since: performance.now(), failures: 0, ends: undefined };
      writeLine(this.#logger, 'dependency is failing', { dependency: this.#dependency, cause });
    }
    this.#failing.failures++;
    clearTimeout(this.#failing.ends);
    this.#failing.ends = undefined;
  }

  worked(): void {
    const failing = this.#failing;
    if (failing === undefined || failing.ends !== undefined) return;
    const durationMs = Math.round(performance.now() - failing.since);
    const end = () => {
      this.#failing = undefined;
      const { failures } = failing;
      writeLine(this.#logger, 'dependency works again', { dependency: this.#dependency, failures, durationMs });
    };
    if (this.#quietMs === 0) end();
    else failing.ends = setTimeout(end, this.#quietMs).unref();
  }
}
