import type { Registry } from 'prom-client';
import type { CallsOptions } from '../../calls/calls.ts';
import type { UpstreamEvents } from '../../upstream/events.ts';
import { counter, gauge, histogram, readGauge, remembered, Tally } from './series.ts';

/** The events that are counted. */
export type CountedEvents = Pick<UpstreamEvents, 'callEnded' | 'callWaited' | 'drifted' | 'listRead'>;

/** Upstream calls by duration, outcome and caller, the waits before them, and schema drift in their responses. */
export function countedEvents(registry: Registry): CountedEvents {
  const calls = histogram(registry, 'gateway_upstream_call_duration_seconds');
  const byCaller = counter(registry, 'gateway_upstream_calls_total');
  const waits = histogram(registry, 'gateway_upstream_wait_duration_seconds');
  const drift = counter(registry, 'gateway_upstream_drift_total');
  const lists = new Tally(registry, 'gateway_upstream_lists_total');
  const callOf = remembered((kind: string, status: string, outcome: string) => calls.labels(kind, status, outcome));
  const waitOf = { budget: waits.labels('budget'), concurrency: waits.labels('concurrency') };
  return {
    callEnded({ kind, caller, status, outcome, durationMs }) {
      callOf(kind, String(status ?? 'none'), outcome).observe(durationMs / 1000);
      if (caller !== undefined) byCaller.inc({ caller });
    },
    callWaited: (queue, durationMs) => waitOf[queue].observe(durationMs / 1000),
    listRead: (isEmpty) => lists.add(1, isEmpty ? 'none' : 'some'),
    drifted: (values) => {
      for (const { field, code } of values) drift.inc({ field, code });
    },
  };
}

/** What the calls of all operations share: circuits, places, waiting calls, budget and retries. */
export type CallsState = Pick<CallsOptions, 'circuits' | 'places' | 'limiter' | 'retryBudget'>;

/** @param requestsPerMinute the call budget; undefined if there is none */
export function upstreamState(registry: Registry, calls: CallsState, requestsPerMinute: number | undefined): void {
  const { circuits, places, limiter, retryBudget } = calls;
  readGauge(registry, 'gateway_upstream_budget_limit', () => requestsPerMinute);
  readGauge(registry, 'gateway_upstream_budget_left', () =>
    requestsPerMinute === undefined ? undefined : limiter.budgetLeft,
  );
  readGauge(registry, 'gateway_upstream_calls_waiting', () => limiter.waiting);
  readGauge(registry, 'gateway_upstream_concurrency_limit', () => places.state.places);
  readGauge(registry, 'gateway_upstream_concurrency_waiting', () => places.state.waiting);
  readGauge(registry, 'gateway_upstream_calls_in_flight', () => places.state.inFlight);
  readGauge(registry, 'gateway_upstream_paused_seconds', () => limiter.longestPauseMs / 1000);
  readGauge(registry, 'gateway_upstream_retries_left', () => retryBudget.left());
  readGauge(registry, 'gateway_upstream_circuit_open_since_timestamp_seconds', () => circuits.openSince);
  gauge(registry, 'gateway_upstream_circuit', (shown) => {
    for (const state of ['closed', 'open', 'half-open']) shown.set({ state }, circuits.state === state ? 1 : 0);
  });
}

/** @param endsAt the end of the validity of the gateway's client certificate; undefined if it has none */
export function clientCertificate(registry: Registry, endsAt: Date | undefined): void {
  readGauge(registry, 'gateway_upstream_client_certificate_end_timestamp_seconds', () =>
    endsAt === undefined ? undefined : endsAt.getTime() / 1000,
  );
}
