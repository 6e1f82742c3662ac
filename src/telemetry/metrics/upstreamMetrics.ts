import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { UpstreamClient } from '../../upstream/client.ts';
import type { UpstreamEvents } from '../../upstream/events.ts';
import { readGauge, remembered, SECONDS } from './series.ts';

/** The events that are counted. */
export type CountedEvents = Pick<UpstreamEvents, 'callEnded' | 'callWaited' | 'drifted'>;

/** Upstream calls by duration, outcome and caller, the waits before them, and schema drift in their responses. */
export function countedEvents(registry: Registry): CountedEvents {
  const registers = [registry];
  const calls = new Histogram({
    name: 'gateway_upstream_call_duration_seconds',
    help: 'Duration of calls, by kind (lookup, token, key set), HTTP status (none without a response) and outcome.',
    labelNames: ['kind', 'status', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const byCaller = new Counter({
    name: 'gateway_upstream_calls_total',
    help: 'Lookups made, by the caller they were made for (the name of an API key, jwt or anonymous).',
    labelNames: ['caller'],
    registers,
  });
  const waits = new Histogram({
    name: 'gateway_upstream_wait_duration_seconds',
    help: 'Time that lookups waited until they passed a queue (budget or concurrency). Refused lookups are not counted.',
    labelNames: ['queue'],
    buckets: SECONDS,
    registers,
  });
  const drift = new Counter({
    name: 'gateway_upstream_drift_total',
    help: 'Values that differ from the documentation, by field of the payload and kind.',
    labelNames: ['field', 'code'],
    registers,
  });
  const callOf = remembered((kind = '', status = '', outcome = '') => calls.labels(kind, status, outcome));
  const waitOf = { budget: waits.labels('budget'), concurrency: waits.labels('concurrency') };
  return {
    callEnded({ kind, caller, status, outcome, durationMs }) {
      callOf(kind, String(status ?? 'none'), outcome).observe(durationMs / 1000);
      if (caller !== undefined) byCaller.inc({ caller });
    },
    callWaited: (queue, durationMs) => waitOf[queue].observe(durationMs / 1000),
    drifted: (values) => {
      for (const { field, code } of values) drift.inc({ field, code });
    },
  };
}

/**
 * The client's state.
 * @param requestsPerMinute the call budget; undefined if there is none
 */
export function upstreamState(registry: Registry, client: UpstreamClient, requestsPerMinute: number | undefined): void {
  readGauge(
    registry,
    'gateway_upstream_budget_limit',
    'Calls that each set of credentials may make in a minute. There is no sample without a budget.',
    () => requestsPerMinute,
  );
  readGauge(
    registry,
    'gateway_upstream_budget_left',
    'Calls that the busiest set of credentials may make at once. There is no sample without a budget.',
    () => (requestsPerMinute === undefined ? undefined : client.state.budgetLeft),
  );
  readGauge(
    registry,
    'gateway_upstream_calls_waiting',
    'Calls waiting for the call budget.',
    () => client.state.waiting,
  );
  readGauge(
    registry,
    'gateway_upstream_concurrency_limit',
    'Calls that may be in flight at once. The limit adapts to how upstream responds.',
    () => client.state.concurrency.places,
  );
  readGauge(
    registry,
    'gateway_upstream_concurrency_waiting',
    'Calls waiting for a place under the concurrency limit.',
    () => client.state.concurrency.waiting,
  );
  readGauge(
    registry,
    'gateway_upstream_calls_in_flight',
    'Lookups in flight.',
    () => client.state.concurrency.inFlight,
  );
  readGauge(
    registry,
    'gateway_upstream_paused_seconds',
    'Seconds until calls continue after upstream responded with 429, for the credentials paused longest. 0 if none are.',
    () => client.state.pausedMs / 1000,
  );
  readGauge(registry, 'gateway_upstream_retries_left', 'Retries that may be made now.', () => client.state.retriesLeft);
  new Gauge({
    name: 'gateway_upstream_circuit',
    help: 'State of the circuit breaker: 1 for the current state, 0 for the others.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      for (const state of ['closed', 'open', 'half-open']) this.set({ state }, client.state.circuit === state ? 1 : 0);
    },
  });
}

/** @param endsAt the end of the validity of the gateway's client certificate; undefined if it has none */
export function clientCertificate(registry: Registry, endsAt: Date | undefined): void {
  readGauge(
    registry,
    'gateway_upstream_client_certificate_end_timestamp_seconds',
    "End of the client certificate's validity, in Unix time. There is no sample without a client certificate.",
    () => (endsAt === undefined ? undefined : endsAt.getTime() / 1000),
  );
}
