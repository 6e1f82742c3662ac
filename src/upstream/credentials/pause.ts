import type { GatewayError } from '../../model/errors.ts';

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;

/** A pause after failures, which is longer after each further failure. */
export class Pause {
  readonly #now: () => number;
  readonly #error: (retryAfterSeconds: number) => GatewayError;
  #failures = 0;
  #until = 0;

  constructor(now: () => number, error: (retryAfterSeconds: number) => GatewayError) {
    this.#now = now;
    this.#error = error;
  }

  get isOver(): boolean {
    return this.#now() >= this.#until;
  }

  /** @throws the error of this pause, with `retryAfterSeconds`, until the pause is over */
  check(): void {
    if (!this.isOver) throw this.#error(Math.max(1, Math.ceil((this.#until - this.#now()) / 1000)));
  }

  begin(): void {
    this.#until = this.#now() + Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
  }

  reset(): void {
    this.#failures = 0;
    this.#until = 0;
  }
}
