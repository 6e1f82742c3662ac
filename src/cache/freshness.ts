import type { CacheEntry } from './entry.ts';

/** Whether an entry may be served (fresh), may be served while it is renewed (stale), or may not be served. In milliseconds. */
export type Freshness =
  | { readonly state: 'fresh'; readonly ageMs: number; readonly leftMs: number }
  | { readonly state: 'stale'; readonly ageMs: number }
  | { readonly state: 'miss' };

/** How far another instance's clock may be ahead of this one's. */
export const MAX_SKEW_MS = 5000;

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

/** How long an entry may be served, fresh or stale, in milliseconds. */
export function lifetimeOf(kind: CacheEntry['kind'], { ttlMs, staleMs, notFoundMs }: Lifetimes): number {
  return kind === 'page' ? ttlMs + staleMs : notFoundMs;
}
