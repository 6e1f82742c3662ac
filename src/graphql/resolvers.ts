import type { PromotionStatus } from '../model/promotionsQuery.ts';
import type { AuthorisedList } from '../promotions/access.ts';
import { PromotionConnection } from '../promotions/connection.ts';
import type { DataScopeArgument, DataScopes } from '../promotions/dataScopes.ts';
import { windowAfter, windowOf } from '../promotions/window.ts';
import type { CustomerResolvers, QueryResolvers } from './generated.ts';
import { neededFor } from './selection.ts';

type ListArguments = {
  dataScope?: DataScopeArgument;
  status?: PromotionStatus | null;
  includeAlternateCurrencyUsage: boolean;
};

export const Query: QueryResolvers = {
  customer: (_, { identifier, source }, { customers }) => customers.one(identifier, source),
  customers: (_, { identifiers, source }, { customers }) => customers.many(identifiers, source),
};

export const Customer: CustomerResolvers = {
  // It is async, since a synchronous throw would fail the whole list of entities.
  __resolveReference: async (representation, { customers }) => customers.represented(representation),

  id: ({ customer }, _, { promotions }) => promotions.customerId(customer),
  identifier: ({ customer: { identifier } }) => ({ name: identifier.name, value: identifier.reveal() }),
  source: ({ customer }) => customer.source,

  promotions: ({ customer }, { limit, offset, ...args }, { promotions, dataScopes, maxPromotions }, info) => {
    const window = windowOf(limit, offset, maxPromotions);
    return promotions.page(customer, listOf(args, dataScopes), window, neededFor(info));
  },

  promotionConnection: async (
    { customer },
    { first, after, ...args },
    { promotions, dataScopes, cursors, maxPromotions },
    info,
  ) => {
    const list = listOf(args, dataScopes);
    const window = windowAfter(
      first,
      typeof after === 'string' ? cursors.offsetOf(after, list) : undefined,
      maxPromotions,
    );
    const page = await promotions.page(customer, list, window, neededFor(info));
    return new PromotionConnection(page, () => cursors.ofList(list));
  },
};

/** The list that a field's arguments name. @throws what `DataScopes.ofList` throws */
function listOf({ dataScope, status, ...rest }: ListArguments, dataScopes: DataScopes): AuthorisedList {
  return { dataScope: dataScopes.ofList(dataScope), status: status ?? null, ...rest };
}
