import type { Window } from '../model/page.ts';
import type { QueryKey } from '../upstream/key.ts';
import type { CacheEntry } from './entry.ts';

/**
 * Keeps answers under keys that hold credentials identity, data scope and a keyed hash of the request. Never fails: what
 * cannot be read is not there.
 */
export type Store = {
  /** How far the clock that wrote an entry may be ahead of this instance's, in milliseconds. */
  readonly maxSkewMs: number;
  /** The latest kept answer that covers a window. */
  find(key: QueryKey, window: Window): CacheEntry | undefined | Promise<CacheEntry | undefined>;
  keep(key: QueryKey, kept: CacheEntry): void | Promise<void>;
  /** Forgets everything about a query. */
  forget(key: QueryKey): void | Promise<void>;
};

/** Most answers kept of one query: whoever asks for ever other windows of it does not fill the store. */
export const MAX_ENTRIES_PER_QUERY = 32;
