import { Counter, type Registry } from 'prom-client';
import type { CacheStats } from '../../cache/stats.ts';
import type { Store } from '../../cache/store.ts';
import { readGauge } from './series.ts';

export type CacheMetrics = {
  /** Counts what one operation got from the cache. */
  cacheAsked(stats: CacheStats): void;
  /** @param outcome one of few words */
  customerEvent(outcome: string): void;
};

/** Calls that the cache saved, and what invalidates its entries early. */
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
    help: 'Operations answered with a whole response from the cache; its pages count as hits.',
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
    cacheAsked({ hits, stale, misses, renewals: renewed, wholeResponse }) {
      if (hits > 0) lookups.inc({ state: 'hit' }, hits);
      if (stale > 0) lookups.inc({ state: 'stale' }, stale);
      if (misses > 0) lookups.inc({ state: 'miss' }, misses);
      renewals.inc(renewed);
      if (wholeResponse) wholeResponses.inc();
    },
    customerEvent: (outcome) => events.inc({ outcome }),
  };
}

/** What the cache holds in this process. */
export function storeMetrics(registry: Registry, store: Pick<Store, 'state'>): void {
  readGauge(
    registry,
    'gateway_cache_bytes',
    'Memory that pages and whole responses take in this process, about.',
    () => store.state?.bytes,
  );
  let counted = 0;
  new Counter({
    name: 'gateway_cache_evictions_total',
    help: 'Entries that the cache in memory dropped to make room for others.',
    registers: [registry],
    collect() {
      const evictions = store.state?.evictions ?? 0;
      this.inc(evictions - counted);
      counted = evictions;
    },
  });
}
