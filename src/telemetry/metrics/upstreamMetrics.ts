import type { Registry } from 'prom-client';
import type { UpstreamClient } from '../../upstream/client.ts';
import type { UpstreamEvents } from '../../upstream/events.ts';
import { counter, gauge, histogram, readGauge, remembered } from './series.ts';

/** The events that are counted. */
export type CountedEvents = Pick<UpstreamEvents, 'callEnded' | 'callWaited' | 'drifted'>;

/** Upstream calls by duration, outcome and caller, the waits before them, and schema drift in their responses. */
export function countedEvents(registry: Registry): CountedEvents {
  const calls = histogram(registry, 'gateway_upstream_call_duration_seconds');
  const byCaller = counter(registry, 'gateway_upstream_calls_total');
  const waits = histogram(registry, 'gateway_upstream_wait_duration_seconds');
  const drift = counter(registry, 'gateway_upstream_drift_total');
  const callOf = remembered((kind: string, status: string, outcome: string) => calls.labels(kind, status, outcome));
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
  readGauge(registry, 'gateway_upstream_budget_limit', () => requestsPerMinute);
  readGauge(registry, 'gateway_upstream_budget_left', () =>
    requestsPerMinute === undefined ? undefined : client.state.budgetLeft,
  );
  readGauge(registry, 'gateway_upstream_calls_waiting', () => client.state.waiting);
  readGauge(registry, 'gateway_upstream_concurrency_limit', () => client.state.concurrency.places);
  readGauge(registry, 'gateway_upstream_concurrency_waiting', () => client.state.concurrency.waiting);
  readGauge(registry, 'gateway_upstream_calls_in_flight', () => client.state.concurrency.inFlight);
  readGauge(registry, 'gateway_upstream_paused_seconds', () => client.state.pausedMs / 1000);
  readGauge(registry, 'gateway_upstream_retries_left', () => client.state.retriesLeft);
  gauge(registry, 'gateway_upstream_circuit', (shown) => {
    for (const state of ['closed', 'open', 'half-open']) shown.set({ state }, client.state.circuit === state ? 1 : 0);
  });
}

/** @param endsAt the end of the validity of the gateway's client certificate; undefined if it has none */
export function clientCertificate(registry: Registry, endsAt: Date | undefined): void {
  readGauge(registry, 'gateway_upstream_client_certificate_end_timestamp_seconds', () =>
    endsAt === undefined ? undefined : endsAt.getTime() / 1000,
  );
}
