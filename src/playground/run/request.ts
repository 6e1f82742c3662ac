import type { FetcherParams } from '@graphiql/toolkit';
import type { Answer } from './report.ts';

/** What answered is no GraphQL server. */
export class NotGraphQLError extends Error {}

/**
 * Sends an operation to the address that served the page.
 * @throws NotGraphQLError for an answer that is no JSON object, TypeError for no answer
 */
export async function send(
  params: FetcherParams,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
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

function parsed(text: string, status: number): Answer['result'] {
  try {
    const result: unknown = JSON.parse(text);
    if (typeof result === 'object' && result !== null) return result;
  } catch {
    // Said below.
  }
  throw new NotGraphQLError(`HTTP ${status}, and no JSON: ${text.slice(0, 200)}`);
}

/** Until the schema is read, GraphiQL sends the name of the operation it opened with, whichever tab is run. */
function withItsOwnName({ operationName, ...params }: FetcherParams): FetcherParams {
  const named =
    operationName != null && new RegExp(`\\b(query|mutation|subscription)\\s+${operationName}\\b`).test(params.query);
  return named ? { ...params, operationName } : params;
}
