import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { GatewayError } from '../../model/errors.ts';
import { recordOutcome } from '../../telemetry/operationRecord.ts';
import { refusedDocumentStatus } from '../completedResponses.ts';
import type { ServerContext } from '../resolverContext.ts';

/**
 * The error that a hook throws to refuse a request before it is validated. Such an error bypasses the hooks that complete
 * responses, so it carries the request id and the HTTP status itself.
 */
export function refusalOf(
  error: GatewayError,
  { request, contextValue: { record } }: GraphQLRequestContext<ServerContext>,
): GraphQLError {
  recordOutcome(record, error.code, error.cause);
  const status = refusedDocumentStatus(request.http?.headers.get('accept'));
  const extensions = { ...error.extensions, requestId: record.requestId, http: { status } };
  return new GraphQLError(error.message, { extensions, originalError: error });
}

/**
 * Lets what a hook throws before the validation reach the client, or the log if it is a defect: Apollo Server replaces it by an
 * internal error, unless this hook rethrows it.
 */
export const rethrowErrors: ApolloServerPlugin<ServerContext> = {
  async unexpectedErrorProcessingRequest({ error }) {
    throw error;
  },
};
