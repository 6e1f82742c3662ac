import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { ENDPOINTS } from '../upstream/endpoint.ts';
import type { EndedCall, SharedCallKind, UpstreamEvents } from '../upstream/events.ts';
import { type MembersOf, writeLine } from './logCatalogue.ts';
import type { Metrics } from './metrics.ts';
import type { OperationRecord } from './operationRecord.ts';
import { Outage } from './outage.ts';

/** What happens in the gateway, in the log and in the metrics. */
export type Reports = UpstreamEvents & {
  /** A request to /graphql has ended. */
  operationEnded(record: OperationRecord): void;
  /** The outages of a dependency of the gateway, which is shown from the first call on. */
  outageOf(dependency: string, quietMs?: number): Outage;
  /** A request to /events has ended. */
  customerEvent(outcome: string, requestId: string): void;
  /** A request had HTTP 404. */
  notFound(requestId: string): void;
  /** A connection was closed before anything was read from it. Many of them are one line. */
  connectionRefused(bound: string): void;
  /** A defect of the gateway, with its stack. */
  unhandledError(error: unknown): void;
};

/**
 * Logs and counts. Of upstream calls, only failed ones are logged; of other dependencies, the beginning and end of an outage.
 * @param metrics undefined if they are off
 * @param upstreamAuth whose credentials calls have
 */
export function reportsTo(
  logger: Logger,
  metrics: Metrics | undefined,
  upstreamAuth: Config['upstreamAuth']['kind'],
): Reports {
  const outageOf = outagesIn(logger, metrics);
  const ownAccountUsed = accountWatch(outageOf);
  const reportConnection = countedLines((bound, refused) =>
    writeLine(logger, 'connections refused', { refused, bound }),
  );
  const sharedCallEnded = (kind: SharedCallKind, call: EndedCall) => {
    const { error } = call;
    const dependency = ENDPOINTS[kind].name;
    const outage = outageOf(dependency);
    if (error === undefined) return outage.worked();
    outage.failed(error.cause);
    writeLine(logger, 'dependency call failed', { dependency, ...callMembers(call, error) });
  };
  return {
    outageOf,
    operationEnded(record) {
      logOperation(logger, record);
      metrics?.operationEnded(record);
    },
    customerEvent(outcome, requestId) {
      const isAccepted = outcome === 'accepted' || outcome === 'no_customer';
      writeLine(logger, isAccepted ? 'event' : 'event refused', { requestId, outcome });
      metrics?.customerEvent(outcome);
    },
    notFound: (requestId) => writeLine(logger, 'no such path', { requestId }),
    connectionRefused(bound) {
      reportConnection(bound);
      metrics?.connectionRefused(bound);
    },
    unhandledError: (error) => writeLine(logger, 'unhandled error', { err: error }),
    callEnded(call) {
      const { kind, trace, error } = call;
      trace.end(call);
      if (kind === 'lookup' && upstreamAuth !== 'passthrough') ownAccountUsed(call);
      if (kind !== 'lookup') sharedCallEnded(kind, call);
      else if (error?.consequences.isLogged) writeLine(logger, 'upstream call failed', lookupMembers(call, error));
      metrics?.upstreamEvents.callEnded(call);
    },
    callWaited: (queue, durationMs) => metrics?.upstreamEvents.callWaited(queue, durationMs),
    listRead: (isEmpty) => metrics?.upstreamEvents.listRead(isEmpty),
    drifted: (drift) => metrics?.upstreamEvents.drifted(drift),
    circuitChanged(state) {
      writeLine(logger, 'upstream circuit changed', { circuit: state });
    },
  };
}

/** The outages of all dependencies. Each is in the metrics from the first time that it is asked for. */
function outagesIn(logger: Logger, metrics: Metrics | undefined): Reports['outageOf'] {
  const known = new Map<string, Outage>();
  return (dependency, quietMs) => {
    const outage = known.get(dependency) ?? new Outage(logger, dependency, quietMs);
    if (!known.has(dependency)) metrics?.addDependency(dependency, () => outage.failingSince);
    known.set(dependency, outage);
    return outage;
  };
}

/** After so many refusals without a success between them, it is not one caller's data scope that upstream refuses. */
const REFUSED_IN_A_ROW = 3;

/** Upstream refuses a call although it accepts the credentials: they lack a permission, or organisations. */
const LACKING: ReadonlySet<string> = new Set(['FORBIDDEN', 'DATA_SCOPE_REJECTED']);

/** Tells by the lookups with the gateway's own account whether upstream refuses the account. Of a 401, the credentials decide it. */
function accountWatch(outageOf: Reports['outageOf']): (call: EndedCall) => void {
  let refusedInARow = 0;
  return ({ outcome, error }) => {
    const account = outageOf('own credentials');
    if (error?.refused === 'account') refusedInARow = REFUSED_IN_A_ROW;
    else if (error !== undefined && LACKING.has(error.code)) refusedInARow++;
    else if (outcome === 'OK' || (error?.meaning === 'refused' && error.refused === undefined)) {
      if (refusedInARow > 0) account.worked();
      refusedInARow = 0;
    } else return;
    if (error !== undefined && refusedInARow >= REFUSED_IN_A_ROW) account.failed(error.cause);
  };
}

const COUNTED_MS = 10_000;

/** Calls `write` with what was counted in ten seconds, beginning with the first. */
function countedLines(write: (what: string, count: number) => void): (what: string) => void {
  const counts = new Map<string, number>();
  return (what) => {
    const count = counts.get(what);
    counts.set(what, (count ?? 0) + 1);
    if (count !== undefined) return;
    setTimeout(() => {
      write(what, counts.get(what) ?? 0);
      counts.delete(what);
    }, COUNTED_MS).unref();
  };
}

/** Logs one line for each operation, without members that are undefined. */
function logOperation(logger: Logger, record: OperationRecord): void {
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
  { trace: { traceId }, status, durationMs }: EndedCall,
  { code, meaning, cause }: CallError,
): Omit<MembersOf<'dependency call failed'>, 'dependency'> {
  return { traceId, status: status ?? null, outcome: code, meaning, cause, durationMs: rounded(durationMs) };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
