import type { PromotionFilter, PromotionStatus } from '../../model/promotionsQuery.ts';
import { PromotionConnection } from '../../promotions/connection.ts';
import { windowAfter, windowOf } from '../../promotions/window.ts';
import type { CustomerResolvers } from '../generated.ts';
import { neededFor } from '../selection.ts';

type FilterArguments = { status?: PromotionStatus | null; includeAlternateCurrencyUsage: boolean };

export const Customer: CustomerResolvers = {
  // Async: a synchronous throw here would fail the whole list of entities.
  __resolveReference: async (representation, { customers }) => customers.represented(representation),

  id: ({ question }, _, { promotions }) => promotions.customerId(question),
  identifier: ({ question: { identifier } }) => ({ name: identifier.name, value: identifier.reveal() }),
  source: ({ question }) => question.source,

  promotions: ({ question }, { limit, offset, ...args }, { promotions }, info) =>
    promotions.page(question, filterOf(args), windowOf(limit, offset, promotions.maxPromotions), neededFor(info)),

  promotionConnection: async ({ question }, { first, after, ...args }, { promotions }, info) => {
    const filter = filterOf(args);
    const window = windowAfter(first, after, filter, promotions.maxPromotions);
    return new PromotionConnection(await promotions.page(question, filter, window, neededFor(info)), filter);
  },
};

function filterOf({ status, includeAlternateCurrencyUsage }: FilterArguments): PromotionFilter {
  return { status: status ?? null, includeAlternateCurrencyUsage };
}
