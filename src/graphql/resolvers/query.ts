import type { QueryResolvers } from '../generated.ts';

export const Query: QueryResolvers = {
  customer: (_, { identifier, source }, { customers }) => customers.one(identifier, source),
  customers: (_, { identifiers, source }, { customers }) => customers.many(identifiers, source),
};
