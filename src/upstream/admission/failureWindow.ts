type Second = { readonly at: number; calls: number; failures: number };

/** How long an outcome counts, in milliseconds. */
export const WINDOW_MS = 10_000;
const FAILURE_RATE = 0.5;
const MIN_CALLS = 10;

/**
 * The outcomes of the last ten seconds. Upstream is failing if half of at least ten calls failed, or if the last ten calls all
 * failed. Without the second rule, many earlier successes would delay the decision.
 */
export class FailureWindow {
  readonly #now: () => number;
  #seconds: Second[] = [];
  #failuresInARow = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get isEmpty(): boolean {
    this.#deleteOld();
    return this.#seconds.length === 0;
  }

  record(failed: boolean): void {
    this.#deleteOld();
    if (this.#seconds.length === 0) this.#failuresInARow = 0;
    const at = Math.floor(this.#now() / 1000);
    let second = this.#seconds.at(-1);
    if (second?.at !== at) {
      second = { at, calls: 0, failures: 0 };
      this.#seconds.push(second);
    }
    second.calls++;
    if (failed) second.failures++;
    this.#failuresInARow = failed ? this.#failuresInARow + 1 : 0;
  }

  get isFailing(): boolean {
    if (this.#failuresInARow >= MIN_CALLS) return true;
    let calls = 0;
    let failures = 0;
    for (const second of this.#seconds) {
      calls += second.calls;
      failures += second.failures;
    }
    return calls >= MIN_CALLS && failures >= calls * FAILURE_RATE;
  }

  clear(): void {
    this.#seconds = [];
    this.#failuresInARow = 0;
  }

  #deleteOld(): void {
    const oldest = Math.floor((this.#now() - WINDOW_MS) / 1000);
    while (this.#seconds[0] !== undefined && this.#seconds[0].at <= oldest) this.#seconds.shift();
  }
}
