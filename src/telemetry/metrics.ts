import { Registry } from 'prom-client';
import type { Store } from '../cache/store.ts';
import { type BuildInfo, dependencyMetrics, instanceMetrics, storeMetrics } from './metrics/instanceMetrics.ts';
import { operationMetrics } from './metrics/operationMetrics.ts';
import { readGauge, Tally } from './metrics/series.ts';
import type { CallsState } from './metrics/upstreamMetrics.ts';
import { type CountedEvents, clientCertificate, countedEvents, upstreamState } from './metrics/upstreamMetrics.ts';
import type { OperationRecord } from './operationRecord.ts';

export type Metrics = {
  /** Counts a request to /graphql that has ended. */
  operationEnded(record: OperationRecord): void;
  /** Counts an event that invalidates cache entries. @param outcome one of a few fixed words */
  customerEvent(outcome: string): void;
  readonly registry: Registry;
  readonly upstreamEvents: CountedEvents;
  /** Adds a dependency of the gateway whose state is shown. @param failingSince in Unix time in seconds, undefined while it works */
  addDependency(name: string, failingSince: () => number | undefined): void;
  /** Adds the state of both, which is read at each scrape. */
  observe(calls: CallsState, store: Pick<Store, 'state'>): void;
  /** Adds the number of operations in flight, which is read at each scrape. */
  observeInFlight(count: () => number): void;
};

export type MetricsOptions = {
  readonly buildInfo: BuildInfo;
  /** The call budget; undefined if there is none. */
  readonly requestsPerMinute: number | undefined;
  /** How long cached pages are fresh, in milliseconds; undefined while the cache is off. */
  readonly cacheTtlMs: number | undefined;
  /** When upstream's client certificate ends; undefined if there is none. */
  readonly clientCertificateEndsAt: Date | undefined;
};

/**
 * The Prometheus metrics, which docs/operating.md lists. Labels hold codes, statuses, fields of the payload, names of API
 * keys and ids of trusted documents, never an identifier. The number of their values is bounded.
 */
export function createMetrics(options: MetricsOptions): Metrics {
  const { buildInfo, requestsPerMinute, cacheTtlMs, clientCertificateEndsAt } = options;
  const registry = new Registry();
  instanceMetrics(registry, buildInfo);
  readGauge(registry, 'gateway_cache_ttl_seconds', () => cacheTtlMs && cacheTtlMs / 1000);
  const events = new Tally(registry, 'gateway_customer_events_total');
  return {
    registry,
    customerEvent: (outcome) => events.add(1, outcome),
    operationEnded: operationMetrics(registry),
    upstreamEvents: countedEvents(registry),
    addDependency: dependencyMetrics(registry),
    observe(calls, store) {
      upstreamState(registry, calls, requestsPerMinute);
      clientCertificate(registry, clientCertificateEndsAt);
      storeMetrics(registry, store);
    },
    observeInFlight(count) {
      readGauge(registry, 'gateway_operations_in_flight', count);
    },
  };
}
