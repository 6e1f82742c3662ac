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

export type PageDetails = {
  readonly pageNumber: number;
  readonly pageSize: number;
  readonly totalEntries: number;
  readonly pageCount: number;
  readonly hasNextPage: boolean;
};

/** A window's own answer, whatever calls it was cut from. Entry `i` stands at `window.offset + i` in the list. */
export type PromotionPage = {
  readonly window: Window;
  readonly pageDetails: PageDetails;
  readonly entries: readonly PageEntry[];
  /** Those of the entries, without the places whose promotion could not be served. */
  readonly items: readonly Promotion[];
  readonly warnings: readonly Warning[];
};

/** An upstream call that was made, and its answer. */
export type AnsweredCall = { readonly window: Window; readonly page: UpstreamPage };

/**
 * Cuts a window out of the calls that cover it (one at least, ascending): its entries in order, its own page details,
 * upstream's page warnings once each, and the warnings of just its entries.
 */
export function cutPage(window: Window, answered: readonly AnsweredCall[]): PromotionPage {
  const entries = answered.length === 1 ? cut(window, answered[0]) : answered.flatMap((call) => cut(window, call));
  return {
    window,
    entries,
    items: promotionsOf(entries),
    pageDetails: pageDetailsOf(window, answered, entries.length),
    warnings: warningsOf(answered, entries),
  };
}

function cut(window: Window, call: AnsweredCall | undefined): readonly PageEntry[] {
  return call === undefined ? [] : entriesWithin(call.page.entries, call.window, window);
}

/** Upstream's own page details if one call served just this window, else computed from its total for this window. */
function pageDetailsOf(window: Window, answered: readonly AnsweredCall[], entryCount: number): PageDetails {
  const told = answered.find((call) => call.page.pageDetails !== null);
  const totalEntries = told?.page.pageDetails?.totalEntries ?? window.offset + entryCount;
  const own = told && answered.length === 1 && sameWindow(told.window, window) ? told.page.pageDetails : null;
  const counted = countedDetails(window, totalEntries);
  return {
    pageNumber: own?.pageNumber ?? counted.pageNumber,
    pageSize: own?.pageSize ?? counted.pageSize,
    totalEntries,
    pageCount: own?.pageCount ?? counted.pageCount,
    hasNextPage: window.offset + window.limit < totalEntries,
  };
}

function warningsOf(answered: readonly AnsweredCall[], entries: readonly PageEntry[]): readonly Warning[] {
  const warnings: Warning[] = [];
  for (const { page } of answered) {
    for (const warning of page.warnings) {
      if (!warnings.some((other) => other.code === warning.code && other.message === warning.message)) {
        warnings.push(warning);
      }
    }
  }
  for (const entry of entries) {
    if (entry.warnings.length > 0) warnings.push(...entry.warnings);
  }
  return warnings;
}

function promotionsOf(entries: readonly PageEntry[]): Promotion[] {
  const promotions: Promotion[] = [];
  for (const { promotion } of entries) {
    if (promotion !== null) promotions.push(promotion);
  }
  return promotions;
}
