import { collectDefaultMetrics, Registry } from 'prom-client';
import type { CacheMemory } from '../cache/store.ts';
import type { CallsOptions } from '../calls/calls.ts';
import { refusals } from '../model/refusals.ts';
import type { UpstreamEvents } from '../upstream/events.ts';
import { droppedLogLines } from './logger.ts';
import type { LabelOf } from './metricCatalogue.ts';
import { counter, gauge, histogram, readCounter, readGauge } from './metricSeries.ts';
import type { OperationRecord } from './operationRecord.ts';

/** What the gateway counts, and the registry that shows it. */
export type Metrics = {
  /** Counts a request to /graphql that has ended. */
  operationEnded(record: OperationRecord): void;
  /** Counts an event that invalidates cache entries. @param outcome one of a few fixed words */
  customerEvent(outcome: string): void;
  readonly registry: Registry;
  readonly upstreamEvents: CountedEvents;
  /** Adds a dependency of the gateway whose state is shown. @param failingSince in Unix time in seconds, undefined while it works */
  addDependency(name: string, failingSince: () => number | undefined): void;
  /** Adds the state of all three, which is read at each scrape. */
  observe(calls: CallsState, caches: readonly Cache[], requests: RequestsState): void;
  /** Counts a connection that was refused. @param bound one of a few fixed words */
  connectionRefused(bound: string): void;
};

/** The events that are counted. */
export type CountedEvents = Pick<UpstreamEvents, 'callEnded' | 'callWaited' | 'drifted' | 'listRead'>;

/** What the calls of all operations share: circuits, places, waiting calls, budget and retries. */
export type CallsState = Pick<CallsOptions, 'circuits' | 'places' | 'limiter' | 'retryBudget'>;

/** A cache of pages or of responses. Undefined, or without a state, if there is none in this process. */
type Cache = { readonly state?: CacheMemory } | undefined;

/** The operations in flight, and the busiest address' share of the last minute's requests; undefined if they were few. */
export type RequestsState = { inFlight(): number; busiestAddressShare(): number | undefined };

/** The version and settings of an instance, as labels. */
export type BuildInfo = Readonly<Record<LabelOf<'gateway_build_info'>, string>>;

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
  readGauge(
    registry,
    'gateway_upstream_client_certificate_end_timestamp_seconds',
    () => clientCertificateEndsAt && clientCertificateEndsAt.getTime() / 1000,
  );
  const refusedConnections = counter(registry, 'gateway_connections_refused_total');
  const events = counter(registry, 'gateway_customer_events_total');
  return {
    registry,
    customerEvent: (outcome) => events(1, outcome),
    operationEnded: operationMetrics(registry),
    upstreamEvents: countedEvents(registry),
    addDependency: dependencyMetrics(registry),
    observe(calls, caches, requests) {
      upstreamState(registry, calls, requestsPerMinute);
      cacheMetrics(registry, caches);
      readGauge(registry, 'gateway_operations_in_flight', requests.inFlight);
      readGauge(registry, 'gateway_busiest_address_share', requests.busiestAddressShare);
    },
    connectionRefused: (bound) => refusedConnections(1, bound),
  };
}

/** Operations: how many, how long they took, how they ended, the upstream calls that they needed, and their use of the cache. */
function operationMetrics(registry: Registry): (record: OperationRecord) => void {
  const durations = histogram(registry, 'gateway_operation_duration_seconds');
  const byCaller = counter(registry, 'gateway_operations_total');
  const refused = counter(registry, 'gateway_refused_operations_total');
  const byDocument = counter(registry, 'gateway_trusted_document_operations_total');
  const callsByDocument = counter(registry, 'gateway_trusted_document_upstream_calls_total');
  const deduplicated = counter(registry, 'gateway_upstream_calls_deduplicated_total');
  const queued = counter(registry, 'gateway_upstream_calls_queued_total');
  const retried = counter(registry, 'gateway_upstream_calls_retried_total');
  const lookups = counter(registry, 'gateway_cache_lookups_total');
  const wholeResponses = counter(registry, 'gateway_cache_whole_responses_total');
  const renewals = counter(registry, 'gateway_cache_renewals_total');
  const decisions = refusals();

  return ({ startedAt, outcome, cause, callerGroup, trustedDocument, operation, stats, cacheStats }) => {
    durations.labels(outcome).observe((performance.now() - startedAt) / 1000);
    byCaller(1, callerGroup, outcome);
    // An outcome of upstream's may have a cause of the same words, but not the same code.
    if (cause !== undefined && decisions.get(cause)?.code === outcome) refused(1, callerGroup, cause);
    if (trustedDocument !== undefined) {
      byDocument(1, trustedDocument, operation?.name ?? '');
      callsByDocument(stats.made, trustedDocument, operation?.name ?? '');
    }
    deduplicated(stats.deduplicated);
    queued(stats.queued);
    retried(stats.retried);
    lookups(cacheStats.hits, 'hit');
    lookups(cacheStats.stale, 'stale');
    lookups(cacheStats.misses, 'miss');
    renewals(cacheStats.renewals);
    if (cacheStats.wholeResponse) wholeResponses(1);
  };
}

