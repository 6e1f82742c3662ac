import { collectDefaultMetrics, type Registry } from 'prom-client';
import type { Store } from '../../cache/store.ts';
import { droppedLogLines } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { LabelOf } from './metricCatalogue.ts';
import { gauge, readCounter, readGauge } from './series.ts';

/** The version and settings of an instance, as labels. */
export type BuildInfo = Readonly<Record<LabelOf<'gateway_build_info'>, string>>;

/** Gauges with names like counters', which `promtool check metrics` refuses. Other gauges have the same numbers by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** The process: its build and settings, Node's own metrics, and log lines that were not written. */
export function instanceMetrics(registry: Registry, buildInfo: BuildInfo): void {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  gauge(registry, 'gateway_build_info', (shown) => shown.set(buildInfo, 1));
  readCounter(registry, 'gateway_log_lines_dropped_total', droppedLogLines);
}

/** Shows for each added dependency whether it works, and if not, since when. */
export function dependencyMetrics(registry: Registry): Metrics['addDependency'] {
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

/** The memory and evictions of the cache in this process. */
export function storeMetrics(registry: Registry, store: Pick<Store, 'state'>): void {
  readGauge(registry, 'gateway_cache_bytes', () => store.state?.bytes);
  readCounter(registry, 'gateway_cache_evictions_total', () => store.state?.evictions ?? 0);
}
