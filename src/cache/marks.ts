import type { KeyedHash } from '../model/keyedHash.ts';
import type { Moment } from '../model/moment.ts';
import type { CredentialsSource } from '../upstream/credentials/credentials.ts';
import type { QueryKey } from '../upstream/lookupRequest.ts';

/**
 * A name that invalidates all cache entries that depend on it when it is set. There is a mark for each customer (in any source,
 * data scope and for any credentials), for each credentials identity and for each query. It holds a keyed hash.
 */
export type Mark = string & { readonly __brand: 'Mark' };

/** The mark of a credentials identity. It is set when upstream refuses its account. */
export function markOfCredentials({ identity }: CredentialsSource): Mark {
  return `credentials:${identity}` as Mark;
}

/** The mark of a query. It is set when earlier pages of the query may not be served any more. */
export function markOfQuery(hash: KeyedHash, key: QueryKey): Mark {
  return `query:${hash.of('query', key)}` as Mark;
}

/** @param customerId as upstream sends it */
export function markOfCustomer(hash: KeyedHash, customerId: string): Mark {
  return `customer:${hash.of('customer', customerId)}` as Mark;
}

/** A mark that entries depend on. */
export type HeldMark = { readonly name: Mark; setAt: Moment; holders: number };

type RecentMark = { readonly setAt: Moment; readonly expiresAt: number };

/**
 * The times at which marks were set, in one process. A mark that an entry depends on is stored as long as the entry. Any other
 * mark, such as that of a customer without entries, is stored only as long as a call for it may be in flight.
 */
export class MemoryMarks {
  readonly #recentMs: number;
  readonly #held = new Map<Mark, HeldMark>();
  /** In the order in which they were set. */
  readonly #recent = new Map<Mark, RecentMark>();
  #clock = 0;

  /** @param recentMs the longest time between the decision for a call and the storing of its entry, in milliseconds */
  constructor(recentMs: number) {
    this.#recentMs = recentMs;
  }

  /** A moment later than all before. It is a counter, since a clock could be wrong. */
  now(): Moment {
    return ++this.#clock as Moment;
  }

  /** The number of stored marks. */
  get size(): number {
    return this.#held.size + this.#recent.size;
  }

  set(name: Mark, asOf = this.now()): void {
    const [setAt, now] = [Math.max(this.#setAt(name), asOf) as Moment, performance.now()];
    const held = this.#held.get(name);
    if (held !== undefined) held.setAt = setAt;
    // It is removed first, so that the map stays in the order of time.
    this.#recent.delete(name);
    this.#recent.set(name, { setAt, expiresAt: now + this.#recentMs });
    for (const [old, { expiresAt }] of this.#recent) {
      if (expiresAt > now) return;
      this.#recent.delete(old);
    }
  }

  setSince(names: readonly Mark[], asOf: Moment): boolean {
    return names.some((name) => this.#setAt(name) > asOf);
  }

  /** Stores the marks of an entry until they are released. */
  hold(names: readonly Mark[]): readonly HeldMark[] {
    return names.map((name) => {
      const held = this.#held.get(name) ?? { name, setAt: this.#setAt(name), holders: 0 };
      held.holders++;
      this.#held.set(name, held);
      return held;
    });
  }

  release(marks: readonly HeldMark[]): void {
    for (const mark of marks) if (--mark.holders === 0) this.#held.delete(mark.name);
  }

  #setAt(name: Mark): Moment {
    return (this.#held.get(name) ?? this.#recent.get(name))?.setAt ?? (0 as Moment);
  }
}
