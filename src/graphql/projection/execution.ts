import { type ApolloServerPlugin, type GraphQLResponse, HeaderMap } from '@apollo/server';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { Mask } from '../errors/maskError.ts';
import { asksForSchema } from '../limits/documentLimits.ts';
import type { ServerContext } from '../resolverContext.ts';
import { buildGatewaySchema } from '../schema.ts';
import { projectedSchema } from './projectedSchema.ts';

/** A valid operation with its coerced variables, ready to be executed. */
export type ExecutableOperation = {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: ServerContext;
};

export type OperationExecutor = (operation: ExecutableOperation) => Promise<ExecutionResult>;

/**
 * Executes operations instead of Apollo Server.
 *
 * Apollo Server's `gateway` option would also accept an executor, but makes an object with accessors for every request,
 * which keeps the whole response in memory until the next full garbage collection.
 * @param schema the original schema, which introspection shows
 */
export function execution(schema: GraphQLSchema, mask: Mask): ApolloServerPlugin<ServerContext> {
  const executor = operationExecutor(schema);
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ document, request: { operationName, variables = {} }, contextValue: context }) {
          return responseOf(await executor({ document, operationName, variables, context }), mask);
        },
      };
    },
  };
}

const NO_HEAD: GraphQLResponse['http'] = { headers: new HeaderMap() };

/** Apollo Server formats only the errors of its own executions. */
function responseOf({ data = null, errors }: ExecutionResult, mask: Mask): GraphQLResponse {
  const singleResult: FormattedExecutionResult<Record<string, unknown>> =
    errors === undefined ? { data } : { errors: errors.map((error) => mask(formattedError(error), error)), data };
  return { http: NO_HEAD, body: { kind: 'single', singleResult } };
}

/** An error of the execution decides no HTTP status: there are data beside it. */
function formattedError(error: GraphQLError): GraphQLFormattedError {
  const { http: _, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions: { code: 'INTERNAL_SERVER_ERROR', ...extensions } };
}

/** Executes operations with graphql-js and projects plain data. A response that becomes too large is replaced by an error. */
export function operationExecutor(schema: GraphQLSchema): OperationExecutor {
  const projected = executorOf(projectedSchema(buildGatewaySchema()));
  const plain = executorOf(schema);
  const introspection = new WeakMap<DocumentNode, boolean>();
  return (operation) => {
    const { document } = operation;
    let introspects = introspection.get(document);
    if (introspects === undefined) {
      introspects = asksForSchema(document);
      introspection.set(document, introspects);
    }
    return introspects ? plain(operation) : projected(operation);
  };
}

/** Executes operations with graphql-js and this schema. */
export function executorOf(schema: GraphQLSchema): OperationExecutor {
  return async ({ document, operationName, variables, context }) => {
    const result = await execute({
      schema,
      document,
      contextValue: context,
      variableValues: variables,
      ...(operationName !== undefined && { operationName }),
    });
    const tooLarge = context.responseSize.error;
    if (tooLarge === undefined) return result;
    return { data: null, errors: [new GraphQLError(tooLarge.message, { originalError: tooLarge })] };
  };
}
