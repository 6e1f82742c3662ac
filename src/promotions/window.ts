import { badUserInput } from '../model/errors.ts';
import type { Window } from '../model/page.ts';
import type { PromotionFilter } from '../model/promotionsQuery.ts';
import { offsetOf } from './cursor.ts';

/** Upstream reads offsets as 32-bit integers at the most, as GraphQL's Int is. */
const MAX_OFFSET = 2_147_483_647;

/** @throws BAD_USER_INPUT for a negative limit or offset, or a limit over `maxPromotions`. */
export function windowOf(limit: number, offset: number, maxPromotions: number): Window {
  refuseLimit('limit', limit, maxPromotions);
  if (offset < 0) throw badUserInput('offset is negative. The first promotion is at 0.');
  return { offset, limit };
}

/** The window behind a cursor. @throws BAD_USER_INPUT as `windowOf`, and for a broken or foreign cursor. */
export function windowAfter(
  first: number,
  after: string | null | undefined,
  filter: PromotionFilter,
  maxPromotions: number,
): Window {
  refuseLimit('first', first, maxPromotions);
  if (after === null || after === undefined) return { offset: 0, limit: first };
  return { offset: Math.min(offsetOf(after, filter) + 1, MAX_OFFSET), limit: first };
}

function refuseLimit(name: 'limit' | 'first', limit: number, maxPromotions: number): void {
  if (limit < 0) throw badUserInput(`${name} is negative. Ask for 0 promotions or more.`);
  if (limit > maxPromotions) {
    throw badUserInput(`${name} ${limit} is over the ${maxPromotions} promotions that one question may ask for.`);
  }
}
