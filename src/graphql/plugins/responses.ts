import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { GatewayError } from '../../model/errors.ts';
import { printableName } from '../../telemetry/names.ts';
import type { ServerContext } from '../context.ts';
import { documentHash } from '../documentHash.ts';
import { withRequestId } from '../errors/maskError.ts';
import { onlyCauses } from '../errors/onlyCauses.ts';
import { refusedDocumentStatus } from '../responseType.ts';

/**
 * Completes every response. For each value that is null because of errors, one error is listed. Errors hold the request id,
 * which is also in the logs. The code of the first error becomes the operation's outcome.
 * @param maxErrors how many errors of an execution are listed; one more says how many are left out
 */
export function responses(maxErrors: number): ApolloServerPlugin<ServerContext> {
  return {
    requestDidStart: async ({ contextValue: { requestId, record } }) => ({
      async didResolveOperation({ operationName, operation, document }) {
        if (operation === undefined) return;
        record.operation = {
          type: operation.operation,
          name: operationName ? printableName(operationName) : undefined,
          // A text, since a cached response keeps these facts, and must not keep the document.
          documentHash: record.traceId === undefined ? undefined : documentHash(document),
        };
      },

      async willSendResponse({ request, schema, document, response: { http, body } }) {
        if (body.kind !== 'single' || body.singleResult.errors === undefined) return;
        const { data } = body.singleResult;
        const wasExecuted = data !== undefined && document !== undefined;
        const errors = wasExecuted
          ? onlyCauses(body.singleResult.errors, data, document, schema)
          : body.singleResult.errors;
        // A request without a document is always 400: it is not a GraphQL request.
        if (http.status === 400 && errors[0]?.extensions?.code !== 'BAD_REQUEST') {
          http.status = refusedDocumentStatus(request.http?.headers.get('accept'));
        }
        if (errors[0]) record.outcome = String(errors[0].extensions?.code ?? 'INTERNAL_SERVER_ERROR');
        const listed = body.singleResult.data === undefined ? errors : listedErrors(errors, maxErrors);
        body.singleResult.errors = listed.map((error) => withRequestId(error, requestId));
        // No cache may store an error. Apollo Server sets this header for an unknown persisted query.
        http.headers.delete('cache-control');
      },
    }),
  };
}

/** The first errors of an execution, and one that counts the rest. */
function listedErrors(errors: readonly GraphQLFormattedError[], maxErrors: number): readonly GraphQLFormattedError[] {
  if (errors.length <= maxErrors) return errors;
  const omitted = errors.length - maxErrors;
  const message = `${omitted} more errors are not listed.`;
  const { extensions } = new GatewayError('TOO_MANY_ERRORS', { facts: { omitted } });
  return [...errors.slice(0, maxErrors), { message, extensions }];
}
