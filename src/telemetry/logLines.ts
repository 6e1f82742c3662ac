import type { Logger } from 'pino';
import type { UpstreamEvents } from '../upstream/events.ts';
import type { OperationRecord } from './operationRecord.ts';

/** One line an operation. */
export function logOperation(logger: Logger, record: OperationRecord): void {
  const { requestId, caller, clientName, operationName, startedAt, stats, cacheStats, outcome } = record;
  logger.info(
    {
      requestId,
      caller,
      ...(clientName !== undefined && { client: clientName }),
      operation: operationName ?? null,
      outcome,
      durationMs: rounded(performance.now() - startedAt),
      upstreamCalls: stats.made,
      deduplicated: stats.deduplicated,
      cached: cacheStats.hits + cacheStats.stale,
    },
    'operation',
  );
}

/** One line a failed upstream call and a change of the circuit; nothing for calls that went well. */
export function logUpstream(logger: Logger): Omit<UpstreamEvents, 'drifted'> {
  return {
    callEnded({ requestId, status, outcome, durationMs }) {
      if (outcome === 'OK' || outcome === 'ABORTED' || outcome === 'CUSTOMER_NOT_FOUND') return;
      logger.warn(
        { requestId, status: status ?? null, outcome, durationMs: rounded(durationMs) },
        'upstream call failed',
      );
    },
    circuitChanged(state) {
      logger.warn({ circuit: state }, 'upstream circuit changed');
    },
  };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
