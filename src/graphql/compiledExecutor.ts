import { type DocumentNode, type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import type { GatewayContext } from './context.ts';

/** A validated operation, ready to be executed. */
export type Operation = {
  /** A hash of the document's text: equal documents have equal hashes, and no others. */
  readonly documentHash: string;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  /** Coerced as graphql-js does it: graphql-jit overlooks the default of a variable that must not be null. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: GatewayContext;
};

/** Executes an operation, or leaves it to graphql-js: then it is undefined. */
export type Executor = (operation: Operation) => Promise<ExecutionResult> | undefined;

const REMEMBERED_OPERATIONS = 500;
/** Compiling takes longer than executing a few times, and a client with ever new documents shall not make us compile all. */
const COMPILED_FROM_EXECUTION = 2;

type Compiled = { executions: number; execute: Executor | undefined };

/**
 * Executes operations that come again as functions compiled by graphql-jit, in about half the time for wide lists; the
 * first execution, and what it cannot compile, is for graphql-js. The answers are the same.
 */
export function compiler(schema: GraphQLSchema): Executor {
  const remembered = new LRUCache<string, Compiled>({ max: REMEMBERED_OPERATIONS });
  return (operation) => {
    const key = `${operation.documentHash} ${operation.operationName ?? ''}`;
    let compiled = remembered.get(key);
    if (compiled === undefined) {
      compiled = { executions: 0, execute: undefined };
      remembered.set(key, compiled);
    }
    if (++compiled.executions === COMPILED_FROM_EXECUTION) compiled.execute = compile(schema, operation);
    return compiled.execute?.(operation);
  };
}

function compile(schema: GraphQLSchema, { document, operationName }: Operation): Executor | undefined {
  const query = compileQuery(schema, document, operationName);
  if (!isCompiledQuery(query)) return undefined;
  return async ({ context, variables }) => asGraphqlJs(await query.query(undefined, context, variables));
}

/**
 * The errors as graphql-js would have them. Where several non-null fields of an object fail, it reports the first and
 * graphql-jit each of them: what became null has one cause, and gets one error. And its errors always have extensions.
 */
function asGraphqlJs(result: ExecutionResult): ExecutionResult {
  if (result.errors === undefined) return result;
  const told = new Set<string>();
  const errors: GraphQLError[] = [];
  for (const error of result.errors) {
    const place = pathToNull(result.data, error.path ?? []);
    if (told.has(place)) continue;
    told.add(place);
    errors.push(error.extensions === undefined ? withExtensions(error) : error);
  }
  return { ...result, errors };
}

function withExtensions({ message, path, locations, originalError }: GraphQLError): GraphQLError {
  const error = new GraphQLError(message, { path: path ?? null, originalError: originalError ?? null });
  return Object.assign(error, { locations });
}

function pathToNull(data: unknown, path: readonly (string | number)[]): string {
  let value = data;
  let depth = 0;
  while (depth < path.length && typeof value === 'object' && value !== null) {
    value = (value as Record<string | number, unknown>)[path[depth] ?? ''];
    depth++;
  }
  return JSON.stringify(path.slice(0, depth));
}
