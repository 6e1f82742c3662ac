import type { Registry } from 'prom-client';
import type { CacheStats } from '../../cache/stats.ts';
import type { Store } from '../../cache/store.ts';
import { readCounter, readGauge, Tally } from './series.ts';

export type CacheMetrics = {
  /** Counts what one operation got from the cache. */
  cacheUsed(stats: CacheStats): void;
  /** @param outcome one of a few fixed words */
  customerEvent(outcome: string): void;
};

/** How operations use the cache, and the events that invalidate its entries. */
export function cacheMetrics(registry: Registry): CacheMetrics {
  const lookups = new Tally(registry, 'gateway_cache_lookups_total');
  const wholeResponses = new Tally(registry, 'gateway_cache_whole_responses_total');
  const renewals = new Tally(registry, 'gateway_cache_renewals_total');
  const events = new Tally(registry, 'gateway_customer_events_total');
  return {
    cacheUsed({ hits, stale, misses, renewals: renewed, wholeResponse }) {
      lookups.add(hits, 'hit');
      lookups.add(stale, 'stale');
      lookups.add(misses, 'miss');
      renewals.add(renewed);
      if (wholeResponse) wholeResponses.add(1);
    },
    customerEvent: (outcome) => events.add(1, outcome),
  };
}

/** The memory and evictions of the cache in this process. */
export function storeMetrics(registry: Registry, store: Pick<Store, 'state'>): void {
  readGauge(registry, 'gateway_cache_bytes', () => store.state?.bytes);
  readCounter(registry, 'gateway_cache_evictions_total', () => store.state?.evictions ?? 0);
}
