import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  valueFromASTUntyped,
} from 'graphql';
import { MAX_PAGE } from '../../promotions/plan.ts';
import { type ExecutionInfo, included, TOTALS } from '../selection.ts';
import { assumedSize, isPromotionList } from './listSizes.ts';

const NAME_LENGTH = 64;

/** The default of `limit` and `first` in the SDL. */
const DEFAULT_LIMIT = 10;

/** What an operation may cost, before calls are deduplicated, merged or served from the cache. */
export type OperationCost = {
  /** Every customer under every alias, times the pages of each of its lists. */
  readonly upstreamCalls: number;
  /** Objects and leaf values that the response may contain. */
  readonly answerFields: number;
  /** Of all `_entities` fields together. */
  readonly representations: number;
};

/** The bounds of arguments. The resolver refuses values above them, so those cost nothing. */
export type ArgumentBounds = { readonly maxCustomers: number; readonly maxPromotions: number };

/** What a selection set costs for one object of its type. */
type Cost = {
  fields: number;
  /** Fields for each promotion of the list that the selection set is in. */
  perPromotion: number;
  upstreamCalls: number;
  representations: number;
  /** Whether the customer's id is selected. It costs a call unless a list in the request's data scope returns it. */
  asksId: boolean;
  asksInRequestScope: boolean;
  /** Whether a page needs promotions, not only totals. */
  asksEntries: boolean;
};

/** The direct fields of a selection set, and the fragments that it spreads. */
type Own = { readonly cost: Cost; readonly spreads: readonly string[] };

/**
 * Counts what an operation may cost from its coerced variables. The work is linear in the document: each fragment is
 * counted once, and added wherever it is spread.
 */
export function costOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  info: ExecutionInfo,
  bounds: ArgumentBounds,
): OperationCost {
  const walk = new CostWalk(schema, info, bounds);
  const { fields, upstreamCalls, representations } = walk.of(operation.selectionSet, schema.getQueryType());
  return { answerFields: fields, upstreamCalls, representations };
}

class CostWalk {
  readonly #schema: GraphQLSchema;
  readonly #info: ExecutionInfo;
  readonly #bounds: ArgumentBounds;
  readonly #fragments = new Map<string, Own>();

  constructor(schema: GraphQLSchema, info: ExecutionInfo, bounds: ArgumentBounds) {
    this.#schema = schema;
    this.#info = info;
    this.#bounds = bounds;
  }

