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
  return [...byNull.values()].flatMap((all) => {
    const cause = all.length === 1 ? undefined : all.find((error) => isOfNonNullField(error, document, schema));
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
