import type { Logger } from 'pino';
import { parseConfig } from '../../src/config/config.ts';
import { HTTP_TIMEOUTS, type HttpTimeouts } from '../../src/http/limits.ts';
import { startGateway } from '../../src/start/gateway.ts';
import { collectLogs, type Logs } from './logs.ts';

/** Credentials that pass through to the test's upstream. */
export const BASIC = `Basic ${Buffer.from('till:5f4dcc3b5aa765d61d8327deb882cf99').toString('base64')}`;

export type GraphQLResult = {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read responses of any shape
  readonly data: any;
  readonly errors:
    | readonly {
        readonly message: string;
        readonly path?: readonly (string | number)[];
        readonly extensions: Record<string, unknown>;
      }[]
    | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests read responses of any shape
  readonly extensions: any;
  readonly text: string;
};

export type TestGateway = {
  readonly url: string;
  /** The server's root, without /graphql. */
  readonly origin: string;
  readonly logs: Logs;
  query(query: string, options?: QueryOptions): Promise<GraphQLResult>;
  /** Posts any body to /graphql, with credentials unless `headers` has others. */
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The value of a sample, by its name and labels as Prometheus writes them; undefined if there is none. */
  metric(sample: string): Promise<number | undefined>;
  /** Everything at /metrics. */
  metrics(): Promise<string>;
  close(): Promise<void>;
};

export type QueryOptions = {
  readonly variables?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  readonly operationName?: string;
  readonly signal?: AbortSignal;
};

export type GatewayOptions = {
  readonly timeouts?: Partial<HttpTimeouts>;
  /** The embedded sandbox's URL, which is then used instead of the programmable upstream. */
  readonly sandboxUrl?: string;
  readonly logger?: Logger;
};

const DEFAULTS = { PORT: '0', LOG_FORMAT: 'json' };

/** Tests compete for the processor and block the event loop themselves, and some stop the time. */
const PATIENT = { ...HTTP_TIMEOUTS, eventLoopDelayMs: 600_000 };

/** Starts a gateway in this process on a free port. Tests take it from the fixture, which closes it too. */
export async function startTestGateway(
  upstreamUrl: string,
  env: Record<string, string> = {},
  { timeouts, sandboxUrl, logger }: GatewayOptions = {},
): Promise<TestGateway> {
  const config = parseConfig({ ...DEFAULTS, UPSTREAM_URL: upstreamUrl, ...env });
  const logs = collectLogs(config.log.level);
  const upstream = { url: sandboxUrl ?? env.UPSTREAM_URL ?? upstreamUrl, sandbox: sandboxUrl !== undefined };
  const { url, finish, close } = await startGateway(config, upstream, logger ?? logs.logger, {
    ...PATIENT,
    ...timeouts,
  });
  const origin = url.replace(/\/graphql$/, '');
  const metrics = async () => (await fetch(`${origin}/metrics`)).text();
  let closed: Promise<void> | undefined;
  return {
    url,
    origin,
    logs,
    query: (query, options) => ask(url, query, options),
    post: (body, headers = { authorization: BASIC }) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    metric: async (sample) => sampleOf(await metrics(), sample),
    metrics,
    close: () => {
      closed ??= finish().then(close);
      return closed;
    },
  };
}

/** Sends a query the way a frontend does, with credentials unless `headers` has others. */
export async function ask(url: string, query: string, options: QueryOptions = {}): Promise<GraphQLResult> {
  const { headers = { authorization: BASIC }, signal, ...rest } = options;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    body: JSON.stringify({ query, ...rest }),
    ...(signal && { signal }),
  });
  const text = await response.text();
  const { data, errors, extensions } = text.startsWith('{') ? JSON.parse(text) : {};
  return { status: response.status, headers: response.headers, data, errors, extensions, text };
}

/** One customer of the tests, with a selection of its fields. */
export function customer(selection: string, value = '917406400033', alias = ''): string {
  return `${alias}customer(identifier: { name: MOBILE, value: "${value}" }, source: INSTORE) { ${selection} }`;
}

function sampleOf(exposition: string, sample: string): number | undefined {
  const line = exposition.split('\n').find((each) => each.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length + 1));
}
