import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import got from 'got';
import type { Agent } from './agent.ts';
import { causeOf, largerThan, noJson, timedOutAfter } from './causes.ts';
import type { CallTrace, SharedCallKind, UpstreamEvents } from './events.ts';
import { UpstreamError } from './payload/outcome.ts';

export type EndpointOptions = {
  readonly kind: SharedCallKind;
  readonly url: string;
  readonly agent: Agent;
  /** Milliseconds from the call to the last byte of its response. */
  readonly timeoutMs: number;
  readonly events: Pick<UpstreamEvents, 'callEnded'>;
  readonly startTrace: (kind: SharedCallKind, url: string) => CallTrace;
};

/** The name of each endpoint in the log, and the cause if its response does not hold what it should. */
export const ENDPOINTS: Readonly<Record<SharedCallKind, { readonly name: string; readonly missing: string }>> = {
  token: { name: 'token endpoint', missing: 'no token in the response' },
  'key set': { name: 'key set', missing: 'no keys in the response' },
};

/** Much more than any token or key set has. */
const MAX_BYTES = 1_000_000;

/** An endpoint other than the lookup, with JSON responses. Its calls are logged, counted and traced like lookups. */
export class Endpoint {
  readonly #options: EndpointOptions;

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  /**
   * Calls the endpoint once: with a POST of `json` if there is any, else with a GET.
   * @param read reads the result from the response body; undefined if the body does not hold it
   * @throws UpstreamError with the cause, which quotes neither the request nor the response
   */
  async call<Result>(json: unknown, read: (body: unknown) => Result | undefined): Promise<Result> {
    const { kind, url, events, startTrace } = this.#options;
    const startedAt = performance.now();
    const trace = startTrace(kind, url);
    const end = (status: number | undefined, error?: UpstreamError) => {
      const durationMs = performance.now() - startedAt;
      const outcome = error?.code ?? 'OK';
      events.callEnded({ kind, requestId: undefined, trace, caller: undefined, status, outcome, error, durationMs });
    };
    let status: number | undefined;
    try {
      const response = await this.#send(json);
      status = response.statusCode;
      const result = this.#resultIn(response, read);
      end(status);
      return result;
    } catch (error) {
      const failure = error instanceof UpstreamError ? error : failed(this.#causeOf(error));
      end(status, failure);
      throw failure;
    }
  }

  #send(json: unknown) {
    const { url, agent, timeoutMs } = this.#options;
    const tooLarge = new AbortController();
    const request = got(url, {
      ...(json === undefined ? {} : { method: 'POST', json }),
      agent: { http: agent as HttpAgent, https: agent as HttpsAgent },
      timeout: { request: timeoutMs },
      signal: tooLarge.signal,
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      responseType: 'text',
    });
    request.on('downloadProgress', ({ transferred }) => {
      if (transferred > MAX_BYTES) tooLarge.abort();
    });
    // got listens for it, so Node leaves the connection open.
    request.on('request', (made) => made.on('upgrade', (_, socket) => socket.destroy()));
    return request;
  }

  #resultIn<Result>(
    { statusCode, headers, body }: { statusCode: number; headers: Record<string, unknown>; body: string },
    read: (body: unknown) => Result | undefined,
  ): Result {
    const { name, missing } = ENDPOINTS[this.#options.kind];
    if (statusCode < 200 || statusCode >= 300) throw failed(`${name} ${statusCode}`);
    let json: unknown;
    try {
      json = JSON.parse(body);
    } catch {
      throw failed(noJson(String(headers['content-type'] ?? '')));
    }
    const result = read(json);
    if (result === undefined) throw failed(missing);
    return result;
  }

  #causeOf(error: unknown): string {
    const cause = causeOf(error);
    if (cause === 'ETIMEDOUT') return timedOutAfter(this.#options.timeoutMs);
    return cause === 'ERR_ABORTED' ? largerThan(MAX_BYTES) : cause;
  }
}

function failed(cause: string): UpstreamError {
  return new UpstreamError('failing', 'UPSTREAM_UNAVAILABLE', { cause });
}
