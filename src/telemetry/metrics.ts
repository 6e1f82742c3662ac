import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { UpstreamClient } from '../upstream/client.ts';
import type { UpstreamEvents } from '../upstream/events.ts';
import type { OperationRecord } from './operationRecord.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type Metrics = {
  readonly registry: Registry;
  readonly upstreamEvents: Pick<UpstreamEvents, 'callEnded' | 'drifted'>;
  operationEnded(record: OperationRecord): void;
  inFlight(count: number): void;
  /** Reads the client's state whenever the metrics are asked for. */
  observe(client: UpstreamClient): void;
};

/** Prometheus metrics. Labels hold codes, statuses, fields of the payload and callers' names: never an identifier. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const operations = new Histogram({
    name: 'gateway_operation_duration_seconds',
    help: 'How long operations took, by outcome (OK or an error code).',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers,
  });
  const byCaller = new Counter({
    name: 'gateway_operations_total',
    help: 'Operations by caller (an API key by its name, all tokens as jwt) and outcome.',
    labelNames: ['caller', 'outcome'],
    registers,
  });
  const inFlightGauge = new Gauge({ name: 'gateway_operations_in_flight', help: 'Operations under way.', registers });
  const calls = new Histogram({
    name: 'gateway_upstream_call_duration_seconds',
    help: 'How long calls took, by kind (lookup, token, key set), HTTP status (none without an answer) and outcome.',
    labelNames: ['kind', 'status', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const spared = new Counter({
    name: 'gateway_upstream_calls_collapsed_total',
    help: 'Calls that were not made because the same call was in flight.',
    registers,
  });
  const queued = new Counter({
    name: 'gateway_upstream_calls_queued_total',
    help: 'Calls that had to wait for the call budget.',
    registers,
  });
  const retried = new Counter({ name: 'gateway_upstream_calls_retried_total', help: 'Calls made again.', registers });
  const cached = new Counter({
    name: 'gateway_cache_lookups_total',
    help: 'Pages asked of the cache, by what it had: hit, stale or miss.',
    labelNames: ['state'],
    registers,
  });
  const drift = new Counter({
    name: 'gateway_upstream_drift_total',
    help: 'Values that were not as documented, by field of the payload and kind.',
    labelNames: ['field', 'code'],
    registers,
  });

  const operationOf = remembered((outcome = '') => operations.labels(outcome));
  const callerOf = remembered((caller = '', outcome = '') => byCaller.labels(caller, outcome));
  const callOf = remembered((status = '', outcome = '', kind = '') => calls.labels(kind, status, outcome));

  return {
    registry,
    upstreamEvents: {
      callEnded: ({ kind, status, outcome, durationMs }) =>
        callOf(String(status ?? 'none'), outcome, kind).observe(durationMs / 1000),
      drifted: (values) => {
        for (const { field, code } of values) drift.inc({ field, code });
      },
    },
    inFlight: (count) => inFlightGauge.set(count),
    operationEnded({ startedAt, outcome, callerGroup, stats, cacheStats }) {
      operationOf(outcome).observe((performance.now() - startedAt) / 1000);
      callerOf(callerGroup, outcome).inc();
      if (stats.deduplicated > 0) spared.inc(stats.deduplicated);
      if (stats.queued > 0) queued.inc(stats.queued);
      if (stats.retried > 0) retried.inc(stats.retried);
      if (cacheStats.hits > 0) cached.inc({ state: 'hit' }, cacheStats.hits);
      if (cacheStats.stale > 0) cached.inc({ state: 'stale' }, cacheStats.stale);
      if (cacheStats.misses > 0) cached.inc({ state: 'miss' }, cacheStats.misses);
    },
    observe(client) {
      const gauge = (name: string, help: string, read: () => number) =>
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(read());
          },
        });
      gauge('gateway_upstream_calls_waiting', 'Calls waiting for the call budget.', () => client.state.waiting);
      gauge('gateway_upstream_retries_left', 'Retries that may be made now.', () => client.state.retriesLeft);
      gauge(
        'gateway_upstream_budget_left',
        'Calls that the busiest credentials may make at once; -1 without a budget.',
        () => {
          const { budgetLeft } = client.state;
          return Number.isFinite(budgetLeft) ? budgetLeft : -1;
        },
      );
      new Gauge({
        name: 'gateway_upstream_circuit',
        help: 'The circuit breaker: 1 for the state it is in.',
        labelNames: ['state'],
        registers,
        collect() {
          for (const state of ['closed', 'open', 'half-open'])
            this.set({ state }, client.state.circuit === state ? 1 : 0);
        },
      });
    },
  };
}

/** The series of each set of labels, found once: prom-client would hash the labels on every observation. */
function remembered<Series>(find: (...labels: string[]) => Series): (...labels: string[]) => Series {
  const known = new Map<string, Series>();
  return (...labels) => {
    const key = labels.join(' ');
    let series = known.get(key);
    if (series === undefined) {
      series = find(...labels);
      known.set(key, series);
    }
    return series;
  };
}
