import {
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
  isNonNullType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * Selects one error for each value that became null. An unknown customer fails in each of its fields, and a non-null field
 * makes the customer null. Only that field's error is listed, since the others repeat it.
 */
export function onlyCauses(
  errors: readonly GraphQLFormattedError[],
  data: unknown,
  document: DocumentNode,
  schema: GraphQLSchema,
): readonly GraphQLFormattedError[] {
  const byNull = Map.groupBy(errors, ({ path = [] }) => pathToNull(data, path));
  if (byNull.size === errors.length) return errors;
  const nonNull = nonNullFields(document, schema);
  return [...byNull.values()].flatMap((all) => {
    const cause = all.length === 1 ? undefined : all.find(({ locations }) => nonNull.has(placeOf(locations?.[0])));
    return cause ?? all[0] ?? [];
  });
}

/** The part of an error's path up to the value that is null in the data. */
function pathToNull(data: unknown, path: readonly (string | number)[]): string {
  let value = data;
  let depth = 0;
  while (depth < path.length && typeof value === 'object' && value !== null) {
    value = (value as Record<string | number, unknown>)[path[depth] ?? ''];
    depth++;
  }
  return JSON.stringify(path.slice(0, depth));
}

/** The places of a document's non-null fields. The document is visited once, however many errors there are. */
function nonNullFields(document: DocumentNode, schema: GraphQLSchema): ReadonlySet<string> {
  const types = new TypeInfo(schema);
  const places = new Set<string>();
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ loc }) {
        if (loc !== undefined && isNonNullType(types.getType())) places.add(placeOf(loc.startToken));
      },
    }),
  );
  return places;
}

function placeOf(place: { readonly line: number; readonly column: number } | undefined): string {
  return `${place?.line}:${place?.column}`;
}
