import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got from 'got';
import { GatewayError } from '../model/errors.ts';

/** An answer as it came, whatever its status. `body` holds at most the configured number of bytes. */
export type RawAnswer = {
  readonly status: number;
  /** The Retry-After header, seconds or an HTTP date. */
  readonly retryAfter: string | undefined;
  readonly body: Buffer;
};

export type TransportOptions = {
  /** Scheme, host and port, and a path prefix where there is one; no trailing slash. */
  readonly baseUrl: string;
  /** Milliseconds from the call to the last byte of its answer. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
};

export type Transport = {
  /**
   * One GET. Redirects are not followed, nothing is retried, any HTTP status is an answer.
   * @throws UPSTREAM_TIMEOUT, UPSTREAM_UNAVAILABLE (refused, reset or cut), UPSTREAM_INVALID_RESPONSE (too many bytes),
   * or the signal's reason once it is aborted.
   */
  get(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<RawAnswer>;
  close(): void;
};

/** HTTP towards upstream over kept-alive connections. got's errors hold URLs and so identifiers: none leaves this file. */
export function createTransport({ baseUrl, timeoutMs, maxBytes }: TransportOptions): Transport {
  // How many calls go at once is bounded where they are admitted: here one would wait for a socket's return.
  const agentOptions = { keepAlive: true, scheduling: 'lifo' } as const;
  const agent = { http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) };
  const client = got.extend({
    agent,
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
    hooks: {},
  });

  const get = (path: string, headers: Record<string, string>, signal: AbortSignal): Promise<RawAnswer> =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const stream = client.stream(`${baseUrl}${path}`, { headers });
      const chunks: Buffer[] = [];
      let received = 0;
      let status = 0;
      let retryAfter: string | undefined;
      const settle = (deliver: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        deliver();
      };
      const fail = (error: unknown) => {
        settle(() => reject(error));
        stream.destroy();
      };
      const abort = () => fail(signal.reason);
      const timer = setTimeout(() => fail(new GatewayError('UPSTREAM_TIMEOUT')), timeoutMs);
      signal.addEventListener('abort', abort, { once: true });
      stream.on('response', (response: { statusCode: number; headers: Record<string, string | undefined> }) => {
        status = response.statusCode;
        retryAfter = response.headers['retry-after'];
      });
      stream.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received > maxBytes) fail(new GatewayError('UPSTREAM_INVALID_RESPONSE', { upstream: { status } }));
        else chunks.push(chunk);
      });
      stream.on('end', () => settle(() => resolve({ status, retryAfter, body: joined(chunks, received) })));
      stream.on('error', (error: { code?: string }) => {
        fail(new GatewayError(error.code === 'ETIMEDOUT' ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNAVAILABLE'));
      });
    });

  return {
    get,
    close() {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}

/** Most answers come in one piece, which need not be copied. */
function joined(chunks: readonly Buffer[], length: number): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length);
}
