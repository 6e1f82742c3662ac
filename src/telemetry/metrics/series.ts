import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * Upper bounds of histograms of durations, in seconds. The threshold of an alert must be one of them: a quantile between two
 * bounds is interpolated.
 */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 5, 10];

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

/**
 * A counter for what happens in every operation: a plain number until the next scrape, since prom-client would hash the
 * labels on every addition.
 */
export class Tally {
  readonly #sumOf: (...labels: string[]) => { sum: number };

  constructor(registry: Registry, name: string, help: string, labelNames: readonly string[] = []) {
    const sums: { readonly labels: readonly string[]; sum: number }[] = [];
    this.#sumOf = remembered((...labels) => {
      const entry = { labels, sum: 0 };
      sums.push(entry);
      return entry;
    });
    new Counter({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        for (const entry of sums) {
          this.labels(...entry.labels).inc(entry.sum);
          entry.sum = 0;
        }
      },
    });
  }

  /** @param labels the values of all labels, in the order of their names */
  add(amount: number, ...labels: string[]): void {
    if (amount > 0) this.#sumOf(...labels).sum += amount;
  }
}
