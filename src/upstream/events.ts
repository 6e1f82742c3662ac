import type { ErrorCode } from '../model/errors.ts';
import type { UpstreamError } from './payload/outcome.ts';
import type { Drift } from './payload/values.ts';

/** What a call fetches: a page of promotions, a token for the gateway, or the key set that verifies callers' tokens. */
export type CallKind = 'lookup' | SharedCallKind;

/** Calls that many operations share. */
export type SharedCallKind = 'token' | 'key set';

/** What a lookup waits for before it is made: the call budget, then a place under the concurrency limit. */
export type WaitQueue = 'budget' | 'concurrency';

/** A call that has ended, successfully or not. */
export type EndedCall = {
  readonly kind: CallKind;
  /** The id of the operation that it was made for; undefined for a call that many operations share. */
  readonly requestId: string | undefined;
  readonly trace: CallTrace;
  /** The metrics label of the caller that it was made for; undefined for a call that many operations share. */
  readonly caller: string | undefined;
  /** HTTP status; undefined without a response. */
  readonly status: number | undefined;
  readonly outcome: 'OK' | 'ABORTED' | ErrorCode;
  /** The error, if the call failed. */
  readonly error: UpstreamError | undefined;
  readonly durationMs: number;
};

/** The trace of one call. `callEnded` ends it. */
export type CallTrace = {
  /** 32 hexadecimal digits, for the log; undefined if tracing is off. */
  readonly traceId: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  end(call: EndedCall): void;
};

/** `open` refuses calls; `half-open` is waiting for a probe's result. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** The events that are logged and counted. They hold no personal data. */
export type UpstreamEvents = {
  callEnded(call: EndedCall): void;
  /**
   * A call has passed a queue after this time; 0 if it did not have to wait. Refused calls are not reported: most are
   * refused at once, so under overload they would make the waits look short.
   */
  callWaited: (queue: WaitQueue, durationMs: number) => void;
  drifted(drift: readonly Drift[]): void;
  /** The beginning of a list was fetched. */
  listRead(isEmpty: boolean): void;
  /** A circuit has opened or closed. A test of upstream that fails changes nothing. */
  circuitChanged: (state: 'open' | 'closed') => void;
};
