import { Counter, type Registry } from 'prom-client';
import type { CacheStats } from '../../cache/stats.ts';
import type { Store } from '../../cache/store.ts';
import { readGauge } from './series.ts';

export type CacheMetrics = {
  /** Counts what one operation got from the cache. */
  cacheUsed(stats: CacheStats): void;
  /** @param outcome one of a few fixed words */
  customerEvent(outcome: string): void;
};

/** How operations use the cache, and the events that invalidate its entries. */
export function cacheMetrics(registry: Registry): CacheMetrics {
  const registers = [registry];
  const lookups = new Counter({
    name: 'gateway_cache_lookups_total',
    help: 'Cache lookups of pages, by result: hit, stale or miss.',
    labelNames: ['state'],
    registers,
  });
  const wholeResponses = new Counter({
    name: 'gateway_cache_whole_responses_total',
    help: 'Operations answered with a whole response from the cache. The pages of that response count as hits.',
    registers,
  });
  const renewals = new Counter({
    name: 'gateway_cache_renewals_total',
    help: 'Misses of pages that were cached, but too old for the Cache-Control header of the request.',
    registers,
  });
  const events = new Counter({
    name: 'gateway_customer_events_total',
    help: 'Notifications of changed customers, by outcome. Accepted ones invalidate cache entries.',
    labelNames: ['outcome'],
    registers,
  });
  return {
    cacheUsed({ hits, stale, misses, renewals: renewed, wholeResponse }) {
      if (hits > 0) lookups.inc({ state: 'hit' }, hits);
      if (stale > 0) lookups.inc({ state: 'stale' }, stale);
      if (misses > 0) lookups.inc({ state: 'miss' }, misses);
      renewals.inc(renewed);
      if (wholeResponse) wholeResponses.inc();
    },
    customerEvent: (outcome) => events.inc({ outcome }),
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
