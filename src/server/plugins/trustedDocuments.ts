import type { ApolloServerPlugin } from '@apollo/server';
import { GatewayError } from '../../model/errors.ts';
import type { PersistedOperations } from '../persistedOperations.ts';
import type { ServerContext } from '../serverContext.ts';
import { refusedRequest } from './refusedRequest.ts';

/** What a request may carry as `extensions`. */
type Extensions = { readonly persistedQuery?: { readonly sha256Hash?: unknown } };

/** Accepts registered operations alone, by id: whatever text comes along does not count. */
export function trustedDocuments(operations: PersistedOperations): ApolloServerPlugin<ServerContext> {
  return {
    async requestDidStart(requestContext) {
      const { request } = requestContext;
      const id = (request.extensions as Extensions | undefined)?.persistedQuery?.sha256Hash;
      const body = typeof id === 'string' ? operations.get(id) : undefined;
      if (body === undefined) throw refusedRequest(new GatewayError('PERSISTED_OPERATION_REQUIRED'), requestContext);
      request.query = body;
      delete request.extensions;
      return undefined;
    },
  };
}
