import type { FieldNode, FragmentDefinitionNode, GraphQLResolveInfo, SelectionSetNode } from 'graphql';
import { GraphQLIncludeDirective, GraphQLSkipDirective, getDirectiveValues } from 'graphql';

/** The fragments and coerced variables of an operation, which decide what its selections select. */
export type ExecutionInfo = {
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variableValues: Readonly<Record<string, unknown>>;
};

/**
 * Visits every selected field, also in fragments, with @skip and @include applied. Each alias is visited. As in the
 * execution, a fragment that is spread again adds nothing. Otherwise nested fragments would take exponential time.
 */
export function forEachField(
  selectionSet: SelectionSetNode | undefined,
  info: ExecutionInfo,
  visit: (field: FieldNode) => void,
  seen = new Set<string>(),
): void {
  for (const selection of selectionSet?.selections ?? []) {
    if (!included(selection, info)) continue;
    if (selection.kind === 'Field') visit(selection);
    else if (selection.kind === 'InlineFragment') forEachField(selection.selectionSet, info, visit, seen);
    else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value);
      forEachField(info.fragments[selection.name.value]?.selectionSet, info, visit, seen);
    }
  }
}

/** A condition without a value excludes nothing here. The execution reports it. */
function included(selection: SelectionSetNode['selections'][number], { variableValues }: ExecutionInfo): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  try {
    if (getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.if === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.if !== false;
  } catch {
    return true;
  }
}

/** The fields of a page or connection that need only totals and no promotions. */
const TOTALS = new Set(['pageDetails', 'totalCount', '__typename']);

/** Whether a `promotions` or `promotionConnection` field selects nothing that needs promotions. */
export function wantsTotalsOnly(fieldNodes: readonly FieldNode[], info: ExecutionInfo): boolean {
  let totalsOnly = true;
  for (const { selectionSet } of fieldNodes) {
    forEachField(selectionSet, info, ({ name }) => {
      totalsOnly &&= TOTALS.has(name.value);
    });
  }
  return totalsOnly;
}

/** What such a field needs from upstream. */
export function neededFor(info: GraphQLResolveInfo): 'entries' | 'totals' {
  return wantsTotalsOnly(info.fieldNodes, info) ? 'totals' : 'entries';
}
