import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { OperationRecord } from '../operationRecord.ts';
import { remembered, SECONDS } from './series.ts';

export type OperationMetrics = {
  operationEnded(record: OperationRecord): void;
  inFlight(count: number): void;
};

/** Operations: how many, how long they took, how they ended, and the upstream calls that they needed. */
export function operationMetrics(registry: Registry): OperationMetrics {
  const registers = [registry];
  const durations = new Histogram({
    name: 'gateway_operation_duration_seconds',
    help: 'Duration of operations, by outcome (OK or an error code).',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers,
  });
  const byCaller = new Counter({
    name: 'gateway_operations_total',
    help: 'Operations by caller (the name of an API key, jwt or anonymous) and outcome.',
    labelNames: ['caller', 'outcome'],
    registers,
  });
  const inFlight = new Gauge({ name: 'gateway_operations_in_flight', help: 'Operations in flight.', registers });
  const byDocument = new Counter({
    name: 'gateway_trusted_document_operations_total',
    help: 'Operations of trusted documents, by the id of the document and the name of the operation.',
    labelNames: ['document', 'operation'],
    registers,
  });
  const callsByDocument = new Counter({
    name: 'gateway_trusted_document_upstream_calls_total',
    help: 'Upstream calls made for trusted documents, by the id of the document and the name of the operation.',
    labelNames: ['document', 'operation'],
    registers,
  });
  const deduplicated = new Counter({
    name: 'gateway_upstream_calls_deduplicated_total',
    help: 'Calls that were not made because the same call was in flight.',
    registers,
  });
  const queued = new Counter({
    name: 'gateway_upstream_calls_queued_total',
    help: 'Calls that had to wait for the call budget.',
    registers,
  });
  const retried = new Counter({ name: 'gateway_upstream_calls_retried_total', help: 'Retries of calls.', registers });

  const durationOf = remembered((outcome = '') => durations.labels(outcome));
  const callerOf = remembered((caller = '', outcome = '') => byCaller.labels(caller, outcome));

  return {
    inFlight: (count) => inFlight.set(count),
    operationEnded({ startedAt, outcome, callerGroup, trustedDocument, operation, stats }) {
      durationOf(outcome).observe((performance.now() - startedAt) / 1000);
      callerOf(callerGroup, outcome).inc();
      if (trustedDocument !== undefined) {
        const labels = { document: trustedDocument, operation: operation?.name ?? '' };
        byDocument.inc(labels);
        callsByDocument.inc(labels, stats.made);
      }
      // Most operations that are answered from the cache count for nothing here.
      if (stats.deduplicated > 0) deduplicated.inc(stats.deduplicated);
      if (stats.queued > 0) queued.inc(stats.queued);
      if (stats.retried > 0) retried.inc(stats.retried);
    },
  };
}
