import type { EntryRef } from './store.ts';

/** What one operation got from the cache: how many calls it saved, and how old its pages are. */
export type CacheStats = {
  /** Pages served from fresh entries. */
  hits: number;
  stale: number;
  misses: number;
  /** Pages that were fresh enough, but not for this request's `Cache-Control`. */
  renewals: number;
  /** Whether the whole response was served from the cache; its pages count as hits. */
  wholeResponse: boolean;
  /** Age of the oldest cached answer that was served; 0 if all came from upstream just now. */
  oldestMs: number;
  /** How long all that was served stays fresh: 0 if something is stale, infinite if nothing was asked for. */
  freshForMs: number;
  /** The entries that the response is made of; undefined once part of it is in no entry, or not fresh. */
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

/** STALE if any part of the response is, else MISS if any was asked of upstream; BYPASS if the cache was not asked. */
export type CacheState = 'HIT' | 'STALE' | 'MISS' | 'BYPASS';

export function stateOf({ hits, stale, misses }: CacheStats): CacheState {
  if (stale > 0) return 'STALE';
  if (misses > 0) return 'MISS';
  return hits > 0 ? 'HIT' : 'BYPASS';
}
