import type { FieldNode, FragmentDefinitionNode, GraphQLResolveInfo, SelectionSetNode } from 'graphql';
import { GraphQLIncludeDirective, GraphQLSkipDirective, getDirectiveValues } from 'graphql';

/** What a selection needs to be read: the fragments and coerced variables of its operation. */
export type ExecutionInfo = {
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variableValues: Readonly<Record<string, unknown>>;
};

/**
 * Visits every field that is selected here, through fragments and with @skip and @include honoured; aliases count each.
 * As in the execution, a fragment that is spread again adds nothing; otherwise nested fragments would take exponential
 * time.
 */
export function forEachField(
  selectionSet: SelectionSetNode | undefined,
  reading: ExecutionInfo,
  visit: (field: FieldNode) => void,
  seen = new Set<string>(),
): void {
  for (const selection of selectionSet?.selections ?? []) {
    if (!included(selection, reading)) continue;
    if (selection.kind === 'Field') visit(selection);
    else if (selection.kind === 'InlineFragment') forEachField(selection.selectionSet, reading, visit, seen);
    else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value);
      forEachField(reading.fragments[selection.name.value]?.selectionSet, reading, visit, seen);
    }
  }
}

/** @throws GraphQLError for a condition without a value. */
export function included(
  selection: SelectionSetNode['selections'][number],
  { variableValues }: ExecutionInfo,
): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  if (getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.if !== false;
}

/** The fields of a page or connection that need only totals and no promotions. */
export const TOTALS = new Set(['pageDetails', 'totalCount', '__typename']);

/** Whether a `promotions` or `promotionConnection` field selects nothing that needs promotions. */
export function wantsTotalsOnly(fieldNodes: readonly FieldNode[], reading: ExecutionInfo): boolean {
  let totalsOnly = true;
  for (const { selectionSet } of fieldNodes) {
    forEachField(selectionSet, reading, ({ name }) => {
      totalsOnly &&= TOTALS.has(name.value);
    });
  }
  return totalsOnly;
}

/** What it takes to answer such a field. */
export function neededFor(info: GraphQLResolveInfo): 'entries' | 'totals' {
  return wantsTotalsOnly(info.fieldNodes, info) ? 'totals' : 'entries';
}
