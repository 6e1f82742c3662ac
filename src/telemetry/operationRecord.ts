import { type CacheStats, emptyCacheStats } from '../cache/stats.ts';
import type { ErrorCode } from '../model/errors.ts';
import type { CallStats } from '../upstream/client.ts';
import { printableName } from './names.ts';

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
  /** What the client calls itself. */
  readonly clientName: string | undefined;
  /** OK, or the code of the first error. */
  outcome: 'OK' | 'CLIENT_GONE' | ErrorCode | (string & {});
  /** Why the first of its upstream questions that failed did, in a few words. */
  cause: string | undefined;
};

/** @param clientName the request's `apollographql-client-name` header */
export function startRecord(requestId: string, clientName?: string | string[]): OperationRecord {
  return {
    requestId,
    startedAt: performance.now(),
    stats: { made: 0, deduplicated: 0, queued: 0, retried: 0 },
    cacheStats: emptyCacheStats(),
    caller: 'anonymous',
    callerGroup: 'anonymous',
    operationName: undefined,
    clientName: typeof clientName === 'string' ? printableName(clientName) : undefined,
    outcome: 'OK',
    cause: undefined,
  };
}
