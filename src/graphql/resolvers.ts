import type { PromotionStatus } from '../model/promotionsQuery.ts';
import type { AuthorisedCustomer, AuthorisedList, DataScopeArgument, DataScopes } from '../promotions/access.ts';
import { PromotionConnection } from '../promotions/connection.ts';
import { windowAfter, windowOf } from '../promotions/promotionPage.ts';
import type { CustomerResolvers, QueryResolvers } from './generated.ts';
import { neededFor } from './limits/operationCost.ts';
import type { GatewayContext } from './resolverContext.ts';

/** An argument that is null is one that is left out. */
type ListArguments = {
  dataScope?: DataScopeArgument;
  status?: PromotionStatus | null;
  includeAlternateCurrencyUsage: boolean | null;
};

/** Each customer of a list fails separately. */
export const Query: QueryResolvers = {
  customer: (_, { identifier, source }, { customers }) => customers.one(identifier, source),
  customers: (_, { identifiers, source }, { customers }) => customers.many(identifiers, source),
};

/** Resolves `_entities`: each representation fails separately. */
export function entities(
  _: unknown,
  { representations }: { representations?: readonly unknown[] },
  { customers }: GatewayContext,
): Promise<AuthorisedCustomer>[] {
  return (representations ?? []).map(async (representation) => customers.represented(representation));
}

/** A list fails separately. Only what has a resolver here may need an upstream call. */
export const Customer: CustomerResolvers = {
  id: (customer, _, { customers }) => customers.idOf(customer),
  customerId: (customer, _, { promotions }) => promotions.customerId(customer),
  identifier: ({ identifier }) => ({ name: identifier.name, value: identifier.reveal() }),

  promotions: (customer, { limit, offset, ...args }, { promotions, dataScopes, maxPromotions }, info) => {
    const window = windowOf(limit, offset, maxPromotions);
    return promotions.page(customer, listOf(args, dataScopes), window, neededFor(info));
  },

  promotionConnection: async (
    customer,
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
    return new PromotionConnection(page, cursors.ofList(list));
  },
};

/** The list that a field's arguments name. @throws what `DataScopes.ofList` throws */
function listOf(
  { dataScope, status = null, includeAlternateCurrencyUsage }: ListArguments,
  dataScopes: DataScopes,
): AuthorisedList {
  return {
    dataScope: dataScopes.ofList(dataScope),
    status,
    includeAlternateCurrencyUsage: includeAlternateCurrencyUsage ?? false,
  };
}
