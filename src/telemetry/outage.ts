type Failing = { readonly since: number; failures: number; ends: NodeJS.Timeout | undefined };

export type OutageOptions = {
  readonly onBegin: (cause: string) => void;
  readonly onEnd: (outage: { readonly failures: number; readonly durationMs: number }) => void;
  /** How long the dependency must work before the end is reported, in milliseconds. A flapping one is thus one outage. */
  readonly quietMs?: number;
};

/** Reports when a dependency of the gateway begins to fail and when it works again, not every failure. */
export class Outage {
  readonly #options: OutageOptions;
  #failing: Failing | undefined;

  constructor(options: OutageOptions) {
    this.#options = options;
  }

  /** Whether the dependency fails, or has not yet worked for `quietMs` since. */
  get isFailing(): boolean {
    return this.#failing !== undefined;
  }

  /** @param cause a few words for logs, such as `ECONNREFUSED` */
  failed(cause: string): void {
    if (this.#failing === undefined) {
      this.#failing = { since: performance.now(), failures: 0, ends: undefined };
      this.#options.onBegin(cause);
    }
    this.#failing.failures++;
    clearTimeout(this.#failing.ends);
    this.#failing.ends = undefined;
  }

  worked(): void {
    const failing = this.#failing;
    if (failing === undefined || failing.ends !== undefined) return;
    const durationMs = performance.now() - failing.since;
    const end = () => {
      this.#failing = undefined;
      this.#options.onEnd({ failures: failing.failures, durationMs });
    };
    const { quietMs = 0 } = this.#options;
    if (quietMs === 0) end();
    else failing.ends = setTimeout(end, quietMs).unref();
  }
}
