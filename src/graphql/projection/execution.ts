import { type ApolloServerPlugin, type GraphQLResponse, HeaderMap } from '@apollo/server';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type FieldNode,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLField,
  type GraphQLFormattedError,
  type GraphQLNamedType,
  GraphQLNonNull,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isLeafType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { ResponseSize } from '../completedResponses.ts';
import type { Mask } from '../errors/maskError.ts';
import type { ServerContext } from '../resolverContext.ts';
import { buildGatewaySchema } from '../schema.ts';
import { type Projection, projectionOf } from './projection.ts';

/** A valid operation with its coerced variables, ready to be executed. */
export type ExecutableOperation = {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: ServerContext;
};

/** Executes an operation. Its errors are in the result. */
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
  const known = new WeakMap<DocumentNode, ReturnType<typeof traitsOf>>();
  return (operation) => {
    const { document, variables } = operation;
    let traits = known.get(document);
    if (traits === undefined) {
      traits = traitsOf(document);
      known.set(document, traits);
    }
    // A condition that is null is an error of each object that it is met in, and so of no object in an empty list.
    const isPlain = traits.introspects || traits.conditions.some((name) => variables[name] === null);
    return isPlain ? plain(operation) : projected(operation);
  };
}

/** What decides how a document is executed: whether it asks for the schema, and the variables of its directives. */
function traitsOf(document: DocumentNode) {
  const conditions: string[] = [];
  let introspects = false;
  visit(document, {
    Field({ name }) {
      introspects ||= name.value === '__schema' || name.value === '__type';
    },
    Directive({ arguments: given = [] }) {
      for (const { value } of given) if (value.kind === Kind.VARIABLE) conditions.push(value.name.value);
    },
  });
  return { introspects, conditions };
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

/** A value that needs no further completion. */
const PROJECTED = new GraphQLScalarType({ name: 'Projected', serialize: (value) => value });

/**
 * Changes a schema into one for the execution of valid documents. A field of a customer with plain data resolves to
 * everything that is selected of it at once. graphql-js would resolve each of thousands of fields separately, which takes
 * three times as long. graphql-js still executes every field that has a resolver.
 */
function projectedSchema(schema: GraphQLSchema): GraphQLSchema {
  const customer = schema.getType('Customer');
  if (!isObjectType(customer)) throw new Error('The schema has no type Customer.');
  for (const field of Object.values(customer.getFields())) {
    if (isPlainData(getNamedType(field.type), new Set())) project(field);
  }
  return schema;
}

/** Whether a type has neither resolvers nor arguments, nor any type below it. */
function isPlainData(type: GraphQLNamedType, seen: Set<GraphQLNamedType>): boolean {
  if (!isObjectType(type)) return false;
  if (seen.has(type)) return true;
  seen.add(type);
  return Object.values(type.getFields()).every(({ resolve, args, type: inner }) => {
    const named = getNamedType(inner);
    return resolve === undefined && args.length === 0 && (isLeafType(named) || isPlainData(named, seen));
  });
}

function project(field: GraphQLField<unknown, ServerContext>): void {
  const { resolve, type } = field;
  if (resolve === undefined) return;
  const projections = new KnownProjections(getNullableType(type));
  field.type = isNonNullType(type) ? new GraphQLNonNull(PROJECTED) : PROJECTED;
  field.resolve = (source, args, context, info) => {
    const made: unknown = resolve(source, args, context, info);
    const project = (value: unknown) => context.projected.of(value, projections.of(info), context.responseSize);
    // Not async: a promise for each `identifier` of thousands of references takes three times as long as its projection.
    return made instanceof Promise ? made.then(project) : project(made);
  };
}

/**
 * Caches the projections of one field: by its only node for a repeated document, else by the list of its nodes, which the objects
 * of one list share. Without @skip and @include, only the document decides what is selected of a field, and nodes of an operation
 * with the same text have one projection.
 */
class KnownProjections {
  readonly #type: GraphQLOutputType;
  readonly #byNode = new WeakMap<FieldNode, Projection>();
  readonly #byNodes = new WeakMap<readonly FieldNode[], Projection>();
  /** By the text of a node; undefined for an operation with conditions. */
  readonly #byText = new WeakMap<OperationDefinitionNode, Map<string, Projection> | undefined>();

  constructor(type: GraphQLOutputType) {
    this.#type = type;
  }

  of(info: GraphQLResolveInfo): Projection {
    const { fieldNodes } = info;
    // Several nodes are merged; elsewhere in the document, one of them may be merged with others.
    const only = fieldNodes.length === 1 ? fieldNodes[0] : undefined;
    const known = (only && this.#byNode.get(only)) ?? this.#byNodes.get(fieldNodes);
    if (known !== undefined) return known;
    const shared = this.#sharedIn(info);
    if (only === undefined || shared === undefined) {
      const projection = projectionOf(this.#type, fieldNodes, info);
      this.#byNodes.set(fieldNodes, projection);
      return projection;
    }
    const text = print(only);
    const projection = shared.get(text) ?? projectionOf(this.#type, fieldNodes, info);
    shared.set(text, projection);
    this.#byNode.set(only, projection);
    return projection;
  }

  /** Other operations of the document have nodes of their own, and share only its fragments. */
  #sharedIn({ operation, fragments }: GraphQLResolveInfo): Map<string, Projection> | undefined {
    if (!this.#byText.has(operation)) {
      const conditional = [operation, ...Object.values(fragments)].some(({ selectionSet }) =>
        hasDirective(selectionSet),
      );
      this.#byText.set(operation, conditional ? undefined : new Map());
    }
    return this.#byText.get(operation);
  }
}

/** The values that one operation has projected. A page that is asked for again under another alias is projected once. */
export class ProjectedValues {
  readonly #last = new Map<
    Projection,
    { readonly of: unknown; readonly value: unknown; readonly characters: number }
  >();

  /** @throws what `Projection` throws */
  of(value: unknown, project: Projection, size: ResponseSize): unknown {
    const last = this.#last.get(project);
    if (last !== undefined && last.of === value) {
      size.add(last.characters);
      return last.value;
    }
    const before = size.left;
    const projected = project(value, size);
    this.#last.set(project, { of: value, value: projected, characters: before - size.left });
    return projected;
  }
}

function hasDirective(selectionSet: SelectionSetNode | undefined): boolean {
  return (selectionSet?.selections ?? []).some(
    (selection) =>
      (selection.directives ?? []).length > 0 || ('selectionSet' in selection && hasDirective(selection.selectionSet)),
  );
}
