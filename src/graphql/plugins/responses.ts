import type { ApolloServerPlugin } from '@apollo/server';
import { printableName } from '../../telemetry/names.ts';
import type { ServerContext } from '../context.ts';
import { withRequestId } from '../publicErrors/maskError.ts';
import { refusedDocumentStatus } from '../responseType.ts';

/**
 * Completes every response. Its errors carry the id that the logs know the request by, and its first one is noted as the
 * operation's outcome.
 */
export const responses: ApolloServerPlugin<ServerContext> = {
  async requestDidStart({ contextValue: { requestId, record } }) {
    return {
      async didResolveOperation({ operationName }) {
        if (operationName) record.operationName = printableName(operationName);
      },

      async willSendResponse({ request, response: { http, body } }) {
        if (body.kind !== 'single' || body.singleResult.errors === undefined) return;
        const { errors } = body.singleResult;
        // A request without a document is 400 whatever the client accepts: it is no GraphQL request.
        if (http.status === 400 && errors[0]?.extensions?.code !== 'BAD_REQUEST') {
          http.status = refusedDocumentStatus(request.http?.headers.get('accept'));
        }
        if (errors[0]) record.outcome = String(errors[0].extensions?.code ?? 'INTERNAL_SERVER_ERROR');
        body.singleResult.errors = errors.map((error) => withRequestId(error, requestId));
        // No failure is for any cache to keep; Apollo Server would have it otherwise for an unknown persisted query.
        http.headers.delete('cache-control');
      },
    };
  },
};
