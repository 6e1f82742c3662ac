import { badUserInput } from '../model/errors.ts';
import type { Window } from '../model/page.ts';

/** Upstream reads offsets as 32-bit integers, like GraphQL's Int. */
const MAX_OFFSET = 2_147_483_647;

/** The default of `limit` and `first` in the SDL. Null means it too. */
export const DEFAULT_LIMIT = 10;

/**
 * The window of a `limit` and an `offset`, each null for its default.
 * @throws BAD_USER_INPUT for a negative limit or offset, or a limit over `maxPromotions`.
 */
export function windowOf(limitOrNull: number | null, offsetOrNull: number | null, maxPromotions: number): Window {
  const [limit, offset] = [limitOrNull ?? DEFAULT_LIMIT, offsetOrNull ?? 0];
  checkBounds('limit', limit, maxPromotions);
  checkBounds('offset', offset, MAX_OFFSET);
  return { offset, limit };
}

/**
 * The window after an entry.
 * @param firstOrNull its length, null for the default
 * @param after the entry's offset, undefined for the beginning of the list
 * @throws BAD_USER_INPUT for a negative `first`, or one over `maxPromotions`.
 */
export function windowAfter(firstOrNull: number | null, after: number | undefined, maxPromotions: number): Window {
  const first = firstOrNull ?? DEFAULT_LIMIT;
  checkBounds('first', first, maxPromotions);
  return { offset: after === undefined ? 0 : Math.min(after + 1, MAX_OFFSET), limit: first };
}

function checkBounds(name: 'limit' | 'first' | 'offset', value: number, max: number): void {
  if (value < 0) throw badUserInput(`${name} must be at least 0, got ${value}.`);
  if (value > max) throw badUserInput(`${name} must be at most ${max}, got ${value}.`);
}
