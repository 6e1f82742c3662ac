/** What one operation got from the cache: how many calls it was spared, and how old what it was served is. */
export type CacheStats = {
  hits: number;
  stale: number;
  misses: number;
  /** Age of the oldest kept answer that was served; 0 where all came from upstream just now. */
  oldestMs: number;
  /** How long all that was served stays fresh: 0 where something is stale, infinite where nothing was asked for. */
  freshForMs: number;
};

export function emptyCacheStats(): CacheStats {
  return { hits: 0, stale: 0, misses: 0, oldestMs: 0, freshForMs: Number.POSITIVE_INFINITY };
}

/** STALE where any part of the answer is, else MISS where any was asked of upstream; BYPASS where no cache was asked. */
export type CacheState = 'HIT' | 'STALE' | 'MISS' | 'BYPASS';

export function stateOf({ hits, stale, misses }: CacheStats): CacheState {
  if (stale > 0) return 'STALE';
  if (misses > 0) return 'MISS';
  return hits > 0 ? 'HIT' : 'BYPASS';
}
