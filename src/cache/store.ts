import type { UpstreamPage, Window } from '../model/page.ts';
import type { CacheEntry, Moment, NewEntry } from './entry.ts';
import type { EntryMarks, Mark, QueryKeys } from './names.ts';

/** Names one entry: another one that takes its place has another version. */
export type EntryRef = {
  readonly keys: QueryKeys;
  readonly version: string;
  readonly kind: CacheEntry['kind'];
  /** When upstream's answer came: Unix time in ms. */
  readonly at: number;
};

/** Reads a page of the query, as upstream sent it for a window. */
export type ReadPage = (body: Buffer, window: Window) => UpstreamPage;

/** What a store has for a window, and when it said so. */
export type Lookup = {
  readonly found: { readonly entry: CacheEntry; readonly ref: EntryRef } | undefined;
  /** Undefined if the store could not be asked. */
  readonly asOf: Moment | undefined;
};

/**
 * Keeps entries under keys that hold credentials identity, data scope and a keyed hash of the request. An entry with a mark
 * that was set since the entry's `asOf` is not there. Reading never fails: what cannot be read is not there.
 */
export type Store = {
  /** What it holds: bytes of memory, about, and how many entries it dropped for others. Undefined if Redis holds it. */
  readonly state?: { readonly bytes: number; readonly evictions: number };
  /** The latest entry that covers a window. */
  get(keys: QueryKeys, window: Window, read: ReadPage): Lookup | Promise<Lookup>;
  /**
   * Stores an entry that any of these marks makes invalid, unless one has done so already, or a younger entry is there.
   * Undefined if it is known that the entry is not stored.
   */
  set(keys: QueryKeys, marks: EntryMarks, entry: NewEntry): EntryRef | undefined;
  /** Deletes all entries of a query. */
  delete(keys: QueryKeys): void;
  /** Sets marks, and with an identifier's those of the customers that entries have it for. False if it could not be done for all instances now; it is then tried again. */
  invalidate(marks: readonly Mark[]): boolean | Promise<boolean>;
  /** Whether any of these marks was set since then; true if the store cannot tell. */
  invalidatedSince(marks: EntryMarks, asOf: Moment): boolean | Promise<boolean>;
  /** Whether all of these entries are still there. */
  areCurrent(refs: readonly EntryRef[]): boolean | Promise<boolean>;
};

/** Most entries of one query: requests for many windows of it must not fill the store. */
export const MAX_ENTRIES_PER_QUERY = 32;
