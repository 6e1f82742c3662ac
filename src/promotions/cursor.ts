import { badUserInput } from '../model/errors.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import { listKey, type PromotionsList } from '../model/promotionsQuery.ts';

/** 48 bits: enough that the cursor of another list is noticed. */
const TAG_LENGTH = 8;

/**
 * Cursors: places in a list of promotions, opaque to clients. A cursor belongs to the list that it was made for (data
 * scope, status, alternate currencies), and holds nothing of the customer or of the list itself: a tag stands for that.
 */
export class Cursors {
  readonly #hash: KeyedHash;

  /** @param hash the same on every instance and after every restart */
  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /** The cursors of one list: what makes one for the entry at an offset. */
  ofList(list: PromotionsList): (offset: number) => string {
    const tag = this.#tagOf(list);
    return (offset) => Buffer.from(`promotion:${tag}:${offset}`).toString('base64url');
  }

  /**
   * The offset of the entry that a cursor stands for.
   * @throws BAD_USER_INPUT for a cursor that is none, or that comes from another list.
   */
  offsetOf(cursor: string, list: PromotionsList): number {
    const text = Buffer.from(cursor, 'base64url').toString('latin1');
    const place = /^promotion:([\w-]{8}):([0-9]{1,10})$/.exec(text);
    if (place === null || Buffer.from(text, 'latin1').toString('base64url') !== cursor) {
      throw badUserInput('Invalid cursor. Pass endCursor unchanged.');
    }
    if (place[1] !== this.#tagOf(list)) {
      throw badUserInput(
        'The cursor was created with a different dataScope, status or includeAlternateCurrencyUsage. Use it with those.',
      );
    }
    return Number(place[2]);
  }

  #tagOf(list: PromotionsList): string {
    return this.#hash.of('cursor', listKey(list)).slice(0, TAG_LENGTH);
  }
}
