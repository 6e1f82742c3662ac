import type { CacheEntry } from './entry.ts';

/** May be served as it is, may be served while it is renewed, or may not be served; ages in milliseconds. */
export type Freshness =
  | { readonly state: 'fresh'; readonly ageMs: number; readonly leftMs: number }
  | { readonly state: 'stale'; readonly ageMs: number }
  | { readonly state: 'miss' };

/** How far another instance's clock may be ahead of this one's. */
export const MAX_SKEW_MS = 5000;

/** What may be done with an entry at `now` (Unix time in ms). A customer that was not found is never stale. */
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
  /** How long an answer is served as it is. */
  readonly ttlMs: number;
  /** How long after that it is served while it is being renewed, or cannot be. */
  readonly staleMs: number;
  /** How long upstream's not knowing a customer (8015) is served; never longer than `ttlMs`. */
  readonly notFoundMs: number;
};

/** How long an entry may be served at all, in milliseconds. */
export function lifetimeOf(kind: CacheEntry['kind'], { ttlMs, staleMs, notFoundMs }: Lifetimes): number {
  return kind === 'page' ? ttlMs + staleMs : notFoundMs;
}
