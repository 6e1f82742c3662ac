import { LRUCache } from 'lru-cache';
import type { Window } from '../model/page.ts';
import type { ListingKey } from '../upstream/key.ts';
import { bytesOf } from './bytes.ts';
import { covers, type Kept } from './kept.ts';
import { MAX_KEPT_PER_LISTING, type Store } from './store.ts';

type Sized = { readonly kept: Kept; readonly bytes: number };

/** Keeps the very objects, for reading alone, in at most so many bytes of memory as estimated; the least used go first. */
export class MemoryStore implements Store {
  readonly #listings: LRUCache<ListingKey, readonly Sized[]>;

  constructor(maxBytes: number) {
    this.#listings = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (sized, key) => sized.reduce((sum, { bytes }) => sum + bytes, bytesOf(key)),
    });
  }

  /** Estimated bytes of all that is kept. */
  get bytes(): number {
    return this.#listings.calculatedSize;
  }

  find(key: ListingKey, window: Window): Kept | undefined {
    const listing = this.#listings.get(key);
    if (listing === undefined) return undefined;
    for (const { kept } of listing) {
      if (covers(kept, window)) return kept;
    }
    return undefined;
  }

  keep(key: ListingKey, kept: Kept): void {
    const others = (this.#listings.get(key) ?? []).filter((other) => !replaces(kept, other.kept));
    const listing = [{ kept, bytes: bytesOf(kept) }, ...others].slice(0, MAX_KEPT_PER_LISTING);
    this.#listings.set(key, listing);
  }

  forget(key: ListingKey): void {
    this.#listings.delete(key);
  }
}

/** Whether a newer answer leaves an older one without use. */
function replaces(newer: Kept, older: Kept): boolean {
  return newer.kind === 'not-found' || older.kind === 'not-found' || covers(newer, older.window);
}
