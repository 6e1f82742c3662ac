import type { CallTrace, SharedCallKind } from '../upstream/events.ts';
import type { OperationRecord } from './operationRecord.ts';

/** The span of one operation. The spans of its upstream calls are its children. */
export type OperationTrace = {
  /** 32 hexadecimal digits, for the log; undefined if tracing is off. */
  readonly traceId: string | undefined;
  startCall(): CallTrace;
  end(record: OperationRecord): void;
};

export type Tracing = {
  /** Starts the span of a request to /graphql. */
  startOperation(method: string, headers: Readonly<Record<string, unknown>>): OperationTrace;
  /** The span of a call to this URL that many operations share. Only the server's name and port are in it. */
  startCall(kind: SharedCallKind, url: string): CallTrace;
  /** Sends the spans that are still in memory. */
  shutdown(): Promise<void>;
};

const NO_SPAN: CallTrace = { traceId: undefined, headers: {}, end() {} };
const NO_TRACE: OperationTrace = { traceId: undefined, startCall: () => NO_SPAN, end() {} };

/** Without a collector, nothing is traced and no trace header is sent upstream. */
export const NO_TRACING: Tracing = {
  startOperation: () => NO_TRACE,
  startCall: () => NO_SPAN,
  shutdown: async () => {},
};
