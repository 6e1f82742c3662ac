import { Gauge, type Registry } from 'prom-client';

/** Upper bounds of histograms of durations, in seconds. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A gauge that is read at each scrape. `read` returns undefined if there is nothing to show. */
export function readGauge(registry: Registry, name: string, help: string, read: () => number | undefined): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const value = read();
      if (value === undefined) this.remove();
      else this.set(value);
    },
  });
}

/** Caches the series of each set of labels, since prom-client would hash the labels on every observation. */
export function remembered<Series>(find: (...labels: string[]) => Series): (...labels: string[]) => Series {
  const known = new Map<string, Series>();
  return (...labels) => {
    const key = labels.join('\n');
    let series = known.get(key);
    if (series === undefined) {
      series = find(...labels);
      known.set(key, series);
    }
    return series;
  };
}
