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
  /** What was asked, once it is known to be an operation. */
  operation: OperationFacts | undefined;
  /** The id of the trusted document that was asked for; undefined if it is none. */
  trustedDocument: string | undefined;
  /** HTTP status of the response, once it is sent. */
  status: number | undefined;
  /** The trace that the request belongs to; undefined if nothing is traced. */
  traceId: string | undefined;
  /** What the client calls itself. */
  readonly clientName: string | undefined;
  /** OK, or the code of the first error. */
  outcome: 'OK' | 'CLIENT_GONE' | ErrorCode | (string & {});
  /** Why the first of its upstream questions that failed did, in a few words. */
  cause: string | undefined;
};

/** What a record says of a request that is the same for every equal request. */
export type RequestFacts = Pick<OperationRecord, 'operation' | 'trustedDocument'>;

/** What logs, metrics and spans may say of an operation. */
export type OperationFacts = {
  readonly type: 'query' | 'mutation' | 'subscription';
  /** As `printableName` has it; undefined if the operation has no name. */
  readonly name: string | undefined;
  /** SHA-256 of the document without its literals: they may be identifiers. */
  documentHash(): string;
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
    operation: undefined,
    trustedDocument: undefined,
    status: undefined,
    traceId: undefined,
    clientName: typeof clientName === 'string' ? printableName(clientName) : undefined,
    outcome: 'OK',
    cause: undefined,
  };
}
