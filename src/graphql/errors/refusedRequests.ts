import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import { GraphQLError } from 'graphql';
import Negotiator from 'negotiator';
import type { GatewayError } from '../../model/errors.ts';
import { recordOutcome } from '../../telemetry/operationRecord.ts';
import type { ServerContext } from '../resolverContext.ts';

/**
 * The error that a hook throws to refuse a request before it is validated. Such an error bypasses the hooks that complete
 * responses, so it carries the request id and the HTTP status itself.
 */
export function refusalOf(
  error: GatewayError,
  { request, contextValue: { requestId, record } }: GraphQLRequestContext<ServerContext>,
): GraphQLError {
  recordOutcome(record, error.code, error.cause);
  const status = refusedDocumentStatus(request.http?.headers.get('accept'));
  const extensions = { ...error.extensions, requestId, http: { status } };
  return new GraphQLError(error.message, { extensions, originalError: error });
}

/** Refuses what no operation should be executed for, and passes on what hooks refuse. */
export const refusedRequests: ApolloServerPlugin<ServerContext> = {
  /** Apollo Server executes an operation before it finds that its client accepts no response. */
  async requestDidStart({ request }) {
    if (preferredTypeOf(request.http?.headers.get('accept')) !== undefined) return;
    const message = `Accept must allow ${JSON_TYPE} or ${GRAPHQL_TYPE}.`;
    throw new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 406 } } });
  },

  /**
   * Lets what a hook throws before the validation reach the client, or the log if it is a defect: Apollo Server replaces it by an
   * internal error, unless this hook rethrows it.
   */
  async unexpectedErrorProcessingRequest({ error }) {
    throw error;
  },
};

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';

/** The type of a response, by the request's Accept header, negotiated as in Apollo Server. */
export function responseTypeOf(accept: string | undefined): typeof JSON_TYPE | typeof GRAPHQL_TYPE {
  return preferredTypeOf(accept)?.startsWith(GRAPHQL_TYPE) ? GRAPHQL_TYPE : JSON_TYPE;
}

function preferredTypeOf(accept: string | undefined): string | undefined {
  const negotiator = new Negotiator({ headers: accept === undefined ? {} : { accept } });
  // A client may name the charset, and a type without it would not be what it accepts.
  return negotiator.mediaType([JSON_TYPE, GRAPHQL_TYPE].map((type) => `${type}; charset=utf-8`));
}

/**
 * The HTTP status of a refused document. The GraphQL-over-HTTP specification demands 200 for `application/json`: old
 * clients and Apollo Gateway read the errors of a response only with that status.
 */
export function refusedDocumentStatus(accept: string | undefined): 200 | 400 {
  return responseTypeOf(accept) === GRAPHQL_TYPE ? 400 : 200;
}
