import {
  BREAK,
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
  isNonNullType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * One error for each value that became null. A customer that is not known fails in each of its fields, and becomes null by
 * the first that must not be null: that one is its error, and the others say nothing more.
 */
export function onlyCauses(
  errors: readonly GraphQLFormattedError[],
  data: unknown,
  document: DocumentNode,
  schema: GraphQLSchema,
): readonly GraphQLFormattedError[] {
  const byNull = Map.groupBy(errors, ({ path = [] }) => pathToNull(data, path));
  if (byNull.size === errors.length) return errors;
  return [...byNull.values()].flatMap((all) => {
    const cause = all.length === 1 ? undefined : all.find((error) => isOfNonNullField(error, document, schema));
    return cause ?? all[0] ?? [];
  });
}

/** The beginning of a path that leads to the null which a reader finds on it. */
function pathToNull(data: unknown, path: readonly (string | number)[]): string {
  let value = data;
  let depth = 0;
  while (depth < path.length && typeof value === 'object' && value !== null) {
    value = (value as Record<string | number, unknown>)[path[depth] ?? ''];
    depth++;
  }
  return JSON.stringify(path.slice(0, depth));
}

function isOfNonNullField(
  { locations }: GraphQLFormattedError,
  document: DocumentNode,
  schema: GraphQLSchema,
): boolean {
  const [place] = locations ?? [];
  const types = new TypeInfo(schema);
  let nonNull = false;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ loc }) {
        if (loc?.startToken.line !== place?.line || loc?.startToken.column !== place?.column) return undefined;
        nonNull = isNonNullType(types.getType());
        return BREAK;
      },
    }),
  );
  return nonNull;
}
