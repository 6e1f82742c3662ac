import { type CacheTally, emptyTally } from '../../cache/tally.ts';
import type { ErrorCode } from '../../model/errors.ts';
import type { CallTally } from '../../upstream/client.ts';

/** What the log, the metrics and the traces say of one request to /graphql. Nothing in it is personal. */
export type OperationRecord = {
  readonly requestId: string;
  readonly startedAt: number;
  readonly tally: CallTally;
  readonly cacheTally: CacheTally;
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
    tally: { made: 0, collapsed: 0, queued: 0, retried: 0 },
    cacheTally: emptyTally(),
    caller: 'anonymous',
    callerGroup: 'anonymous',
    operationName: undefined,
    outcome: 'OK',
  };
}
