import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromAST,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';
import { GatewayError } from '../../model/errors.ts';
import { MAX_PAGE } from '../../promotions/plan.ts';
import { DEFAULT_LIMIT } from '../../promotions/promotionPage.ts';
import { coerceVariables } from '../coercedVariables.ts';
import { refusalOf } from '../errors/refusedRequests.ts';
import type { ServerContext } from '../resolverContext.ts';
import { fragmentsOf } from './documentLimits.ts';

/** Different references in one operation. */
export const MAX_REFERENCES = 1000;

/**
 * Customers, references and their lists in one operation, each as often as it is asked for. Each may have its error, and tens
 * of thousands of errors, which cost no call, take seconds (test/process/hostile-operations.test.ts). More are allowed if
 * MAX_CUSTOMERS allows more than a thousand customers.
 */
const MAX_LOOKUPS = 5000;

/** The bounds of arguments. The resolver refuses values above them. */
export type ArgumentBounds = { readonly maxCustomers: number; readonly maxPromotions: number };

export type CostLimits = ArgumentBounds & { readonly maxUpstreamCalls: number };

/** Refuses operations that would cost too much, on every execution: validated documents are cached, their variables are not. */
export function costLimits(limits: CostLimits): ApolloServerPlugin<ServerContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation(requestContext) {
          const { schema, document, operation, request } = requestContext;
          if (operation === undefined) throw new GatewayError('OPERATION_RESOLUTION_FAILURE');
          const variableValues = variablesOf(operation, requestContext);
          request.variables = variableValues;
          const cost = costOf(schema, operation, { fragments: fragmentsOf(document), variableValues }, limits);
          requestContext.contextValue.record.joins = cost.references > 0;
          const error = tooExpensive(cost, limits);
          if (error !== undefined) throw error;
        },
      };
    },
  };
}

/** @throws a request error if the variables do not fit their types. */
function variablesOf(operation: OperationDefinitionNode, requestContext: GraphQLRequestContext<ServerContext>) {
  const { schema, request } = requestContext;
  try {
    return coerceVariables(schema, operation, request.variables ?? {});
  } catch (error) {
    throw error instanceof GatewayError ? refusalOf(error, requestContext) : error;
  }
}

function tooExpensive({ upstreamCalls, references, lookups }: OperationCost, limits: CostLimits) {
  if (references > MAX_REFERENCES) return exceeds({ references }, MAX_REFERENCES, 'have', 'different references');
  const maxLookups = Math.max(MAX_LOOKUPS, 5 * limits.maxCustomers);
  if (lookups > maxLookups) return exceeds({ lookups }, maxLookups, 'ask for', 'customers and lists');
  if (upstreamCalls > limits.maxUpstreamCalls) {
    return exceeds({ upstreamCalls }, limits.maxUpstreamCalls, 'need', 'upstream calls');
  }
  return undefined;
}

function exceeds(actual: Readonly<Record<string, number>>, limit: number, does: string, counted: string): GatewayError {
  const message = `The operation may ${does} at most ${limit} ${counted}, got ${Object.values(actual)}. Request less.`;
  return new GatewayError('OPERATION_TOO_EXPENSIVE', { message, facts: { ...actual, limit } });
}

/** What an operation may cost, before calls are merged or served from the cache. */
export type OperationCost = {
  /**
   * Every customer under every alias, times the pages of each of its lists. The calls of references are not counted here: a router
   * joins whatever its client asked for, so each reference is refused by itself once no calls are left for it.
   */
  readonly upstreamCalls: number;
  /** Different references of all `_entities` fields together. */
  readonly references: number;
  /** Customers, references and their fields that may fail, under every alias, equal ones each time: each may have its error. */
  readonly lookups: number;
};

/** Counts what an operation may cost, from its coerced variables. */
export function costOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  info: ExecutionInfo,
  bounds: ArgumentBounds,
): OperationCost {
  const references = new Set<unknown>();
  let upstreamCalls = 0;
  let lookups = 0;
  for (const nodes of fieldsOf(schema, 'Query', [operation], info)) {
    const [field] = nodes;
    const argument = (name: string) => argumentOf(schema, 'Query', field, name, info);
    switch (field.name.value) {
      case 'customer':
        addCustomers(1, nodes);
        break;
      case 'customers': {
        const identifiers = argument('identifiers');
        if (Array.isArray(identifiers) && identifiers.length <= bounds.maxCustomers) {
          addCustomers(identifiers.length, nodes);
        }
        break;
      }
      case '_entities': {
        const representations = argument('representations');
        if (!Array.isArray(representations)) break;
        for (const representation of representations) references.add(referenceOf(representation));
        lookups += representations.length * costOfCustomer(schema, nodes, info, bounds).lookups;
      }
    }
  }
  return { upstreamCalls, references: references.size, lookups };

  function addCustomers(count: number, nodes: MergedField): void {
    const each = costOfCustomer(schema, nodes, info, bounds);
    upstreamCalls += count * each.upstreamCalls;
    lookups += count * each.lookups;
  }
}

