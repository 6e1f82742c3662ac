import type { UpstreamVerdict } from '../model/errors.ts';
import { countedDetails, entriesWithin, sameWindow, type UpstreamPage, type Window } from '../model/page.ts';

/** A time on a store's own clock, which all instances with this store share. Only stores make one. */
export type Moment = number & { readonly __brand: 'Moment' };

/** A cached result of one query: a page, or that upstream does not know the customer. */
export type CacheEntry = CachedPage | CachedNotFound;

/** When an entry was made. */
type Made = {
  /** When upstream's response was received: Unix time in ms. */
  readonly at: number;
  /** When the call was decided. The response may miss what happened to the customer after this. */
  readonly asOf: Moment;
};

export type CachedPage = Made & { readonly kind: 'page'; readonly window: Window; readonly page: UpstreamPage };
export type CachedNotFound = Made & { readonly kind: 'not-found'; readonly upstream: UpstreamVerdict };

/** An entry to store. A page comes with the bytes that upstream sent. */
export type NewEntry = (CachedPage & { readonly body: Buffer }) | CachedNotFound;

/** The windows that an entry can be used for. */
export type Extent =
  | { readonly kind: 'everything' }
  | {
      readonly kind: 'window';
      readonly window: Window;
      /** Whether it can also be used for windows inside it and for totals. False if upstream sent no total. */
      readonly inside: boolean;
    };

export function extentOf(entry: CacheEntry): Extent {
  if (entry.kind === 'not-found') return { kind: 'everything' };
  return { kind: 'window', window: entry.window, inside: entry.page.pageDetails !== null };
}

/** Whether an entry can be used for a window. A window without entries needs only totals, which any page has. */
export function covers(extent: Extent, window: Window): boolean {
  if (extent.kind === 'everything' || sameWindow(extent.window, window)) return true;
  if (!extent.inside) return false;
  const { offset, limit } = extent.window;
  return window.limit === 0 || (offset <= window.offset && window.offset + window.limit <= offset + limit);
}

/** Whether a newer entry makes an older one useless. */
export function replaces(newer: Extent, older: Extent): boolean {
  return newer.kind === 'everything' || older.kind === 'everything' || covers(newer, older.window);
}

/** The part of a page for a window that it covers: the page itself if it has exactly this window. */
export function pageFor(window: Window, { window: own, page }: CachedPage): UpstreamPage {
  if (sameWindow(own, window)) return page;
  return {
    customerId: page.customerId,
    pageDetails: page.pageDetails && countedDetails(window, page.pageDetails.totalEntries),
    entries: entriesWithin(page.entries, own, window),
    warnings: page.warnings,
  };
}
