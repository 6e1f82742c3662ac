import { createHash } from 'node:crypto';
import { seeded } from '../support/seeded.ts';

/** Choices that are the same for the same seed. */
export type Random = {
  /** True in this share of cases, from 0 to 1. */
  chance(share: number): boolean;
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  pick<Item>(items: readonly Item[]): Item;
};

/** A stream of its own for each seed. */
export function randomOf(seed: string): Random {
  const next = seeded(createHash('sha256').update(seed).digest().readInt32LE());
  const below = (end: number) => Math.floor(next() * end);
  return {
    chance: (share) => next() < share,
    below,
    pick: <Item>(items: readonly Item[]) => items[below(items.length)] as Item,
  };
}
