import type { Logger } from 'pino';
import { parseConfig } from '../../src/config/config.ts';
import type { HttpTimeouts } from '../../src/http/server.ts';
import { type Gateway, startGateway } from '../../src/start/gateway.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import type { TestUpstream } from './upstream.ts';

/** Credentials that pass through to the test's upstream. */
export const BASIC = `Basic ${Buffer.from('till:5f4dcc3b5aa765d61d8327deb882cf99').toString('base64')}`;

export type GraphQLAnswer = {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly data: any;
  readonly errors:
    | readonly {
        readonly message: string;
        readonly path?: readonly (string | number)[];
        readonly extensions: Record<string, unknown>;
      }[]
    | undefined;
  readonly text: string;
};

export type TestGateway = {
  readonly url: string;
  /** The server's root, without /graphql. */
  readonly origin: string;
  query(query: string, options?: QueryOptions): Promise<GraphQLAnswer>;
  close(): Promise<void>;
};

export type QueryOptions = {
  readonly variables?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  readonly operationName?: string;
  readonly signal?: AbortSignal;
};

/** Starts a gateway in this process on a free port in front of the test's upstream. */
export async function startTestGateway(
  upstream: TestUpstream,
  env: Record<string, string> = {},
  logger: Logger = createLogger('silent', 'json'),
  timeouts?: HttpTimeouts,
): Promise<TestGateway> {
  const config = parseConfig({ PORT: '0', UPSTREAM_URL: upstream.url, ...env });
  const gateway: Gateway = await startGateway(config, { url: upstream.url, sandbox: false }, logger, timeouts);
  return {
    url: gateway.url,
    origin: gateway.url.replace(/\/graphql$/, ''),
    query: (query, options) => ask(gateway.url, query, options),
    close: () => gateway.close(),
  };
}

/** Sends a query the way a frontend does, with credentials unless `headers` has others. */
export async function ask(url: string, query: string, options: QueryOptions = {}): Promise<GraphQLAnswer> {
  const { headers = { authorization: BASIC }, signal, ...rest } = options;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    body: JSON.stringify({ query, ...rest }),
    ...(signal && { signal }),
  });
  const text = await response.text();
  const { data, errors } = text.startsWith('{') ? JSON.parse(text) : { data: undefined, errors: undefined };
  return { status: response.status, headers: response.headers, data, errors, text };
}

/** One customer of the tests, with a selection of its fields. */
export function customer(selection: string, value = '917406400033', alias = ''): string {
  return `${alias}customer(identifier: { name: MOBILE, value: "${value}" }, source: INSTORE) { ${selection} }`;
}
