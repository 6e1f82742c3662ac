import type { Logger } from 'pino';
import type { EndedCall, SharedCallKind, UpstreamEvents } from '../upstream/events.ts';
import { isFault } from '../upstream/payload/outcome.ts';
import { type MembersOf, writeLine } from './logCatalogue.ts';
import type { OperationRecord } from './operationRecord.ts';
import { Outage } from './outage.ts';

/** Logs one line for each operation, without members that are undefined. `cause` is the cause of its first failed call. */
export function logOperation(logger: Logger, record: OperationRecord): void {
  const { requestId, caller, clientName, operation, traceId, startedAt, stats, cacheStats, outcome, cause } = record;
  writeLine(logger, 'operation', {
    requestId,
    caller,
    client: clientName,
    operation: operation?.name ?? null,
    traceId,
    outcome,
    cause,
    durationMs: rounded(performance.now() - startedAt),
    upstreamCalls: stats.made,
    deduplicated: stats.deduplicated,
    cached: cacheStats.hits + cacheStats.stale,
  });
}

/** The names of the other endpoints in the log. */
const ENDPOINTS: Readonly<Record<SharedCallKind, string>> = {
  token: 'token endpoint',
  'key set': 'key set',
};

/**
 * Logs a line for each failed upstream call, each change of a circuit, and the beginning and end of an outage of another
 * dependency. Successful calls are not logged.
 * @param outageOf creates the outage reports of a dependency; called when the dependency is first used
 */
export function logUpstream(
  logger: Logger,
  outageOf: (dependency: string) => Outage,
): Omit<UpstreamEvents, 'callWaited' | 'drifted'> {
  const known = new Map<string, Outage>();
  const outage = (dependency: string): Outage => {
    const found = known.get(dependency) ?? outageOf(dependency);
    known.set(dependency, found);
    return found;
  };
  return {
    callEnded(call) {
      const { kind, error, outcome } = call;
      if (kind === 'lookup') {
        if (error !== undefined && isFault(error))
          writeLine(logger, 'upstream call failed', lookupMembers(call, error));
        return;
      }
      if (outcome === 'OK') outage(ENDPOINTS[kind]).worked();
      if (error === undefined) return;
      outage(ENDPOINTS[kind]).failed(error.cause ?? error.code);
      writeLine(logger, 'dependency call failed', { dependency: ENDPOINTS[kind], ...callMembers(call, error) });
    },
    circuitChanged(state) {
      writeLine(logger, 'upstream circuit changed', { circuit: state });
    },
    limitZeroRefused() {
      writeLine(
        logger,
        'upstream refuses limit=0 (8101), so the gateway now requests limit=1 and ignores the entry',
        {},
      );
    },
    ownTokenRefused(refused) {
      if (refused) outage('own credentials').failed('fresh token refused');
      else outage('own credentials').worked();
    },
  };
}

/** A defect of the gateway, with its stack. */
export function logUnhandledError(logger: Logger, error: unknown): void {
  writeLine(logger, 'unhandled error', { err: error });
}

/** Logs when something that the gateway depends on begins to fail, and when it works again. */
export function dependencyOutage(logger: Logger, dependency: string, quietMs = 0): Outage {
  return new Outage({
    quietMs,
    onBegin: (cause) => writeLine(logger, 'dependency is failing', { dependency, cause }),
    onEnd: ({ failures, durationMs }) =>
      writeLine(logger, 'dependency works again', { dependency, failures, durationMs: rounded(durationMs) }),
  });
}

type CallError = NonNullable<EndedCall['error']>;

function lookupMembers(call: EndedCall, error: CallError): MembersOf<'upstream call failed'> {
  return {
    ...callMembers(call, error),
    requestId: call.requestId,
    upstreamCode: error.upstream?.code,
    upstreamRequestId: error.upstream?.requestId,
  };
}

function callMembers(
  { traceId, status, durationMs }: EndedCall,
  { code, meaning, cause }: CallError,
): Omit<MembersOf<'dependency call failed'>, 'dependency'> {
  return { traceId, status: status ?? null, outcome: code, meaning, cause, durationMs: rounded(durationMs) };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
