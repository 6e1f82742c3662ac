import { type CacheStats, emptyCacheStats } from '../cache/stats.ts';
import type { ErrorCode } from '../model/errors.ts';
import type { CallStats } from '../upstream/client.ts';
import { printableName } from './names.ts';

/** What logs, metrics and traces report about one request to /graphql. It holds no personal data. */
export type OperationRecord = {
  readonly requestId: string;
  readonly startedAt: number;
  readonly stats: CallStats;
  readonly cacheStats: CacheStats;
  /** The caller's printable name. */
  caller: string;
  /** The caller's label in metrics. */
  callerGroup: string;
  /** The operation; undefined until its document is parsed. */
  operation: OperationFacts | undefined;
  /** The id of the trusted document; undefined for any other document. */
  trustedDocument: string | undefined;
  /** HTTP status of the response, once it is sent. */
  status: number | undefined;
  /** The trace that the request belongs to; undefined if tracing is off. */
  traceId: string | undefined;
  /** The name that the client gives itself. */
  readonly clientName: string | undefined;
  /** OK, or the code of the first error. */
  outcome: 'OK' | 'CLIENT_GONE' | ErrorCode | (string & {});
  /** The cause of its first failed upstream call, in a few words. */
  cause: string | undefined;
};

/** The part of a record that is the same for every equal request. */
export type RequestFacts = Pick<OperationRecord, 'operation' | 'trustedDocument'>;

/** What logs, metrics and spans may report about an operation. */
export type OperationFacts = {
  readonly type: 'query' | 'mutation' | 'subscription';
  /** Made by `printableName`; undefined if the operation has no name. */
  readonly name: string | undefined;
  /** SHA-256 of the document without its literals, which may be identifiers; undefined if tracing is off. */
  readonly documentHash: string | undefined;
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
