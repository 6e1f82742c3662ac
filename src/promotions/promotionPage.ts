import { badUserInput } from '../model/errors.ts';
import {
  countedDetails,
  entriesWithin,
  type PageEntry,
  sameWindow,
  type UpstreamPage,
  type Warning,
  type Window,
} from '../model/page.ts';
import type { Promotion } from '../model/promotion.ts';
import { NOT_SENT } from './shortPages.ts';

export type PageDetails = {
  readonly pageNumber: number;
  readonly pageSize: number;
  readonly totalEntries: number;
  readonly pageCount: number;
  readonly hasNextPage: boolean;
};

/** The page of a window, cut from one or more calls. Entry `i` is at `window.offset + i` in the list. */
export type PromotionPage = {
  readonly window: Window;
  readonly pageDetails: PageDetails;
  readonly entries: readonly PageEntry[];
  /** The promotions of the entries, without those that could not be read. */
  readonly items: readonly Promotion[];
  readonly warnings: readonly Warning[];
};

/** The window of an upstream call, and the page it returned. */
export type FetchedWindow = { readonly window: Window; readonly page: UpstreamPage };

/**
 * Cuts a window out of the calls that cover it (at least one, in ascending order): its entries in order, its page details,
 * upstream's page warnings without repetitions, and the warnings of its entries.
 */
export function cutPage(window: Window, fetched: readonly FetchedWindow[]): PromotionPage {
  const entries = joined(window, fetched);
  const pageDetails = pageDetailsOf(window, fetched, entries.length);
  return {
    window,
    entries,
    items: entries.flatMap(({ promotion }) => promotion ?? []),
    pageDetails,
    warnings: [
      ...warningsOf(fetched),
      ...entries.flatMap(({ warnings }) => warnings),
      ...fetched.flatMap(uncountedOf),
      ...missingOf(window, pageDetails.totalEntries, entries),
    ],
  };
}

/** The entries of all calls at their positions in the window. Without a total, it is not known what lies between them. */
function joined(window: Window, fetched: readonly FetchedWindow[]): readonly PageEntry[] {
  const [only] = fetched;
  if (only !== undefined && fetched.length === 1 && only.window.offset <= window.offset) {
    return entriesWithin(only.page.entries, only.window, window);
  }
  const entries: PageEntry[] = [];
  for (const call of fetched) {
    const from = Math.max(call.window.offset, window.offset) - window.offset;
    const own = entriesWithin(call.page.entries, call.window, window);
    while (own.length > 0 && entries.length < from) entries.push(NOT_SENT);
    entries.push(...own.slice(entries.length - from));
  }
  return entries;
}

/** Says how many of the promotions that upstream counts in the window it did not send. */
function missingOf(window: Window, total: number, entries: readonly PageEntry[]): readonly Warning[] {
  const counted = Math.max(0, Math.min(window.limit, total - window.offset));
  const sent = entries.filter((entry) => entry !== NOT_SENT).length;
  if (sent >= counted) return [];
  const message = `Upstream sent ${sent} of the ${counted} promotions that it counts in this window.`;
  return [{ code: 'MISSING_ENTRIES', message, promotionId: null, field: 'promotions' }];
}

/** Says that a call's total does not count its promotions. So it is if upstream ignores the offset, and sends them again. */
function uncountedOf({ window: { offset }, page: { entries, pageDetails } }: FetchedWindow): readonly Warning[] {
  if (pageDetails === null || entries.length === 0 || offset + entries.length <= pageDetails.totalEntries) return [];
  const field = 'pageDetails.totalEntries';
  const message = `${field}: ${pageDetails.totalEntries} does not count the ${entries.length} promotions that upstream sent for offset ${offset}.`;
  return [{ code: 'INVALID_VALUE', message, promotionId: null, field }];
}

/**
 * Upstream's own page details if one call for entries has exactly this window, else computed from the newest total. Without a
 * total, it is at least what this page proves, and only an empty page says that nothing follows.
 */
function pageDetailsOf(window: Window, fetched: readonly FetchedWindow[], entryCount: number): PageDetails {
  const withTotal = fetched.findLast((call) => call.page.pageDetails !== null);
  const seen = entryCount === 0 ? 0 : Math.min(window.offset + entryCount, MAX_OFFSET);
  // A call without entries may have a total that another call of the window disproves.
  const totalEntries = Math.max(withTotal?.page.pageDetails?.totalEntries ?? 0, seen);
  const isExactly = withTotal && fetched.length === 1 && sameWindow(withTotal.window, window);
  // Upstream may answer a call for no entries as one for some, and the gateway may have made it as one.
  const own = isExactly && window.limit > 0 ? withTotal.page.pageDetails : null;
  const counted = countedDetails(window, totalEntries);
  // A page that ends before its window goes on there, unless it is empty: then nothing would ever follow.
  const end = window.offset + (entryCount > 0 ? Math.min(entryCount, window.limit) : window.limit);
  return {
    pageNumber: own?.pageNumber ?? counted.pageNumber,
    pageSize: own?.pageSize ?? counted.pageSize,
    totalEntries,
    pageCount: own?.pageCount ?? counted.pageCount,
    hasNextPage: withTotal === undefined ? entryCount > 0 : end < totalEntries,
  };
}

/** The warnings of all calls' pages, each once. */
function warningsOf(fetched: readonly FetchedWindow[]): readonly Warning[] {
  const all = fetched.flatMap(({ page }) => page.warnings);
  const isSame = (a: Warning, b: Warning) => a.code === b.code && a.message === b.message;
  return all.filter((warning, at) => all.findIndex((other) => isSame(other, warning)) === at);
}

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
