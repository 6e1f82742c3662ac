import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { droppedLogLines } from '../logger.ts';

/** The version and settings of an instance, as labels. */
export type BuildInfo = Readonly<
  Record<
    'version' | 'node' | 'upstream' | 'upstream_auth' | 'auth_mode' | 'cache' | 'shared_state' | 'trusted_documents',
    string
  >
>;

/** Gauges with names like counters', which `promtool check metrics` refuses. Other gauges have the same numbers by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** The process: its build and settings, Node's own metrics, and log lines that were not written. */
export function instanceMetrics(registry: Registry, buildInfo: BuildInfo): void {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  new Gauge({
    name: 'gateway_build_info',
    help: 'Always 1. The labels are the versions of the gateway and of Node, and its settings.',
    labelNames: Object.keys(buildInfo),
    registers: [registry],
  }).set(buildInfo, 1);
  let counted = 0;
  new Counter({
    name: 'gateway_log_lines_dropped_total',
    help: 'Log lines that were dropped because they were not read in time.',
    registers: [registry],
    collect() {
      const dropped = droppedLogLines();
      this.inc(dropped - counted);
      counted = dropped;
    },
  });
}

/** Shows for each added dependency whether it works. */
export function dependencyMetrics(registry: Registry): (dependency: string, isUp: () => boolean) => void {
  const dependencies = new Map<string, () => boolean>();
  new Gauge({
    name: 'gateway_dependency_up',
    help: 'Whether a dependency of the gateway works: 1, or 0 while it is failing.',
    labelNames: ['dependency'],
    registers: [registry],
    collect() {
      for (const [dependency, isUp] of dependencies) this.set({ dependency }, isUp() ? 1 : 0);
    },
  });
  return (dependency, isUp) => dependencies.set(dependency, isUp);
}
