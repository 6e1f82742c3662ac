import { type CacheStats, emptyCacheStats } from '../cache/stats.ts';
import type { ErrorCode } from '../model/errors.ts';
import type { CallStats } from '../upstream/client.ts';

/** What the log, the metrics and the traces say of one request to /graphql. Nothing in it is personal. */
export type OperationRecord = {
  readonly requestId: string;
  readonly startedAt: number;
  readonly stats: CallStats;
  readonly cacheStats: CacheStats;
  /** The caller's printable name. */
  caller: string;
  /** What metrics count the caller under. */
  callerGroup: string;
  operationName: string | undefined;
  /** OK, or the code of the first error. */
  outcome: 'OK' | 'CLIENT_GONE' | ErrorCode | (string & {});
};

export function startRecord(requestId: string): OperationRecord {
  return {
    requestId,
    startedAt: performance.now(),
    stats: { made: 0, deduplicated: 0, queued: 0, retried: 0 },
    cacheStats: emptyCacheStats(),
    caller: 'anonymous',
    callerGroup: 'anonymous',
    operationName: undefined,
    outcome: 'OK',
  };
}
