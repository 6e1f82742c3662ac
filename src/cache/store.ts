import type { Moment } from '../model/moment.ts';
import type { UpstreamPage, Window } from '../model/page.ts';
import type { QueryKey } from '../upstream/lookupRequest.ts';
import type { CacheEntry, NewEntry } from './entry.ts';
import type { Mark } from './marks.ts';

/** A reference to one entry. An entry that replaces it has another version. */
export type EntryRef = {
  readonly key: QueryKey;
  readonly version: string;
  readonly kind: CacheEntry['kind'];
  /** When upstream's response was received: Unix time in ms. */
  readonly at: number;
  readonly asOf: Moment;
};

/** A window of a query, and the entry that answered it. */
export type Part = { readonly ref: EntryRef; readonly window: Window };

/** Reads a page of the query, as upstream sent it. */
export type ReadPage = (body: Buffer) => UpstreamPage;

/** The result of a lookup, and its time. */
export type Lookup = {
  readonly found: { readonly entry: CacheEntry; readonly ref: EntryRef } | undefined;
  /** Undefined if the store could not be read. */
  readonly asOf: Moment | undefined;
};

/** The approximate bytes that a cache takes in this process, and how many entries it has evicted to make room. */
export type CacheMemory = { readonly bytes: number; readonly evictions: number };

/**
 * Stores entries under keys that hold credentials identity, data scope and a keyed hash of the request. An entry is not found
 * if one of its marks was set after the entry's `asOf`. Reading never fails: an entry that cannot be read is not found.
 */
export type Store = {
  /** Undefined if the entries are in Redis. */
  readonly state?: CacheMemory;
  /** The newest entry by `asOf` that covers a window. */
  get(key: QueryKey, window: Window, read: ReadPage): Promise<Lookup>;
  /**
   * Stores an entry that depends on these marks, unless one was set in the meantime or a newer entry is stored.
   * Undefined if the entry is known not to be stored.
   * @param instead a mark that is set if it turns out later that the entry is not stored
   */
  set(key: QueryKey, marks: readonly Mark[], entry: NewEntry, instead?: Mark): EntryRef | undefined;
  /**
   * Sets a mark: entries from before `asOf` end, or all until now without it. False if this did not reach all instances yet. It
   * is then tried again.
   */
  invalidate(mark: Mark, asOf?: Moment): Promise<boolean>;
  /** Whether any of these marks was set since then. True if the store cannot be read. */
  invalidatedSince(marks: readonly Mark[], asOf: Moment): Promise<boolean>;
  /** Whether lookups of all these windows would find the same entries again. */
  areCurrent(parts: readonly Part[]): Promise<boolean>;
};

/** The maximum number of entries of one query, so that requests for many windows do not fill the store. */
export const MAX_ENTRIES_PER_QUERY = 32;
