import type { Registry } from 'prom-client';
import { isRefusal } from '../../model/refusals.ts';
import type { OperationRecord } from '../operationRecord.ts';
import { histogram, remembered, Tally } from './series.ts';

/** Operations: how many, how long they took, how they ended, the upstream calls that they needed, and their use of the cache. */
export function operationMetrics(registry: Registry): (record: OperationRecord) => void {
  const durations = histogram(registry, 'gateway_operation_duration_seconds');
  const byCaller = new Tally(registry, 'gateway_operations_total');
  const refused = new Tally(registry, 'gateway_refused_operations_total');
  const byDocument = new Tally(registry, 'gateway_trusted_document_operations_total');
  const callsByDocument = new Tally(registry, 'gateway_trusted_document_upstream_calls_total');
  const deduplicated = new Tally(registry, 'gateway_upstream_calls_deduplicated_total');
  const queued = new Tally(registry, 'gateway_upstream_calls_queued_total');
  const retried = new Tally(registry, 'gateway_upstream_calls_retried_total');
  const lookups = new Tally(registry, 'gateway_cache_lookups_total');
  const wholeResponses = new Tally(registry, 'gateway_cache_whole_responses_total');
  const renewals = new Tally(registry, 'gateway_cache_renewals_total');
  const durationOf = remembered((outcome: string) => durations.labels(outcome));

  return ({ startedAt, outcome, cause, callerGroup, trustedDocument, operation, stats, cacheStats }) => {
    durationOf(outcome).observe((performance.now() - startedAt) / 1000);
    byCaller.add(1, callerGroup, outcome);
    if (isRefusal(outcome, cause)) refused.add(1, callerGroup, cause);
    if (trustedDocument !== undefined) {
      byDocument.add(1, trustedDocument, operation?.name ?? '');
      callsByDocument.add(stats.made, trustedDocument, operation?.name ?? '');
    }
    deduplicated.add(stats.deduplicated);
    queued.add(stats.queued);
    retried.add(stats.retried);
    lookups.add(cacheStats.hits, 'hit');
    lookups.add(cacheStats.stale, 'stale');
    lookups.add(cacheStats.misses, 'miss');
    renewals.add(cacheStats.renewals);
    if (cacheStats.wholeResponse) wholeResponses.add(1);
  };
}
