import { Histogram, type Registry } from 'prom-client';
import type { OperationRecord } from '../operationRecord.ts';
import { remembered, SECONDS, Tally } from './series.ts';

/** Operations: how many, how long they took, how they ended, and the upstream calls that they needed. */
export function operationMetrics(registry: Registry): (record: OperationRecord) => void {
  const durations = new Histogram({
    name: 'gateway_operation_duration_seconds',
    help: 'Duration of operations, by outcome (OK or an error code).',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers: [registry],
  });
  const byCaller = new Tally(
    registry,
    'gateway_operations_total',
    'Operations by caller (the name of an API key, jwt or anonymous) and outcome.',
    ['caller', 'outcome'],
  );
  const byDocument = new Tally(
    registry,
    'gateway_trusted_document_operations_total',
    'Operations of trusted documents, by the id of the document and the name of the operation.',
    ['document', 'operation'],
  );
  const callsByDocument = new Tally(
    registry,
    'gateway_trusted_document_upstream_calls_total',
    'Upstream calls made for trusted documents, by the id of the document and the name of the operation.',
    ['document', 'operation'],
  );
  const deduplicated = new Tally(
    registry,
    'gateway_upstream_calls_deduplicated_total',
    'Calls that were not made because the same call was in flight.',
  );
  const queued = new Tally(
    registry,
    'gateway_upstream_calls_queued_total',
    'Calls that had to wait for the call budget.',
  );
  const retried = new Tally(registry, 'gateway_upstream_calls_retried_total', 'Retries of calls.');
  const durationOf = remembered((outcome = '') => durations.labels(outcome));

  return ({ startedAt, outcome, callerGroup, trustedDocument, operation, stats }) => {
    durationOf(outcome).observe((performance.now() - startedAt) / 1000);
    byCaller.add(1, callerGroup, outcome);
    if (trustedDocument !== undefined) {
      byDocument.add(1, trustedDocument, operation?.name ?? '');
      callsByDocument.add(stats.made, trustedDocument, operation?.name ?? '');
    }
    deduplicated.add(stats.deduplicated);
    queued.add(stats.queued);
    retried.add(stats.retried);
  };
}
