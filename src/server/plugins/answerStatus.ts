import type { ApolloServerPlugin } from '@apollo/server';
import type { ServerContext } from '../serverContext.ts';

/** The HTTP status of a refused document, by what the client's Accept header names. */
export function refusedDocumentStatus(accept = ''): 200 | 400 {
  return accept.includes('application/json') && !accept.includes('application/graphql-response+json') ? 200 : 400;
}

/**
 * A refused document is answered with 400, but with 200 where the client's Accept names `application/json` and not
 * `application/graphql-response+json`: the GraphQL-over-HTTP specification has it so for clients of old, and Apollo
 * Gateway loses our error codes otherwise.
 */
export const answerStatus: ApolloServerPlugin<ServerContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ request, response }) {
        const { http, body } = response;
        // No failure is for any cache to keep; Apollo Server would have it otherwise for an unknown persisted query.
        if (body.kind === 'single' && body.singleResult.errors) http.headers.delete('cache-control');
        if (http.status === 400) http.status = refusedDocumentStatus(request.http?.headers.get('accept'));
      },
    };
  },
};
