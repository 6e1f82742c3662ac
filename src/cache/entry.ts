import type { UpstreamVerdict } from '../model/errors.ts';
import { countedDetails, entriesWithin, sameWindow, type UpstreamPage, type Window } from '../model/page.ts';

/** What is kept of one query: a page of it, or that upstream does not know the customer. `at` is Unix time in ms. */
export type CacheEntry = CachedPage | CachedNotFound;

export type CachedPage = {
  readonly kind: 'page';
  readonly at: number;
  readonly window: Window;
  readonly page: UpstreamPage;
};

export type CachedNotFound = { readonly kind: 'not-found'; readonly at: number; readonly upstream: UpstreamVerdict };

/**
 * Where the entries end that a kept page can answer for: at the end of its window. A page whose details upstream did not
 * tell answers just its own window, and so ends at its beginning.
 */
export function endOf({ window, page }: CachedPage): number {
  return page.pageDetails === null ? window.offset : window.offset + window.limit;
}

/** Whether a window can be answered from what is kept; one without entries asks for the totals, which any page tells. */
export function covers(kept: CacheEntry, window: Window): boolean {
  if (kept.kind === 'not-found' || sameWindow(kept.window, window)) return true;
  if (kept.page.pageDetails === null) return false;
  if (window.limit === 0) return true;
  return kept.window.offset <= window.offset && window.offset + window.limit <= endOf(kept);
}

/** The answer to a window that the page covers: the page itself if it is just this window. */
export function pageFor(window: Window, { window: own, page }: CachedPage): UpstreamPage {
  if (sameWindow(own, window)) return page;
  return {
    customerId: page.customerId,
    pageDetails: page.pageDetails && countedDetails(window, page.pageDetails.totalEntries),
    entries: entriesWithin(page.entries, own, window),
    warnings: page.warnings,
  };
}
