import type { UpstreamVerdict } from '../model/errors.ts';
import { countedDetails, entriesWithin, sameWindow, type UpstreamPage, type Window } from '../model/page.ts';

/** A moment of a store's own clock, which all instances with this store share. Only stores make one. */
export type Moment = number & { readonly __brand: 'Moment' };

/** What is cached of one query: a page of it, or that upstream does not know the customer. */
export type CacheEntry = CachedPage | CachedNotFound;

/** When an entry was made. */
type Made = {
  /** When upstream's answer came: Unix time in ms. */
  readonly at: number;
  /** When it was decided to ask upstream: what happened to the customer since then may be missing in the answer. */
  readonly asOf: Moment;
};

export type CachedPage = Made & { readonly kind: 'page'; readonly window: Window; readonly page: UpstreamPage };
export type CachedNotFound = Made & { readonly kind: 'not-found'; readonly upstream: UpstreamVerdict };

/** An entry as a store is given it: a page comes with the bytes that upstream sent. */
export type NewEntry = (CachedPage & { readonly body: Buffer }) | CachedNotFound;

/** Which windows an entry answers. */
export type Extent =
  | { readonly kind: 'everything' }
  | {
      readonly kind: 'window';
      readonly window: Window;
      /** Whether windows inside it, and totals, are answered too: not if upstream named no total. */
      readonly inside: boolean;
    };

export function extentOf(entry: CacheEntry): Extent {
  if (entry.kind === 'not-found') return { kind: 'everything' };
  return { kind: 'window', window: entry.window, inside: entry.page.pageDetails !== null };
}

/** Whether an entry answers a window; a window without entries asks for the totals, which any page has. */
export function covers(extent: Extent, window: Window): boolean {
  if (extent.kind === 'everything' || sameWindow(extent.window, window)) return true;
  if (!extent.inside) return false;
  const { offset, limit } = extent.window;
  return window.limit === 0 || (offset <= window.offset && window.offset + window.limit <= offset + limit);
}

/** Whether a newer entry leaves an older one without use. */
export function replaces(newer: Extent, older: Extent): boolean {
  return newer.kind === 'everything' || older.kind === 'everything' || covers(newer, older.window);
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
