import { type DocumentNode, type ExecutionResult, execute, GraphQLError, type GraphQLSchema } from 'graphql';
import type { ServerContext } from '../context.ts';
import { asksForSchema } from '../limits/document.ts';
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
 * Executes operations with graphql-js and projects plain data. A response that becomes too large is replaced by an error.
 * @param schema the original schema, which introspection shows
 */
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