/** What a field selects of one customer costs. */
function costOfCustomer(
  schema: GraphQLSchema,
  customer: MergedField,
  info: ExecutionInfo,
  { maxPromotions }: ArgumentBounds,
): Pick<OperationCost, 'upstreamCalls' | 'lookups'> {
  let upstreamCalls = 0;
  let lookups = 1;
  let asksId = false;
  let returnsId = false;
  for (const nodes of fieldsOf(schema, 'Customer', customer, info)) {
    const [field] = nodes;
    if (field.name.value === 'customerId') {
      lookups += 1;
      asksId = true;
    }
    const page = PAGES[field.name.value];
    if (page === undefined) continue;
    lookups += 1;
    const argument = (name: string) => argumentOf(schema, 'Customer', field, name, info);
    const entries = Number(argument('limit') ?? argument('first') ?? DEFAULT_LIMIT);
    if (entries < 0 || entries > maxPromotions) continue;
    upstreamCalls += wantsTotalsOnly(schema, page, nodes, info) ? 1 : Math.max(1, Math.ceil(entries / MAX_PAGE));
    // A list in the request's data scope returns the customer's id.
    returnsId ||= !argument('dataScope');
  }
  return { upstreamCalls: asksId && !returnsId ? upstreamCalls + 1 : upstreamCalls, lookups };
}

/**
 * One coerced argument of a field, else the schema's default, also for a value that the execution will refuse. Only those that
 * count are coerced here, since graphql-js coerces all of them when it resolves the field.
 */
function argumentOf(
  schema: GraphQLSchema,
  typeName: string,
  { name: { value: fieldName }, arguments: given }: FieldNode,
  name: string,
  { variableValues }: ExecutionInfo,
): unknown {
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  const definition = field?.args.find((argument) => argument.name === name);
  if (definition === undefined) return undefined;
  const node = given?.find((argument) => argument.name.value === name)?.value;
  const value = node && valueFromAST(node, definition.type, variableValues);
  return value === undefined ? definition.defaultValue : value;
}

/** Equal for references to the same customer with the same spelling. Anything else is a reference of its own. */
function referenceOf(representation: unknown): unknown {
  if (typeof representation !== 'object' || representation === null) return representation;
  const { identifier, source } = representation as {
    identifier?: { name?: unknown; value?: unknown };
    source?: unknown;
  };
  const key = [identifier?.name, identifier?.value, source];
  return key.every((part) => typeof part === 'string') ? key.join(' ') : representation;
}

/** The fragments and coerced variables of an operation, which decide what its selections select. */
export type ExecutionInfo = {
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variableValues: Readonly<Record<string, unknown>>;
};

/** All nodes of one field of a response: selections of equal response names are one field. */
type MergedField = readonly [FieldNode, ...FieldNode[]];

/**
 * The fields that these nodes select of a type, as graphql-js collects them when it executes them. A condition without a value
 * makes all of them fail before any is resolved, so they cost nothing.
 */
function fieldsOf(
  schema: GraphQLSchema,
  typeName: string,
  nodes: readonly { readonly selectionSet?: SelectionSetNode | undefined }[],
  { fragments, variableValues }: ExecutionInfo,
): readonly MergedField[] {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`${typeName} is no object.`);
  try {
    const fields = collectSubfields(schema, fragments, variableValues, type, nodes as readonly FieldNode[]);
    return [...fields.values()] as readonly (readonly FieldNode[])[] as readonly MergedField[];
  } catch {
    return [];
  }
}

/** The fields of a customer that are lists, and the types of their pages. */
const PAGES: Readonly<Record<string, string>> = {
  promotions: 'PromotionPage',
  promotionConnection: 'PromotionConnection',
};

/** The fields of a page or connection that need only totals and no promotions. */
const TOTALS = new Set(['pageDetails', 'totalCount', '__typename']);

/** Whether a field of a customer selects nothing of its page that needs promotions. */
function wantsTotalsOnly(
  schema: GraphQLSchema,
  page: string,
  nodes: readonly FieldNode[],
  info: ExecutionInfo,
): boolean {
  return fieldsOf(schema, page, nodes, info).every(([{ name }]) => TOTALS.has(name.value));
}

/** What such a field needs from upstream. */
export function neededFor(info: GraphQLResolveInfo): 'entries' | 'totals' {
  const page = PAGES[info.fieldName] ?? '';
  return wantsTotalsOnly(info.schema, page, info.fieldNodes, info) ? 'totals' : 'entries';
}
