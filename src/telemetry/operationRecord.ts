import { randomUUID } from 'node:crypto';
import { type CacheStats, emptyCacheStats } from '../cache/entry.ts';
import { type CallStats, emptyCallStats } from '../calls/call.ts';
import type { ErrorCode } from '../model/errors.ts';
import { printableId } from '../model/redacted.ts';
import type { CallTrace, SharedCallKind } from '../upstream/events.ts';

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
  /** Whether the operation is a router's join: it asks for `_entities`. */
  joins: boolean;
  /** HTTP status of the response, once it is sent. */
  status: number | undefined;
  /** The trace that the request belongs to; undefined if tracing is off. */
  traceId: string | undefined;
  /** The name that the client gives itself. */
  readonly clientName: string | undefined;
  /** OK, or the code of the first error. */
  outcome: 'OK' | 'CLIENT_GONE' | ErrorCode | (string & {});
  /** The cause of the first error in a few words: why a call failed, or why the gateway refused it. Never sent. */
  cause: string | undefined;
};

/** The part of a record that is the same for every equal request. */
export type RequestFacts = Pick<OperationRecord, 'operation' | 'trustedDocument' | 'joins'>;

/** What logs, metrics and spans may report about an operation. */
export type OperationFacts = {
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
    stats: emptyCallStats(),
    cacheStats: emptyCacheStats(),
    caller: 'anonymous',
    callerGroup: 'anonymous',
    operation: undefined,
    trustedDocument: undefined,
    joins: false,
    status: undefined,
    traceId: undefined,
    clientName: typeof clientName === 'string' ? printableName(clientName) : undefined,
    outcome: 'OK',
    cause: undefined,
  };
}

/** Records how a request ends, unless it is refused already: what is still executed then says nothing about it. */
export function recordOutcome(record: OperationRecord, outcome: OperationRecord['outcome'], cause?: string): void {
  if (record.status !== undefined) return;
  record.outcome = outcome;
  record.cause = cause;
}

/** The client's `x-request-id` if it may be printed, else a new UUID. */
export function requestIdOf(header: string | string[] | undefined): string {
  return printableId(header) ?? randomUUID();
}

const MAX_NAME_LENGTH = 80;
const MAX_DIGITS = 4;
const NAME = /^[A-Za-z_][A-Za-z0-9_ .-]*$/;

/**
 * The name of an operation or a client, for logs, spans and metrics. A name that could be an identifier (five digits or
 * more, an `@`, another alphabet) or is too long becomes `other`.
 */
export function printableName(name: string): string {
  const digits = name.length - name.replace(/\d/g, '').length;
  return name.length <= MAX_NAME_LENGTH && digits <= MAX_DIGITS && NAME.test(name) ? name : 'other';
}

/** The span of one operation. The spans of its upstream calls and of its Redis commands are its children. */
export type OperationTrace = {
  /** 32 hexadecimal digits, for the log. */
  readonly traceId: string;
  /** Calls `next`. Redis commands that follow from it are the operation's. */
  run(next: () => void): void;
  readonly startCall: () => CallTrace;
  end(record: OperationRecord): void;
};

/** The traces of a gateway. */
export type Tracing = {
  /** Starts the span of a request to /graphql. Undefined if tracing is off. */
  readonly startOperation: ((method: string, headers: Readonly<Record<string, unknown>>) => OperationTrace) | undefined;
  /** The span of a call to this URL that many operations share. Only the server's name and port are in it. */
  startCall(kind: SharedCallKind, url: string): CallTrace;
  /** Sends the spans that are still in memory. */
  shutdown(): Promise<void>;
};

const NO_SPAN: CallTrace = { traceId: undefined, headers: {}, end() {} };

/** Without a collector, nothing is traced and no trace header is sent upstream. */
export const NO_TRACING = {
  startOperation: undefined,
  startCall: () => NO_SPAN,
  shutdown: async () => {},
} satisfies Tracing;
