import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type LabelOf, type LabelValues, METRICS, type MetricName } from './metricCatalogue.ts';

/**
 * Upper bounds of histograms of durations, in seconds: a cached response takes about a millisecond. The threshold of an alert must
 * be one of them: a quantile between two bounds is interpolated.
 */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 5, 10];

/** What prom-client needs to know of a metric. */
function described<Name extends keyof typeof METRICS>(registry: Registry, name: Name) {
  const { help, labels } = METRICS[name];
  return { name, help, labelNames: labels as readonly LabelOf<Name>[], registers: [registry] };
}

/** A histogram of durations. */
export function histogram<Name extends MetricName<'histogram'>>(
  registry: Registry,
  name: Name,
): Histogram<LabelOf<Name>> {
  return new Histogram({ ...described(registry, name), buckets: SECONDS });
}

/** @param collect sets the gauge's samples, at each scrape */
export function gauge<Name extends MetricName<'gauge'>>(
  registry: Registry,
  name: Name,
  collect: (gauge: Gauge<LabelOf<Name>>) => void,
): void {
  new Gauge({
    ...described(registry, name),
    collect() {
      collect(this);
    },
  });
}

/** A gauge that is read at each scrape. `read` returns undefined if there is nothing to show. */
export function readGauge(registry: Registry, name: MetricName<'gauge'>, read: () => number | undefined): void {
  gauge(registry, name, (shown) => {
    const value = read();
    if (value === undefined) shown.remove();
    else shown.set(value);
  });
}

/** A counter of what is counted elsewhere, which is read at each scrape. */
export function readCounter(registry: Registry, name: MetricName<'counter'>, read: () => number): void {
  let counted = 0;
  new Counter({
    ...described(registry, name),
    collect() {
      const total = read();
      this.inc(total - counted);
      counted = total;
    },
  });
}

/**
 * Counts what happens.
 * @returns adds an amount; the values of all labels are in the order of their names
 */
export function counter<Name extends MetricName<'counter'>>(
  registry: Registry,
  name: Name,
): (amount: number, ...labels: LabelValues<Name>) => void {
  const counted = new Counter(described(registry, name));
  return (amount, ...labels) => {
    if (amount > 0) counted.labels(...labels).inc(amount);
  };
}
