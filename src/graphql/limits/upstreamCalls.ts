import { type FieldNode, type OperationDefinitionNode, valueFromASTUntyped } from 'graphql';
import { MAX_PAGE } from '../../promotions/plan.ts';
import { type ExecutionInfo, forEachField, wantsTotalsOnly } from '../selection.ts';

/** The arguments' defaults in the SDL: REST has ten entries to a page without a limit. */
const DEFAULT_LIMIT = 10;

/**
 * How many upstream calls an operation asks for, before anything is deduplicated, merged or answered from a cache: every
 * customer under every alias, times the pages of each of its lists.
 * @param reading the operation's fragments and its coerced variables
 */
export function countUpstreamCalls(operation: OperationDefinitionNode, reading: ExecutionInfo): number {
  let calls = 0;
  forEachField(operation.selectionSet, reading, (field) => {
    const customers = customersAsked(field, reading);
    if (customers > 0) calls += customers * callsPerCustomer(field, reading);
  });
  return calls;
}

function customersAsked(field: FieldNode, reading: ExecutionInfo): number {
  switch (field.name.value) {
    case 'customer':
      return 1;
    case 'customers':
      return lengthOf(argument(field, 'identifiers', reading));
    case '_entities':
      return lengthOf(argument(field, 'representations', reading));
    default:
      return 0;
  }
}

/** A list of one may be written without its brackets. */
function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 1;
}

/** The customer's id comes along with any list, so it counts where it is asked alone. */
function callsPerCustomer(customer: FieldNode, reading: ExecutionInfo): number {
  let pages = 0;
  let asksId = false;
  forEachField(customer.selectionSet, reading, (field) => {
    const { value: name } = field.name;
    if (name === 'promotions') pages += pagesOf(field, argument(field, 'limit', reading), reading);
    else if (name === 'promotionConnection') pages += pagesOf(field, argument(field, 'first', reading), reading);
    else if (name === 'id') asksId = true;
  });
  return pages === 0 && asksId ? 1 : pages;
}

function pagesOf(field: FieldNode, limit: unknown, reading: ExecutionInfo): number {
  if (wantsTotalsOnly([field], reading)) return 1;
  return Math.max(1, Math.ceil((typeof limit === 'number' ? limit : DEFAULT_LIMIT) / MAX_PAGE));
}

function argument(field: FieldNode, name: string, { variableValues }: ExecutionInfo): unknown {
  const node = field.arguments?.find((candidate) => candidate.name.value === name);
  return node && valueFromASTUntyped(node.value, variableValues);
}
