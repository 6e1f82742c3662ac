import type { ErrorCode } from '../model/errors.ts';
import type { CircuitState } from './admission/circuitBreaker.ts';
import type { CircuitScope } from './admission/circuitBreakers.ts';
import type { UpstreamError } from './payload/outcome.ts';
import type { Drift } from './payload/schemaDrift.ts';

/** What a call asks for: a page of promotions, a token of the gateway's own, or the key set that signs callers' tokens. */
export type CallKind = 'lookup' | 'token' | 'key set';

/** What a lookup waits for before it is made: the call budget, then a place under the concurrency limit. */
export type WaitQueue = 'budget' | 'concurrency';

/** A call that ended, however it did. */
export type EndedCall = {
  readonly kind: CallKind;
  /** The id of the operation that it was made for; undefined for a call that many operations share. */
  readonly requestId: string | undefined;
  /** What metrics count the caller under for whom it was made; undefined for a call that many operations share. */
  readonly caller: string | undefined;
  /** HTTP status, undefined if there was no answer. */
  readonly status: number | undefined;
  readonly outcome: 'OK' | 'ABORTED' | ErrorCode;
  /** Why it failed, if it did. */
  readonly error: UpstreamError | undefined;
  readonly durationMs: number;
};

/** What operators want to know of calls. It holds nothing personal. */
export type UpstreamEvents = {
  callEnded(call: EndedCall): void;
  /** A call has waited so many milliseconds for its turn: 0 if it had it at once. */
  callWaited(queue: WaitQueue, durationMs: number): void;
  drifted(drift: readonly Drift[]): void;
  circuitChanged(scope: CircuitScope, state: CircuitState): void;
  /** Upstream refused a limit of 0: from now on it is asked for one entry, which is ignored. */
  limitZeroRefused(): void;
  /** Upstream refuses even fresh tokens of the gateway's own OAuth client, or takes them again. */
  ownTokenRefused(refused: boolean): void;
};

/** Returns what reports the end of a wait that begins now, the first time that it is called. */
export function startWait(events: Pick<UpstreamEvents, 'callWaited'>, queue: WaitQueue): () => void {
  const startedAt = performance.now();
  let ended = false;
  return () => {
    if (!ended) events.callWaited(queue, performance.now() - startedAt);
    ended = true;
  };
}
