import { unchecked } from '../../../src/model/caller.ts';
import type { Window } from '../../../src/model/page.ts';
import { type DataScope, type PromotionStatus, UNSET_DATA_SCOPE } from '../../../src/model/promotionsQuery.ts';
import { type AuthorisedList, authoriseDataScope } from '../../../src/promotions/access.ts';
import { existingCalls, planLists, type Requirement } from '../../../src/promotions/plan.ts';

/** A list of promotions, by default of every status in the unset data scope. */
export function list(status: PromotionStatus | null = null, dataScope: DataScope = UNSET_DATA_SCOPE): AuthorisedList {
  const authorised = authoriseDataScope(dataScope, unchecked('anonymous', { kind: 'any' }));
  return { dataScope: authorised, status, includeAlternateCurrencyUsage: false };
}

export const ALL = list();

export function entries(offset: number, limit: number, of = ALL): Requirement {
  return { kind: 'entries', list: of, window: { offset, limit } };
}

export function totals(of = ALL): Requirement {
  return { kind: 'totals', list: of, window: { offset: 0, limit: 10 } };
}

/** The calls for lists of this many promotions if none fails, in ascending order. */
export function callsFor(requirements: readonly Requirement[], total: number | null): Window[] {
  return planLists(requirements)
    .flatMap(({ first, further }) => [
      ...first,
      ...existingCalls(
        further,
        first.map(() => total),
      ),
    ])
    .sort((a, b) => a.offset - b.offset);
}
