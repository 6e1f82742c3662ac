import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError, httpStatusOf } from '../model/errors.ts';
import { type OperationRecord, recordOutcome, requestIdOf, startRecord } from '../telemetry/operationRecord.ts';
import { errorBody, sendRequestError } from './requestErrors.ts';

/**
 * Requests that no hook sees, since Node's parser or Fastify's router refuses them. Their responses, log lines and counts
 * are those of other refused requests.
 */
export class UnroutedRequests {
  readonly #headers: OutgoingHttpHeaders;
  readonly #onOperation: (record: OperationRecord) => void;

  /** @param cors whether CORS is on. Then pages of any origin may read these responses, which say nothing private. */
  constructor(headers: OutgoingHttpHeaders, cors: boolean, onOperation: (record: OperationRecord) => void) {
    this.#headers = cors ? { ...headers, 'access-control-allow-origin': '*' } : headers;
    this.#onOperation = onOperation;
  }

  /**
   * What Node's parser refuses, or waited for in vain, which also ends its connection. The rest of a request that has its
   * response gets no other.
   * @param newest the newest response of the connection: the rest of its request may be what is refused
   */
  refusedByParser(error: ConnectionError, socket: Socket, newest: FastifyReply | undefined): void {
    const unfinished = newest?.raw.writableEnded ? undefined : newest;
    const isAnswered = newest?.raw.writableEnded && !newest.request.raw.complete;
    const refusal = isAnswered ? undefined : parserRefusalOf(error.code);
    if (refusal !== undefined && socket.bytesRead > 0 && socket.writable && !unfinished?.raw.headersSent) {
      const record = unfinished?.request.record ?? startRecord(requestIdOf(undefined));
      recordOutcome(record, refusal.code, error.code);
      record.status = httpStatusOf(refusal.code);
      socket.write(this.#responseTo(refusal, record.requestId));
      // An unfinished request is reported when its connection closes.
      if (unfinished === undefined) this.#onOperation(record);
    }
    socket.destroy(error);
  }

  /** A path that cannot be decoded. Fastify's own message would quote it. */
  refusedByRouter(request: FastifyRequest, reply: FastifyReply): void {
    request.record = startRecord(request.id);
    reply.headers(this.#headers).header('x-request-id', request.id);
    sendRequestError(new GatewayError('BAD_REQUEST'), request, reply);
    request.record.status = reply.statusCode;
    this.#onOperation(request.record);
  }

  #responseTo(refusal: GatewayError, requestId: string): string {
    const status = httpStatusOf(refusal.code) ?? 400;
    const body = errorBody(refusal, requestId);
    const headers = {
      ...this.#headers,
      'x-request-id': requestId,
      connection: 'close',
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
  }
}

/** Undefined for a connection that failed. */
function parserRefusalOf(code: string): GatewayError | undefined {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new GatewayError('REQUEST_TIMEOUT');
    case 'HPE_HEADER_OVERFLOW':
      return new GatewayError('HEADERS_TOO_LARGE');
    default:
      return code.startsWith('HPE_') ? new GatewayError('BAD_REQUEST', { message: MALFORMED }) : undefined;
  }
}

const MALFORMED = 'The request is not valid HTTP/1.1. Send one that is.';
