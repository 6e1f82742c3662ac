import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getArgumentValues,
  isObjectType,
  type OperationDefinitionNode,
} from 'graphql';
import { MAX_PAGE } from '../../promotions/plan.ts';
import { DEFAULT_LIMIT } from '../../promotions/promotionPage.ts';
import { type ExecutionInfo, forEachField, wantsTotalsOnly } from '../selection.ts';

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

/** The fields of a customer that may fail. */
const FALLIBLE = new Set(['customerId', 'promotions', 'promotionConnection']);

/** The bounds of arguments. The resolver refuses values above them. */
export type ArgumentBounds = { readonly maxCustomers: number; readonly maxPromotions: number };

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
  forEachField(operation.selectionSet, info, (field) => {
    const { identifier, identifiers, representations } = argumentsOf(schema.getQueryType(), field, info);
    if (Array.isArray(representations)) {
      for (const representation of representations) references.add(referenceOf(representation));
      lookups += representations.length * costOfCustomer(schema, field, info, bounds).lookups;
    } else if (Array.isArray(identifiers) && identifiers.length <= bounds.maxCustomers) {
      addCustomers(identifiers.length, field);
    } else if (identifier !== undefined) addCustomers(1, field);
  });
  return { upstreamCalls, references: references.size, lookups };

  function addCustomers(count: number, field: FieldNode): void {
    const each = costOfCustomer(schema, field, info, bounds);
    upstreamCalls += count * each.upstreamCalls;
    lookups += count * each.lookups;
  }
}

/** What a field selects of one customer costs. */
function costOfCustomer(
  schema: GraphQLSchema,
  { selectionSet }: FieldNode,
  info: ExecutionInfo,
  { maxPromotions }: ArgumentBounds,
): Pick<OperationCost, 'upstreamCalls' | 'lookups'> {
  let upstreamCalls = 0;
  let lookups = 1;
  let asksId = false;
  let returnsId = false;
  forEachField(selectionSet, info, (field) => {
    if (!FALLIBLE.has(field.name.value)) return;
    lookups += 1;
    if (field.name.value === 'customerId') {
      asksId = true;
      return;
    }
    const { limit, first, dataScope } = argumentsOf(schema.getType('Customer'), field, info);
    const entries = Number(limit ?? first ?? DEFAULT_LIMIT);
    if (entries < 0 || entries > maxPromotions) return;
    upstreamCalls += wantsTotalsOnly([field], info) ? 1 : Math.max(1, Math.ceil(entries / MAX_PAGE));
    // A list in the request's data scope returns the customer's id.
    returnsId ||= !dataScope;
  });
  return { upstreamCalls: asksId && !returnsId ? upstreamCalls + 1 : upstreamCalls, lookups };
}

/** A field's coerced arguments, with the schema's defaults; none if the execution will refuse them. */
function argumentsOf(
  type: GraphQLNamedType | null | undefined,
  field: FieldNode,
  { variableValues }: ExecutionInfo,
): Readonly<Record<string, unknown>> {
  const definition = isObjectType(type) ? type.getFields()[field.name.value] : undefined;
  try {
    return definition === undefined ? {} : getArgumentValues(definition, field, variableValues);
  } catch {
    return {};
  }
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
