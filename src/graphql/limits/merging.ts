import type { DocumentNode, FieldNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';

/** The validation compares all pairs of selections of one field, with everything nested in them. */
export const MAX_SAME_FIELD = 50;

/** The maximum number of selections that are visited, each fragment as often as it is spread. */
const MAX_SELECTIONS = 10_000;

/**
 * Whether an operation selects one field too often in one place, fragments included. Such fields are merged, so no client
 * needs many of them, and the time to validate them grows with the square of their number.
 */
export function mergesTooManyFields({ definitions }: DocumentNode): boolean {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === 'FragmentDefinition') fragments.set(definition.name.value, definition);
  }
  let selectionsLeft = MAX_SELECTIONS;

  /** Groups the fields of a place by response name. */
  const collect = ({ selections }: SelectionSetNode, fields: Map<string, FieldNode[]>, spread: Set<string>): void => {
    for (const selection of selections) {
      if (--selectionsLeft < 0) return;
      if (selection.kind === 'Field') {
        const name = (selection.alias ?? selection.name).value;
        const same = fields.get(name);
        if (same === undefined) fields.set(name, [selection]);
        else same.push(selection);
      } else if (selection.kind === 'InlineFragment') collect(selection.selectionSet, fields, spread);
      else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment) collect(fragment.selectionSet, fields, spread);
      }
    }
  };

  const isTooMuch = (places: readonly SelectionSetNode[]): boolean => {
    const fields = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    for (const place of places) collect(place, fields, spread);
    if (selectionsLeft < 0) return true;
    for (const same of fields.values()) {
      if (same.length > MAX_SAME_FIELD) return true;
      const inner = same.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (inner.length > 0 && isTooMuch(inner)) return true;
    }
    return false;
  };
  return definitions.some((definition) => 'selectionSet' in definition && isTooMuch([definition.selectionSet]));
}
