import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { badUserInput } from '../model/errors.ts';

/**
 * Reports a representation that is not a Customer as BAD_USER_INPUT, and resolves the others. `@apollo/subgraph` itself
 * would fail the whole list with an internal error.
 */
export function refuseOtherEntities(schema: GraphQLSchema): GraphQLSchema {
  const entities = schema.getQueryType()?.getFields()._entities;
  const resolve = entities?.resolve;
  if (entities === undefined || resolve === undefined) return schema;
  const resolveEach: GraphQLFieldResolver<unknown, unknown> = (source, { representations }, context, info) =>
    (representations as readonly unknown[]).map(async (representation) => {
      if (!isCustomer(representation)) {
        throw badUserInput('Only Customer entities can be resolved. Send representations with __typename "Customer".');
      }
      const [entity] = (await resolve(source, { representations: [representation] }, context, info)) as unknown[];
      return entity;
    });
  entities.resolve = resolveEach;
  return schema;
}

function isCustomer(representation: unknown): boolean {
  return (
    typeof representation === 'object' &&
    representation !== null &&
    '__typename' in representation &&
    representation.__typename === 'Customer'
  );
}
