import { GatewayError } from '../../model/errors.ts';

/** `open` refuses calls; `half-open` is waiting for a probe's result. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** How long a circuit stays open before a call may probe, in milliseconds. */
const OPEN_MS = 2000;

/**
 * One circuit. Its owner decides when it opens; two seconds later, one call may probe. A probe that succeeds closes the
 * circuit, one that fails opens it again, and after an inconclusive one the next call may probe.
 */
export class CircuitBreaker {
  readonly #now: () => number;
  readonly #onChange: (state: CircuitState) => void;
  /** When a probe may be made; undefined while closed. */
  #probeAt: number | undefined;
  #probing = false;

  constructor(now: () => number, onChange: (state: CircuitState) => void) {
    this.#now = now;
    this.#onChange = onChange;
  }

  get state(): CircuitState {
    if (this.#probeAt === undefined) return 'closed';
    return this.#probing ? 'half-open' : 'open';
  }

  /** @throws UPSTREAM_UNAVAILABLE with `retryAfterSeconds` while no call may be made, not even a probe */
  check(): void {
    if (this.#probeAt === undefined) return;
    const waitMs = this.#probeAt - this.#now();
    if (waitMs <= 0 && !this.#probing) return;
    throw circuitOpen(waitMs);
  }

  /** Makes the call that follows a `check` the probe, if one is due. */
  startProbe(): boolean {
    if (this.#probeAt === undefined) return false;
    this.#probing = true;
    this.#onChange('half-open');
    return true;
  }

  /** The probe was inconclusive: the next call may probe. */
  dropProbe(): void {
    this.#probing = false;
    this.#onChange('open');
  }

  open(): void {
    this.#probing = false;
    this.#probeAt = this.#now() + OPEN_MS;
    this.#onChange('open');
  }

  close(): void {
    this.#probing = false;
    this.#probeAt = undefined;
    this.#onChange('closed');
  }
}

/** The error of a call that is refused because a circuit is open. */
export function circuitOpen(waitMs: number): GatewayError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new GatewayError('UPSTREAM_UNAVAILABLE', { retryAfterSeconds, cause: 'circuit open' });
}
