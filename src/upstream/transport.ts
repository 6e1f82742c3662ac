import { type Agent as HttpAgent, request as httpRequest } from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import got from 'got';
import { causeOf, cutAfter, largerThan, timedOutAfter } from './causes.ts';
import { UpstreamError } from './payload/outcome.ts';
import { unpack } from './unpack.ts';

/** A response with any status. `body` holds at most the configured number of bytes. */
export type RawAnswer = {
  readonly status: number;
  /** The Retry-After header, seconds or an HTTP date. */
  readonly retryAfter: string | undefined;
  /** Upstream's own id of the request, which its support asks for. */
  readonly requestId: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
};

export type TransportOptions = {
  /** Scheme, host and port, and a path prefix if there is one; no trailing slash. */
  readonly baseUrl: string;
  readonly agent: HttpAgent | HttpsAgent;
  /** Milliseconds from the call to the last byte of its answer. */
  readonly timeoutMs: number;
  /** Most bytes of an answer, unpacked. */
  readonly maxBytes: number;
};

export type Transport = {
  /**
   * One GET. Redirects are not followed, nothing is retried, any HTTP status is an answer.
   * @throws UpstreamError: UPSTREAM_TIMEOUT, UPSTREAM_UNAVAILABLE (refused, reset or cut), UPSTREAM_INVALID_RESPONSE (too
   * many bytes); or the signal's reason once it is aborted.
   */
  get(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<RawAnswer>;
};

/**
 * HTTP towards upstream over kept-alive connections. got gets neither path nor headers, so that nothing it keeps or prints
 * holds an identifier or credentials.
 *
 * got's own way (agent, timeout, signal, decompress as options) was measured against this in one run: an operation of one
 * call costs 1.24 times the CPU, one of 20 calls 1.12, and a call by itself 1.5 (445 and 671 µs, medians of five rounds in
 * turn), since got copies and checks all of its options for every request. So it gets few options.
 */
export function createTransport({ baseUrl, agent, timeoutMs, maxBytes }: TransportOptions): Transport {
  const base = new URL(baseUrl);
  const secure = base.protocol === 'https:';
  const { hostname, port } = urlToHttpOptions(base);
  const prefix = base.pathname.replace(/\/$/, '');
  const open = (path: string, headers: Record<string, string>) =>
    (secure ? httpsRequest : httpRequest)({ agent, hostname, port, path: `${prefix}${path}`, headers });
  const client = got.extend({
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
  });

  const get = (path: string, headers: Record<string, string>, signal: AbortSignal): Promise<RawAnswer> =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const stream = client.stream(base.origin, { request: () => open(path, headers) });
      let waiting: Waiting | undefined = { resolve, reject, head: undefined, chunks: [], received: 0 };
      // What the listeners hold is let go here: a part of each stream is born old, and all that it reaches would stay in
      // memory up to the next full garbage collection.
      const settle = (): Waiting | undefined => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        const settled = waiting;
        waiting = undefined;
        return settled;
      };
      const fail = (error: unknown) => {
        settle()?.reject(error);
        stream.destroy();
      };
      const abort = () => fail(signal.reason);
      const timer = setTimeout(() => fail(timedOut(waiting, timeoutMs)), timeoutMs);
      signal.addEventListener('abort', abort, { once: true });
      stream.on('response', (response: Head) => {
        if (waiting !== undefined) waiting.head = response;
      });
      stream.on('data', (chunk: Buffer) => {
        if (waiting === undefined) return;
        waiting.received += chunk.length;
        if (waiting.received <= maxBytes) waiting.chunks.push(chunk);
        else fail(tooLarge(waiting, maxBytes));
      });
      stream.on('end', () => {
        const settled = settle();
        settled?.resolve(answerOf(settled, maxBytes));
      });
      stream.on('error', (error) => fail(broken(waiting, error)));
    });

  return { get };
}

type Head = { readonly statusCode: number; readonly headers: Readonly<Record<string, string | undefined>> };

/** A request whose answer is still coming. */
type Waiting = {
  readonly resolve: (answer: RawAnswer | Promise<RawAnswer>) => void;
  readonly reject: (error: unknown) => void;
  head: Head | undefined;
  readonly chunks: Buffer[];
  received: number;
};

function answerOf(waiting: Waiting, maxBytes: number): RawAnswer | Promise<RawAnswer> {
  const { head, chunks, received } = waiting;
  const answer = {
    status: head?.statusCode ?? 0,
    retryAfter: head?.headers['retry-after'],
    requestId: requestIdOf(head),
    contentType: head?.headers['content-type'],
    body: joined(chunks, received),
  };
  const encoding = head?.headers['content-encoding'] ?? 'identity';
  return encoding === 'identity' || received === 0 ? answer : unpacked(answer, encoding, waiting, maxBytes);
}

async function unpacked(answer: RawAnswer, encoding: string, waiting: Waiting, maxBytes: number): Promise<RawAnswer> {
  const body = await unpack(answer.body, encoding, maxBytes);
  if (body === 'too large') throw tooLarge(waiting, maxBytes);
  if (body === 'not unpackable') throw unreadable(waiting, 'cannot be unpacked');
  return { ...answer, body };
}

/** It is shown to clients and in logs, so it has to look like an id. */
function requestIdOf(head: Head | undefined): string | undefined {
  const id = head?.headers['x-cap-requestid'];
  return id !== undefined && /^[\w.-]{1,64}$/.test(id) ? id : undefined;
}

/** What is known of an answer whose head came, though the rest of it did not. */
function verdictOf(waiting: Waiting | undefined) {
  if (waiting?.head === undefined) return {};
  const requestId = requestIdOf(waiting.head);
  return { upstream: { status: waiting.head.statusCode, ...(requestId !== undefined && { requestId }) } };
}

function timedOut(waiting: Waiting | undefined, timeoutMs: number): UpstreamError {
  return new UpstreamError('failing', 'UPSTREAM_TIMEOUT', { ...verdictOf(waiting), cause: timedOutAfter(timeoutMs) });
}

function tooLarge(waiting: Waiting, maxBytes: number): UpstreamError {
  return unreadable(waiting, largerThan(maxBytes));
}

function unreadable(waiting: Waiting, cause: string): UpstreamError {
  return new UpstreamError('unreadable', 'UPSTREAM_INVALID_RESPONSE', { ...verdictOf(waiting), cause });
}

function broken(waiting: Waiting | undefined, error: unknown): UpstreamError {
  const code = causeOf(error) === 'ETIMEDOUT' ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNAVAILABLE';
  const cause = waiting?.head === undefined ? causeOf(error) : cutAfter(waiting.received);
  return new UpstreamError('failing', code, { ...verdictOf(waiting), cause });
}

/** Most answers come in one piece, which need not be copied. */
function joined(chunks: readonly Buffer[], length: number): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length);
}
