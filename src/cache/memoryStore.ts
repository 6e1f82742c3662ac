import { LRUCache } from 'lru-cache';
import type { Window } from '../model/page.ts';
import type { QueryKey } from '../upstream/key.ts';
import { type CacheEntry, covers } from './entry.ts';
import { MAX_ENTRIES_PER_QUERY, type Store } from './store.ts';

type Sized = { readonly kept: CacheEntry; readonly bytes: number };

/** Keeps the very objects, for reading alone, in at most so many bytes of memory as estimated; the least used go first. */
export class MemoryStore implements Store {
  readonly maxSkewMs = 0;
  readonly #listings: LRUCache<QueryKey, readonly Sized[]>;

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

  find(key: QueryKey, window: Window): CacheEntry | undefined {
    const query = this.#listings.get(key);
    if (query === undefined) return undefined;
    for (const { kept } of query) {
      if (covers(kept, window)) return kept;
    }
    return undefined;
  }

  keep(key: QueryKey, kept: CacheEntry): void {
    const others = (this.#listings.get(key) ?? []).filter((other) => !replaces(kept, other.kept));
    const query = [{ kept, bytes: bytesOf(kept) }, ...others].slice(0, MAX_ENTRIES_PER_QUERY);
    this.#listings.set(key, query);
  }

  forget(key: QueryKey): void {
    this.#listings.delete(key);
  }
}

/** Whether a newer answer leaves an older one without use. */
function replaces(newer: CacheEntry, older: CacheEntry): boolean {
  return newer.kind === 'not-found' || older.kind === 'not-found' || covers(newer, older.window);
}

const OBJECT_BYTES = 24;
const SLOT_BYTES = 8;
const STRING_BYTES = 24;
const BEYOND_LATIN_1 = /[\u0100-\uffff]/;

/**
 * An estimate, rather too high, of the memory that plain data takes: strings by a byte a character, two outside
 * Latin-1; objects and arrays by their slots.
 */
export function bytesOf(value: unknown): number {
  if (typeof value === 'string') return STRING_BYTES + value.length * (BEYOND_LATIN_1.test(value) ? 2 : 1);
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = OBJECT_BYTES;
  if (Array.isArray(value)) {
    for (const item of value) bytes += SLOT_BYTES + bytesOf(item);
    return bytes;
  }
  for (const member in value) bytes += SLOT_BYTES + bytesOf(value[member as keyof typeof value]);
  return bytes;
}
