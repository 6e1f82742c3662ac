import type { Moment } from '../entry.ts';
import { allOf, type EntryMarks, type Mark } from '../names.ts';

/** A mark that entries depend on. */
export type HeldMark = {
  readonly name: Mark;
  setAt: Moment;
  holders: number;
  /** For a customer's mark: the marks of the other identifiers that the customer was looked up by. */
  readonly identifiers: Set<Mark>;
};

type RecentMark = { readonly setAt: Moment; readonly expiresAt: number };

/**
 * The times at which marks were set, in one process. A mark that an entry depends on is stored as long as the entry. Any other
 * mark, such as that of a customer without entries, is stored only as long as a call for it may be in flight.
 */
export class MemoryMarks {
  readonly #recentMs: number;
  readonly #held = new Map<Mark, HeldMark>();
  /** The customers' marks for an identifier's mark, as long as entries of these customers are stored. */
  readonly #aliases = new Map<Mark, Set<Mark>>();
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

  /** The number of stored marks and aliases. */
  get size(): number {
    return this.#held.size + this.#aliases.size + this.#recent.size;
  }

  set(names: readonly Mark[]): void {
    const setAt = this.now();
    for (const name of names) {
      this.#set(name, setAt);
      for (const customer of this.#aliases.get(name) ?? []) this.#set(customer, setAt);
    }
    this.#deleteOld();
  }

  setSince(marks: EntryMarks, asOf: Moment): boolean {
    return allOf(marks).some((name) => ((this.#held.get(name) ?? this.#recent.get(name))?.setAt ?? 0) > asOf);
  }

  /** Stores the marks of an entry until they are released. */
  hold(marks: EntryMarks): readonly HeldMark[] {
    const held = allOf(marks).map((name) => this.#hold(name));
    const { identifier, customer } = marks;
    if (customer !== undefined && customer !== identifier) this.#addAlias(identifier, customer);
    return held;
  }

  release(marks: readonly HeldMark[]): void {
    for (const mark of marks) {
      if (--mark.holders > 0) continue;
      this.#held.delete(mark.name);
      for (const identifier of mark.identifiers) this.#removeAlias(identifier, mark.name);
    }
  }

  #addAlias(identifier: Mark, customer: Mark): void {
    const customers = this.#aliases.get(identifier) ?? new Set();
    this.#aliases.set(identifier, customers.add(customer));
    const [mark, of] = [this.#held.get(identifier), this.#held.get(customer)];
    if (mark === undefined || of === undefined) return;
    of.identifiers.add(identifier);
    // An event may have named this identifier before it was known to be this customer's.
    if (mark.setAt > of.setAt) of.setAt = mark.setAt;
  }

  #removeAlias(identifier: Mark, customer: Mark): void {
    const customers = this.#aliases.get(identifier);
    customers?.delete(customer);
    if (customers?.size === 0) this.#aliases.delete(identifier);
  }

  #set(name: Mark, setAt: Moment): void {
    const held = this.#held.get(name);
    if (held !== undefined) held.setAt = setAt;
    // It is removed first, so that the map stays in the order of time.
    this.#recent.delete(name);
    this.#recent.set(name, { setAt, expiresAt: performance.now() + this.#recentMs });
  }

  #hold(name: Mark): HeldMark {
    let held = this.#held.get(name);
    if (held === undefined) {
      held = { name, setAt: this.#recent.get(name)?.setAt ?? (0 as Moment), holders: 0, identifiers: new Set() };
      this.#held.set(name, held);
    }
    held.holders++;
    return held;
  }

  #deleteOld(): void {
    const now = performance.now();
    for (const [name, { expiresAt }] of this.#recent) {
      if (expiresAt > now) return;
      this.#recent.delete(name);
    }
  }
}
