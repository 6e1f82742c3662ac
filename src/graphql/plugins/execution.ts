import { type ApolloServerPlugin, type GraphQLResponse, HeaderMap } from '@apollo/server';
import type { ExecutionResult, FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import type { ServerContext } from '../context.ts';
import { type MaskingOptions, maskError } from '../errors/maskError.ts';
import type { OperationExecutor } from '../execution/operationExecutor.ts';

const NO_HEAD: GraphQLResponse['http'] = { headers: new HeaderMap() };

/**
 * Executes operations instead of Apollo Server.
 *
 * Apollo Server's `gateway` option would also accept an executor, but makes an object with accessors for every request,
 * which keeps the whole response in memory until the next full garbage collection.
 */
export function execution(execute: OperationExecutor, masking: MaskingOptions): ApolloServerPlugin<ServerContext> {
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ document, request: { operationName }, contextValue: context }) {
          const { variables } = context;
          if (variables === undefined) return null;
          return responseOf(await execute({ document, operationName, variables, context }), masking);
        },
      };
    },
  };
}

/** Apollo Server formats only the errors of its own executions. */
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
