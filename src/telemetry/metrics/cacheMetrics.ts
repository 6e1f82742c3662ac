import { Counter, type Registry } from 'prom-client';
import type { CacheStats } from '../../cache/stats.ts';
import type { Store } from '../../cache/store.ts';
import { readGauge, Tally } from './series.ts';

export type CacheMetrics = {
  /** Counts what one operation got from the cache. */
  cacheUsed(stats: CacheStats): void;
  /** @param outcome one of a few fixed words */
  customerEvent(outcome: string): void;
};

/** How operations use the cache, and the events that invalidate its entries. */
export function cacheMetrics(registry: Registry): CacheMetrics {
  const lookups = new Tally(
    registry,
    'gateway_cache_lookups_total',
    'Cache lookups of pages, by result: hit, stale or miss.',
    ['state'],
  );
  const wholeResponses = new Tally(
    registry,
    'gateway_cache_whole_responses_total',
    'Operations answered with a whole response from the cache. The pages of that response count as hits.',
  );
  const renewals = new Tally(
    registry,
    'gateway_cache_renewals_total',
    'Misses of pages that were cached, but too old for the Cache-Control header of the request.',
  );
  const events = new Tally(
    registry,
    'gateway_customer_events_total',
    'Notifications of changed customers, by outcome. Accepted ones invalidate cache entries.',
    ['outcome'],
  );
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
  readGauge(
    registry,
    'gateway_cache_bytes',
    'Approximate memory of the pages and whole responses cached in this process.',
    () => store.state?.bytes,
  );
  let counted = 0;
  new Counter({
    name: 'gateway_cache_evictions_total',
    help: 'Entries that the cache in memory removed to make room for others.',
    registers: [registry],
    collect() {
      const evictions = store.state?.evictions ?? 0;
      this.inc(evictions - counted);
      counted = evictions;
    },
  });
}
