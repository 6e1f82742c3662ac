import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { GatewayError } from '../../model/errors.ts';
import type { ServerContext } from '../context.ts';
import { refusedDocumentStatus } from '../responseType.ts';

/**
 * What a hook throws to end a request before it is validated: such an error goes past the hooks that complete an answer,
 * so it brings the request id and the HTTP status with it.
 */
export function requestErrorFor(
  refusal: GatewayError,
  { request, contextValue: { requestId, record } }: GraphQLRequestContext<ServerContext>,
): GraphQLError {
  record.outcome = refusal.code;
  const status = refusedDocumentStatus(request.http?.headers.get('accept'));
  const extensions = { ...refusal.extensions, requestId, http: { status } };
  return new GraphQLError(refusal.message, { extensions, originalError: refusal });
}

/**
 * Lets what `requestErrorFor` made reach the client: Apollo Server replaces whatever a hook throws before the document is
 * validated by an internal error, except when this hook throws.
 */
export const requestErrors: ApolloServerPlugin<ServerContext> = {
  async unexpectedErrorProcessingRequest({ error }) {
    if (error instanceof GraphQLError) throw error;
  },
};