  /** As in the execution, a fragment that is spread in one place again adds nothing. */
  of(selectionSet: SelectionSetNode | undefined, type: GraphQLNamedType | null | undefined): Cost {
    const total = nothing();
    if (selectionSet === undefined) return total;
    const spread = new Set<string>();
    const waiting = [this.#own(selectionSet, type)];
    for (let own = waiting.pop(); own !== undefined; own = waiting.pop()) {
      add(total, own.cost);
      for (const name of own.spreads) {
        if (spread.has(name)) continue;
        spread.add(name);
        waiting.push(this.#fragment(name));
      }
    }
    return total;
  }

  #fragment(name: string): Own {
    let own = this.#fragments.get(name);
    if (own === undefined) {
      const fragment = this.#info.fragments[name];
      own = fragment
        ? this.#own(fragment.selectionSet, this.#schema.getType(fragment.typeCondition.name.value))
        : { cost: nothing(), spreads: [] };
      this.#fragments.set(name, own);
    }
    return own;
  }

  #own({ selections }: SelectionSetNode, type: GraphQLNamedType | null | undefined): Own {
    const cost = nothing();
    const spreads: string[] = [];
    for (const selection of selections) {
      if (!mayBeIncluded(selection, this.#info)) continue;
      if (selection.kind === 'FragmentSpread') spreads.push(selection.name.value);
      else if (selection.kind === 'Field') this.#addField(cost, selection, type);
      else {
        const condition = selection.typeCondition?.name.value;
        const inner = this.#own(selection.selectionSet, condition ? this.#schema.getType(condition) : type);
        add(cost, inner.cost);
        spreads.push(...inner.spreads);
      }
    }
    return { cost, spreads };
  }

  #addField(cost: Cost, node: FieldNode, parent: GraphQLNamedType | null | undefined): void {
    const { value: name } = node.name;
    const field = fieldOf(parent, name);
    const inner = this.of(node.selectionSet, field && getNamedType(field.type));
    cost.fields += weightOf(node);
    cost.asksId ||= name === 'id';
    cost.asksEntries ||= !TOTALS.has(name);
    const customers = this.#customersOf(node);
    if (customers !== undefined) {
      const ownCall = inner.asksId && !inner.asksInRequestScope ? 1 : 0;
      cost.fields += name === 'customer' ? inner.fields : customers * (1 + inner.fields);
      cost.upstreamCalls += customers * (inner.upstreamCalls + ownCall);
      if (name === '_entities') cost.representations += customers;
    } else if (name === 'promotions' || name === 'promotionConnection') {
      this.#addPromotions(cost, node, inner);
    } else if (parent && isPromotionList(parent.name, name)) cost.perPromotion += 1 + inner.fields;
    else if (field && isListType(getNullableType(field.type))) {
      cost.fields += assumedSize(`${parent?.name}.${name}`) * (1 + inner.fields);
    } else cost.fields += inner.fields;
  }

  #addPromotions(cost: Cost, node: FieldNode, inner: Cost): void {
    const limit = this.#argument(node, node.name.value === 'promotions' ? 'limit' : 'first') ?? DEFAULT_LIMIT;
    if (typeof limit !== 'number' || limit < 0 || limit > this.#bounds.maxPromotions) return;
    cost.fields += inner.fields + limit * inner.perPromotion;
    cost.upstreamCalls += inner.asksEntries ? Math.max(1, Math.ceil(limit / MAX_PAGE)) : 1;
    cost.asksInRequestScope ||= !this.#argument(node, 'dataScope');
  }

  /** How many customers a field of the query type requests, undefined for any other field. */
  #customersOf(field: FieldNode): number | undefined {
    switch (field.name.value) {
      case 'customer':
        return 1;
      case 'customers':
        return within(lengthOf(this.#argument(field, 'identifiers')), this.#bounds.maxCustomers);
      case '_entities':
        return lengthOf(this.#argument(field, 'representations'));
      default:
        return undefined;
    }
  }

  #argument(field: FieldNode, name: string): unknown {
    const node = field.arguments?.find((candidate) => candidate.name.value === name);
    return node && valueFromASTUntyped(node.value, this.#info.variableValues);
  }
}

function nothing(): Cost {
  return {
    fields: 0,
    perPromotion: 0,
    upstreamCalls: 0,
    representations: 0,
    asksId: false,
    asksInRequestScope: false,
    asksEntries: false,
  };
}

function add(total: Cost, more: Cost): void {
  total.fields += more.fields;
  total.perPromotion += more.perPromotion;
  total.upstreamCalls += more.upstreamCalls;
  total.representations += more.representations;
  total.asksId ||= more.asksId;
  total.asksInRequestScope ||= more.asksInRequestScope;
  total.asksEntries ||= more.asksEntries;
}

/** A condition without a value fails in the execution, which reports it. */
function mayBeIncluded(selection: SelectionSetNode['selections'][number], info: ExecutionInfo): boolean {
  try {
    return included(selection, info);
  } catch {
    return true;
  }
}

function fieldOf(
  parent: GraphQLNamedType | null | undefined,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return parent && 'getFields' in parent ? (parent.getFields()[name] as GraphQLField<unknown, unknown>) : undefined;
}

function within(count: number, max: number): number {
  return count > max ? 0 : count;
}

/** A long alias counts as several fields. */
function weightOf({ alias, name }: FieldNode): number {
  return 1 + Math.floor((alias ?? name).value.length / NAME_LENGTH);
}

/** A list of one may be written without its brackets. */
function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 1;
}
