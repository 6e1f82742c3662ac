import type { GraphiQLProps } from 'graphiql';
import { type ExecutionResult, type GraphQLError, getOperationAST, parse } from 'graphql';
import { headersOf } from '../credentials/credentials.ts';
import { keptCredentials } from '../credentials/kept.ts';
import { FACTS } from '../facts.ts';
import { type GatewayResponse, type RunReport, reportOn, withoutDebug } from './report.ts';

type Fetcher = NonNullable<GraphiQLProps['fetcher']>;
type Params = Parameters<Fetcher>[0];

/**
 * Sends operations to the address that served the page, with the credentials and the tab's own headers, which override
 * them. A run that is stopped is aborted and reports nothing.
 * @param onReport gets the report on each run, and on reading the schema if that failed
 */
export function createFetcher(onReport: (report: RunReport) => void): Fetcher {
  return (params, options) => {
    const headers = new Headers(headersOf(keptCredentials(), FACTS));
    for (const [name, value] of Object.entries(options?.headers ?? {})) headers.set(name, value);
    headers.set('content-type', 'application/json');
    headers.set('accept', 'application/graphql-response+json, application/json;q=0.9');
    return observe(async (signal) => {
      const response = await send(JSON.stringify(withItsOwnName(params)), headers, signal);
      const report = reportOn(response, FACTS.debug);
      if (!signal.aborted && (params.operationName !== 'IntrospectionQuery' || report.failed)) onReport(report);
      return withoutDebug(response.result);
    });
  };
}

/** The response of the gateway. What is none becomes an error that says so. */
async function send(body: string, headers: Headers, signal: AbortSignal): Promise<GatewayResponse> {
  const start = performance.now();
  const took = () => performance.now() - start;
  try {
    const response = await fetch(window.location.pathname, { method: 'POST', headers, body, signal });
    const text = await response.text();
    const bytes = new TextEncoder().encode(text).length;
    return { status: response.status, milliseconds: took(), bytes, result: resultIn(text) };
  } catch {
    const result = failure('The gateway does not respond. Check that it runs, then run the query again.');
    return { status: 0, milliseconds: took(), bytes: 0, result };
  }
}

function resultIn(text: string): ExecutionResult {
  try {
    const result: unknown = JSON.parse(text);
    if (isGraphQLResult(result)) return result;
  } catch {
    // The error below reports it.
  }
  return failure(
    `The response is not a GraphQL result, so it is from a proxy and not from the gateway: ${text.slice(0, 200)}`,
  );
}

function isGraphQLResult(value: unknown): value is ExecutionResult {
  if (typeof value !== 'object' || value === null) return false;
  return 'errors' in value ? Array.isArray(value.errors) : 'data' in value;
}

const failure = (message: string): ExecutionResult => ({ errors: [{ message } as GraphQLError] });

/** Until the schema is read, GraphiQL sends the name of the first tab's operation for every tab. */
function withItsOwnName({ operationName, ...params }: Params): Params {
  try {
    return operationName && getOperationAST(parse(params.query), operationName) ? { ...params, operationName } : params;
  } catch {
    return params;
  }
}

/** One value for GraphiQL, which aborts the work if it unsubscribes. */
function observe<Value>(work: (signal: AbortSignal) => Promise<Value>) {
  return {
    subscribe(subscriber?: unknown) {
      const observer = subscriber as { next(value: Value): void; complete(): void };
      const controller = new AbortController();
      work(controller.signal).then((value) => {
        if (controller.signal.aborted) return;
        observer.next(value);
        observer.complete();
      });
      return { unsubscribe: () => controller.abort() };
    },
  };
}
