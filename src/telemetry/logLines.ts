import type { Logger } from 'pino';
import type { CallKind, EndedCall, UpstreamEvents } from '../upstream/events.ts';
import { isFault } from '../upstream/payload/outcome.ts';
import type { OperationRecord } from './operationRecord.ts';
import { Outage } from './outage.ts';

/** One line an operation. `cause` is why upstream did not answer its first question that failed. */
export function logOperation(logger: Logger, record: OperationRecord): void {
  const { requestId, caller, clientName, operation, traceId, startedAt, stats, cacheStats, outcome, cause } = record;
  logger.info(
    {
      requestId,
      caller,
      ...(clientName !== undefined && { client: clientName }),
      operation: operation?.name ?? null,
      ...(traceId !== undefined && { traceId }),
      outcome,
      ...(cause !== undefined && { cause }),
      durationMs: rounded(performance.now() - startedAt),
      upstreamCalls: stats.made,
      deduplicated: stats.deduplicated,
      cached: cacheStats.hits + cacheStats.stale,
    },
    'operation',
  );
}

/** What the log calls the endpoints beside the lookup. */
const ENDPOINTS: Readonly<Record<Exclude<CallKind, 'lookup'>, string>> = {
  token: 'token endpoint',
  'key set': 'key set',
};

/**
 * One line for a failed upstream call, a change of a circuit, and the begin and end of what else the gateway calls and
 * cannot; nothing for calls that went well.
 */
export function logUpstream(logger: Logger): Omit<UpstreamEvents, 'drifted'> {
  const outages = {
    token: dependencyOutage(logger, ENDPOINTS.token),
    'key set': dependencyOutage(logger, ENDPOINTS['key set']),
  };
  const ownCredentials = dependencyOutage(logger, 'own credentials');
  return {
    callEnded(call) {
      const { kind, error, outcome } = call;
      if (kind === 'lookup') {
        if (error !== undefined && isFault(error)) logger.warn(callFields(call, error), 'upstream call failed');
        return;
      }
      if (outcome === 'OK') outages[kind].worked();
      if (error === undefined) return;
      outages[kind].failed(error.cause ?? error.code);
      logger.debug(callFields(call, error), `${ENDPOINTS[kind]} call failed`);
    },
    circuitChanged(scope, state) {
      logger.warn({ circuit: state, scope }, 'upstream circuit changed');
    },
    limitZeroRefused() {
      logger.warn('upstream refuses limit=0 (8101): from now on it is asked for one entry, which is left out');
    },
    ownTokenRefused(refused) {
      if (refused) ownCredentials.failed('fresh token refused');
      else ownCredentials.worked();
    },
  };
}

/** Logs when something that the gateway depends on begins to fail, and when it works again. */
export function dependencyOutage(logger: Logger, dependency: string, quietMs = 0): Outage {
  return new Outage({
    quietMs,
    onBegin: (cause) => logger.error({ dependency, cause }, 'dependency is failing'),
    onEnd: ({ failures, durationMs }) =>
      logger.warn({ dependency, failures, durationMs: rounded(durationMs) }, 'dependency works again'),
  });
}

function callFields({ requestId, status, durationMs }: EndedCall, error: NonNullable<EndedCall['error']>) {
  const { code, upstream } = error;
  return {
    ...(requestId !== undefined && { requestId }),
    status: status ?? null,
    outcome: code,
    meaning: error.meaning,
    cause: error.cause,
    ...(upstream?.code !== undefined && { upstreamCode: upstream.code }),
    ...(upstream?.requestId !== undefined && { upstreamRequestId: upstream.requestId }),
    durationMs: rounded(durationMs),
  };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
