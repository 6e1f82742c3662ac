import type { ErrorCode } from '../model/errors.ts';
import type { CircuitName } from './admission/circuitBreaker.ts';

/** A value of upstream's that had to be replaced or dropped: `field` is its path in the payload, without indices. */
export type Drift = { readonly field: string; readonly code: 'UNKNOWN_VALUE' | 'INVALID_VALUE' };

/** One call to upstream that ended, however it did. */
export type EndedCall = {
  readonly requestId: string;
  /** HTTP status, undefined where there was no answer. */
  readonly status: number | undefined;
  readonly outcome: 'OK' | 'ABORTED' | ErrorCode;
  readonly durationMs: number;
};

/** What whoever runs the gateway wants to know of its upstream calls. Nothing personal is ever told. */
export type UpstreamEvents = {
  callEnded(call: EndedCall): void;
  drifted(drift: readonly Drift[]): void;
  circuitChanged(state: CircuitName): void;
};
