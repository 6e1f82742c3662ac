import type { UpstreamVerdict } from '../model/errors.ts';
import type { Moment } from '../model/moment.ts';
import { countedDetails, entriesWithin, sameWindow, type UpstreamPage, type Window } from '../model/page.ts';
import type { Part } from './store.ts';

/** A cached result of one query: a page, or that upstream does not know the customer. */
export type CacheEntry = CachedPage | CachedNotFound;

/** When an entry was made. */
type Made = {
  /** When upstream's response was received: Unix time in ms. */
  readonly at: number;
  /** When the call was decided. The response may miss what happened to the customer after this. */
  readonly asOf: Moment;
};

/** A page of a query, and the window of the list that it is for. */
export type CachedPage = Made & { readonly kind: 'page'; readonly window: Window; readonly page: UpstreamPage };
/** That upstream does not know the customer of a query, with what it answered. */
export type CachedNotFound = Made & { readonly kind: 'not-found'; readonly upstream: UpstreamVerdict };

/** An entry to store. A page comes with the bytes that upstream sent. */
export type NewEntry = (CachedPage & { readonly body: Buffer }) | CachedNotFound;

/** The windows that an entry can be used for. */
export type Extent =
  | { readonly kind: 'everything' }
  | {
      readonly kind: 'window';
      readonly window: Window;
      /** Whether it can also be used for windows inside it and for totals. False without a total, and if entries are missing. */
      readonly inside: boolean;
    };

/** The windows that an entry can be used for. */
export function extentOf(entry: CacheEntry): Extent {
  if (entry.kind === 'not-found') return { kind: 'everything' };
  return { kind: 'window', window: entry.window, inside: entry.page.pageDetails !== null && isComplete(entry) };
}

/** Whether the page has all entries that its total promises for its window. Positions in a shorter one are not certain. */
function isComplete({ window, page }: CachedPage): boolean {
  const total = page.pageDetails?.totalEntries ?? 0;
  return page.entries.length >= Math.min(window.limit, total - window.offset);
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

/** Whether an entry may be served (fresh), may be served while it is renewed (stale), or may not be served. In milliseconds. */
export type Freshness =
  | { readonly state: 'fresh'; readonly ageMs: number; readonly leftMs: number }
  | { readonly state: 'stale'; readonly ageMs: number }
  | { readonly state: 'miss' };

/** How far another instance's clock may be ahead of this one's. */
const MAX_SKEW_MS = 5000;

/** The freshness of an entry at `now` (Unix time in ms). An entry of an unknown customer is never stale. */
export function freshnessOf(
  { kind, at }: Pick<CacheEntry, 'kind' | 'at'>,
  { ttlMs, staleMs, notFoundMs }: Lifetimes,
  now: number,
): Freshness {
  const sinceMade = now - at;
  if (sinceMade < -MAX_SKEW_MS) return { state: 'miss' };
  const ageMs = Math.max(0, sinceMade);
  const lifetime = kind === 'page' ? ttlMs : notFoundMs;
  if (ageMs < lifetime) return { state: 'fresh', ageMs, leftMs: lifetime - ageMs };
  return kind === 'page' && ageMs < ttlMs + staleMs ? { state: 'stale', ageMs } : { state: 'miss' };
}

/** For how long entries may be served, in milliseconds. */
export type Lifetimes = {
  /** How long an entry is fresh. */
  readonly ttlMs: number;
  /** How long after that it may be served while it is renewed, or if it cannot be renewed. */
  readonly staleMs: number;
  /** How long an unknown customer (8015) is fresh; at most `ttlMs`. */
  readonly notFoundMs: number;
};

/** How one operation used the cache: which pages it got from it, and how old they are. */
export type CacheStats = {
  /** Pages served from fresh entries. */
  hits: number;
  stale: number;
  misses: number;
  /** Pages that were cached, but the request asked for new ones. */
  renewals: number;
  /** Whether the whole response was served from the cache; its pages count as hits. */
  wholeResponse: boolean;
  /** The age of the oldest entry that was used; 0 if everything was just fetched. */
  oldestMs: number;
  /** How long everything that was served stays fresh: 0 if a part is stale, infinite without any page. */
  freshForMs: number;
  /** What the response is made of. Undefined once a part of it is not in an entry, or not fresh. */
  parts: Part[] | undefined;
};

/** Of an operation that has not read the cache yet. */
export function emptyCacheStats(): CacheStats {
  return {
    hits: 0,
    stale: 0,
    misses: 0,
    renewals: 0,
    wholeResponse: false,
    oldestMs: 0,
    freshForMs: Number.POSITIVE_INFINITY,
    parts: [],
  };
}

/** STALE if any page was stale, else MISS if any was fetched, else HIT. BYPASS if the cache was not used. */
export type CacheState = 'HIT' | 'STALE' | 'MISS' | 'BYPASS';

export function stateOf({ hits, stale, misses }: CacheStats): CacheState {
  if (stale > 0) return 'STALE';
  if (misses > 0) return 'MISS';
  return hits > 0 ? 'HIT' : 'BYPASS';
}
