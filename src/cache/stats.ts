import type { EntryRef } from './store.ts';

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
  /** The entries that the response is made of. Undefined once a part of it is not in an entry, or not fresh. */
  parts: EntryRef[] | undefined;
};

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
