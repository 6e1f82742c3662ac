import type { Window } from '../model/page.ts';
import type { ListingKey } from '../upstream/key.ts';
import type { Kept } from './kept.ts';

/**
 * Keeps answers under keys that hold credentials identity, data scope and a keyed hash of the request. Never fails: what
 * cannot be read is not there.
 */
export type Store = {
  /** The latest kept answer that covers a window. */
  find(key: ListingKey, window: Window): Kept | undefined | Promise<Kept | undefined>;
  keep(key: ListingKey, kept: Kept): void | Promise<void>;
  /** Forgets everything about a listing. */
  forget(key: ListingKey): void | Promise<void>;
};

/** Most answers kept of one listing: whoever asks for ever other windows of it does not fill the store. */
export const MAX_KEPT_PER_LISTING = 32;
