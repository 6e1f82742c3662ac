import { type ApolloServerPlugin, type GraphQLResponse, HeaderMap } from '@apollo/server';
import type { ExecutionResult, FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Executor } from '../compiledExecutor.ts';
import type { ServerContext } from '../context.ts';
import { type MaskingOptions, maskError } from '../publicErrors/maskError.ts';

const NO_HEAD: GraphQLResponse['http'] = { headers: new HeaderMap() };

/**
 * Has operations executed by `execute` in Apollo Server's stead. What that does not take, or fails at, is left to Apollo
 * Server, and so are traced operations and variables that do not fit.
 *
 * The other way to bring an executor, a gateway, makes an object with accessors for every request: each of these keeps
 * all that its request was answered with alive up to the next full garbage collection.
 */
export function compiledOperations(execute: Executor, masking: MaskingOptions): ApolloServerPlugin<ServerContext> {
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ document, queryHash, request, contextValue }) {
          const { traced, variables } = contextValue;
          if (traced || variables === undefined || queryHash === undefined) return null;
          const { operationName } = request;
          const operation = { documentHash: queryHash, document, operationName, variables, context: contextValue };
          try {
            const result = await execute(operation);
            return result === undefined ? null : responseOf(result, masking);
          } catch (error) {
            masking.onUnhandledError(error);
            return null;
          }
        },
      };
    },
  };
}

/** Apollo Server formats the errors of its own executions alone. */
function responseOf({ data = null, errors }: ExecutionResult, masking: MaskingOptions): GraphQLResponse {
  const singleResult: FormattedExecutionResult<Record<string, unknown>> =
    errors === undefined
      ? { data }
      : { errors: errors.map((error) => maskError(formattedError(error), error, masking)), data };
  return { http: NO_HEAD, body: { kind: 'single', singleResult } };
}

function formattedError(error: GraphQLError): GraphQLFormattedError {
  return { ...error.toJSON(), extensions: { code: 'INTERNAL_SERVER_ERROR', ...error.extensions } };
}
