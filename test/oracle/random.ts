import { createHash } from 'node:crypto';

/** Choices that are the same for the same seed. */
export type Random = {
  /** True in this share of cases, from 0 to 1. */
  chance(share: number): boolean;
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  pick<Item>(items: readonly Item[]): Item;
};

/** A stream of its own for each seed (mulberry32 over a digest of the seed). */
export function randomOf(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readInt32LE();
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    chance: (share) => next() < share,
    below,
    pick: <Item>(items: readonly Item[]) => items[below(items.length)] as Item,
  };
}
