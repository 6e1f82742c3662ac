import type { QueryResolvers } from '../generated.ts';

export const Query: QueryResolvers = {
  customer: (_, { identifier, source, dataScope }, { customers }) => customers.one(identifier, source, dataScope),
  customers: (_, { identifiers, source, dataScope }, { customers }) => customers.many(identifiers, source, dataScope),
};
