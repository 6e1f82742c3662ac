/** How often each of several things happened. */
export type Count = { add(name: string): void; of(name: string): number; text(): string };

export function newCount(): Count {
  const counts = new Map<string, number>();
  return {
    add: (name) => void counts.set(name, (counts.get(name) ?? 0) + 1),
    of: (name) => counts.get(name) ?? 0,
    text: () => [...counts].map(([name, count]) => `${name} ${count}`).join(', '),
  };
}

/** What may not happen: an answer of another caller or customer, one from before an event, and so on. */
export const FAULTS = ['wrong', 'mixed', 'stale after an event', 'older than the cache keeps', 'lost'] as const;
export type Fault = { readonly kind: (typeof FAULTS)[number]; readonly what: string };

const MOST_TEXTS = 20;

/** What the clients of the soak have seen. */
export class Tally {
  answered = 0;
  slowestMs = 0;
  /** Responses without any error. */
  clean = 0;
  /** Clients that disconnected on purpose. */
  left = 0;
  lostInKills = 0;
  readonly codes = newCount();
  readonly events = newCount();
  readonly faults = newCount();
  /** The first faults, with the second at which they were seen. */
  readonly texts: string[] = [];
  readonly #startedAt = performance.now();

  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  fault({ kind, what }: Fault): void {
    this.faults.add(kind);
    if (this.texts.length < MOST_TEXTS) this.texts.push(`${kind}, at ${this.seconds.toFixed(1)} s: ${what}`);
  }
}
