import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { GatewayError } from '../../model/errors.ts';
import type { ServerContext } from '../context.ts';
import { refusedDocumentStatus } from '../responseType.ts';

/**
 * The error that a hook throws to refuse a request before it is validated. Such an error bypasses the hooks that complete
 * responses, so it carries the request id and the HTTP status itself.
 */
export function requestErrorFor(
  error: GatewayError,
  { request, contextValue: { requestId, record } }: GraphQLRequestContext<ServerContext>,
): GraphQLError {
  record.outcome = error.code;
  const status = refusedDocumentStatus(request.http?.headers.get('accept'));
  const extensions = { ...error.extensions, requestId, http: { status } };
  return new GraphQLError(error.message, { extensions, originalError: error });
}

/**
 * Lets the errors of `requestErrorFor` reach the client: Apollo Server replaces an error that a hook throws before the
 * validation by an internal error, unless this hook rethrows it.
 */
export const requestErrors: ApolloServerPlugin<ServerContext> = {
  async unexpectedErrorProcessingRequest({ error }) {
    if (error instanceof GraphQLError) throw error;
  },
};
