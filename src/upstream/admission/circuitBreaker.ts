import { CircuitState, circuitBreaker, handleWhen, SamplingBreaker } from 'cockatiel';
import { GatewayError } from '../../model/errors.ts';
import type { PageKey } from '../key.ts';

/** `windowMs`: whose calls' failures are weighed; `openMs`: how long nothing is asked before a probe. */
type Timing = { readonly windowMs: number; readonly openMs: number };

const TIMING: Timing = { windowMs: 10_000, openMs: 5000 };
const FAILURE_RATE = 0.5;
const MIN_CALLS_PER_SECOND = 1;

export type CircuitName = 'closed' | 'open' | 'half-open';

type Outcome<Answer> = { readonly answer: Answer } | { readonly error: unknown };

/**
 * Answers at once while upstream as a whole is failing: opens when half of the calls of ten seconds fail, lets one call
 * probe five seconds later, and closes when that succeeds. An error body or a 4xx is upstream working. A request that
 * failed counts once in ten seconds, so that one poisoned customer asked again and again can't open it for the others.
 */
export class CircuitBreaker {
  readonly #failedAt = new Map<PageKey, number>();
  readonly #policy;
  readonly #timing: Timing;
  #openedAt = 0;

  constructor(onChange: (state: CircuitName) => void, timing: Timing = TIMING) {
    this.#timing = timing;
    // A probe that its client left has told nothing, and cockatiel would take it for a success.
    const fails = (error: unknown) =>
      isFailure(error) || (this.state === 'half-open' && !(error instanceof GatewayError));
    this.#policy = circuitBreaker(handleWhen(fails), {
      halfOpenAfter: timing.openMs,
      breaker: new SamplingBreaker({
        threshold: FAILURE_RATE,
        duration: timing.windowMs,
        minimumRps: MIN_CALLS_PER_SECOND,
      }),
    });
    this.#policy.onBreak(() => {
      this.#openedAt = Date.now();
    });
    this.#policy.onStateChange(() => onChange(this.state));
  }

  get state(): CircuitName {
    switch (this.#policy.state) {
      case CircuitState.Open:
        return 'open';
      case CircuitState.HalfOpen:
        return 'half-open';
      default:
        return 'closed';
    }
  }

  /** @throws UPSTREAM_UNAVAILABLE with `retryAfterSeconds` while open: nothing needs to queue for a call that cannot be. */
  check(): void {
    const openFor = this.#openedAt + this.#timing.openMs - Date.now();
    if (this.state === 'half-open' || (this.state === 'open' && openFor > 0)) throw circuitOpen(openFor);
  }

  /** @throws as `check`, else whatever `call` throws. */
  async run<Answer>(key: PageKey, call: () => Promise<Answer>): Promise<Answer> {
    this.check();
    if (this.state === 'closed' && this.#failedLately(key)) return this.#uncounted(key, call);
    const outcome = await this.#policy.execute(() => this.#attempt(key, call));
    if ('error' in outcome) throw outcome.error;
    return outcome.answer;
  }

  /** Resolves where upstream answered, be it with an error, and rejects with failures and with a waiter's leaving. */
  async #attempt<Answer>(key: PageKey, call: () => Promise<Answer>): Promise<Outcome<Answer>> {
    try {
      return { answer: await call() };
    } catch (error) {
      if (isFailure(error)) {
        this.#failedAt.delete(key);
        this.#failedAt.set(key, Date.now());
      } else if (error instanceof GatewayError) return { error };
      throw error;
    }
  }

  async #uncounted<Answer>(key: PageKey, call: () => Promise<Answer>): Promise<Answer> {
    const answer = await call();
    this.#failedAt.delete(key);
    return answer;
  }

  #failedLately(key: PageKey): boolean {
    const since = Date.now() - this.#timing.windowMs;
    for (const [old, at] of this.#failedAt) {
      if (at >= since) break;
      this.#failedAt.delete(old);
    }
    return this.#failedAt.has(key);
  }
}

function isFailure(error: unknown): boolean {
  return error instanceof GatewayError && (error.code === 'UPSTREAM_UNAVAILABLE' || error.code === 'UPSTREAM_TIMEOUT');
}

function circuitOpen(openForMs: number): GatewayError {
  return new GatewayError('UPSTREAM_UNAVAILABLE', { retryAfterSeconds: Math.max(1, Math.ceil(openForMs / 1000)) });
}
