import type { FetcherParams } from '@graphiql/toolkit';
import type { GatewayResponse } from './report.ts';

/** The response is not from a GraphQL server. */
export class NotGraphQLError extends Error {}

/**
 * Sends an operation to the address that served the page.
 * @throws NotGraphQLError if the response is not a JSON object, TypeError if there is none
 */
export async function send(
  params: FetcherParams,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<GatewayResponse> {
  const start = performance.now();
  const response = await fetch(window.location.pathname, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...headers,
    },
    body: JSON.stringify(withItsOwnName(params)),
    signal,
  });
  const text = await response.text();
  const milliseconds = performance.now() - start;
  return { status: response.status, milliseconds, bytes: new Blob([text]).size, result: parsed(text, response.status) };
}

function parsed(text: string, status: number): GatewayResponse['result'] {
  try {
    const result: unknown = JSON.parse(text);
    if (typeof result === 'object' && result !== null) return result;
  } catch {
    // The error below reports it.
  }
  throw new NotGraphQLError(`HTTP ${status} without JSON: ${text.slice(0, 200)}`);
}

/** Until the schema is read, GraphiQL sends the name of the first tab's operation for every tab. */
function withItsOwnName({ operationName, ...params }: FetcherParams): FetcherParams {
  const named =
    operationName != null && new RegExp(`\\b(query|mutation|subscription)\\s+${operationName}\\b`).test(params.query);
  return named ? { ...params, operationName } : params;
}