/** Upstream calls by duration, outcome and caller, the waits before them, and schema drift in their responses. */
function countedEvents(registry: Registry): CountedEvents {
  const calls = histogram(registry, 'gateway_upstream_call_duration_seconds');
  const byCaller = counter(registry, 'gateway_upstream_calls_total');
  const waits = histogram(registry, 'gateway_upstream_wait_duration_seconds');
  const drift = counter(registry, 'gateway_upstream_drift_total');
  const lists = counter(registry, 'gateway_upstream_lists_total');
  return {
    callEnded({ kind, caller, status, outcome, durationMs }) {
      calls.labels(kind, String(status ?? 'none'), outcome).observe(durationMs / 1000);
      if (caller !== undefined) byCaller(1, caller);
    },
    callWaited: (queue, durationMs) => waits.labels(queue).observe(durationMs / 1000),
    listRead: (isEmpty) => lists(1, isEmpty ? 'none' : 'some'),
    drifted: (values) => {
      for (const { field, code } of values) drift(1, field, code);
    },
  };
}

/** @param requestsPerMinute the call budget; undefined if there is none */
function upstreamState(registry: Registry, calls: CallsState, requestsPerMinute: number | undefined): void {
  const { circuits, places, limiter, retryBudget } = calls;
  readGauge(registry, 'gateway_upstream_budget_limit', () => requestsPerMinute);
  readGauge(registry, 'gateway_upstream_budget_left', () =>
    requestsPerMinute === undefined ? undefined : limiter.budgetLeft,
  );
  readGauge(registry, 'gateway_upstream_calls_waiting', () => limiter.waiting);
  readGauge(registry, 'gateway_upstream_concurrency_limit', () => places.state.places);
  readGauge(registry, 'gateway_upstream_concurrency_waiting', () => places.state.waiting);
  readGauge(registry, 'gateway_upstream_calls_in_flight', () => places.state.inFlight);
  readGauge(registry, 'gateway_upstream_paused_seconds', () => limiter.pauses.longestMs / 1000);
  readGauge(registry, 'gateway_upstream_paused_since_timestamp_seconds', () => limiter.pauses.since);
  readGauge(registry, 'gateway_upstream_retries_left', () => retryBudget.left());
  readGauge(registry, 'gateway_upstream_circuit_open_since_timestamp_seconds', () => circuits.openSince);
  gauge(registry, 'gateway_upstream_circuit', (shown) => {
    for (const state of ['closed', 'open', 'half-open']) shown.set({ state }, circuits.state === state ? 1 : 0);
  });
}

/** Gauges with names like counters', which `promtool check metrics` refuses. Other gauges have the same numbers by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** The process: its build and settings, Node's own metrics, and log lines that were not written. */
function instanceMetrics(registry: Registry, buildInfo: BuildInfo): void {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  gauge(registry, 'gateway_build_info', (shown) => shown.set(buildInfo, 1));
  readCounter(registry, 'gateway_log_lines_dropped_total', droppedLogLines);
}

/** Shows for each added dependency whether it works, and if not, since when. */
function dependencyMetrics(registry: Registry): Metrics['addDependency'] {
  const dependencies = new Map<string, () => number | undefined>();
  gauge(registry, 'gateway_dependency_up', (shown) => {
    for (const [dependency, failingSince] of dependencies) {
      shown.set({ dependency }, failingSince() === undefined ? 1 : 0);
    }
  });
  gauge(registry, 'gateway_dependency_failing_since_timestamp_seconds', (shown) => {
    shown.reset();
    for (const [dependency, failingSince] of dependencies) {
      const since = failingSince();
      if (since !== undefined) shown.set({ dependency }, since);
    }
  });
  return (dependency, failingSince) => dependencies.set(dependency, failingSince);
}

/** The memory and evictions of all caches together, in this process. */
function cacheMetrics(registry: Registry, caches: readonly Cache[]): void {
  const sum = (member: keyof CacheMemory) => caches.reduce((total, cache) => total + (cache?.state?.[member] ?? 0), 0);
  readGauge(registry, 'gateway_cache_bytes', () => sum('bytes'));
  readCounter(registry, 'gateway_cache_evictions_total', () => sum('evictions'));
}
