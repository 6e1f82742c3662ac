import type { ApolloServerPlugin } from '@apollo/server';
import type { ServerContext } from '../context.ts';
import { withRequestId } from '../publicErrors/maskError.ts';

/** Longer names are a client's mistake or mischief; they are cut. */
const MAX_NAME_LENGTH = 80;

/** The HTTP status of a refused document, by what the client's Accept header names. */
export function refusedDocumentStatus(accept = ''): 200 | 400 {
  return accept.includes('application/json') && !accept.includes('application/graphql-response+json') ? 200 : 400;
}

/**
 * Completes every answer. Its errors carry the id that the logs know the request by, and its first one is noted as the
 * operation's outcome.
 *
 * A refused document is answered with 400, but with 200 where the client's Accept names `application/json` and not
 * `application/graphql-response+json`: the GraphQL-over-HTTP specification has it so for clients of old, and Apollo
 * Gateway loses our error codes otherwise.
 */
export const responses: ApolloServerPlugin<ServerContext> = {
  async requestDidStart({ contextValue: { requestId, record } }) {
    return {
      async didResolveOperation({ operationName }) {
        record.operationName = operationName?.slice(0, MAX_NAME_LENGTH) ?? undefined;
      },

      async willSendResponse({ request, response: { http, body } }) {
        if (http.status === 400) http.status = refusedDocumentStatus(request.http?.headers.get('accept'));
        if (body.kind !== 'single' || body.singleResult.errors === undefined) return;
        const { errors } = body.singleResult;
        if (errors[0]) record.outcome = String(errors[0].extensions?.code ?? 'INTERNAL_SERVER_ERROR');
        body.singleResult.errors = errors.map((error) => withRequestId(error, requestId));
        // No failure is for any cache to keep; Apollo Server would have it otherwise for an unknown persisted query.
        http.headers.delete('cache-control');
      },
    };
  },
};
