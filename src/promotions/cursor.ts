import { badUserInput } from '../model/errors.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import { listKey, type PromotionsList } from '../model/promotionsQuery.ts';

/** Longer than any cursor. It is checked first, since a list of aliases may have a long text each. */
const MAX_LENGTH = 64;

/** 48 bits: enough to detect the cursor of another list. */
const TAG_LENGTH = 8;

/**
 * Cursors: positions in a list of promotions, opaque to clients. A cursor is valid for one list (data scope, status,
 * alternate currencies). It contains a hash of the list as a tag, and nothing of the customer.
 */
export class Cursors {
  readonly #hash: KeyedHash;

  /** @param hash the same on every instance and after every restart */
  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /** Returns a function that makes the cursor of the entry at an offset of this list. Only a cursor that is selected costs a hash. */
  ofList(list: PromotionsList): (offset: number) => string {
    let tag: string | undefined;
    return (offset) => {
      tag ??= this.#tagOf(list);
      return Buffer.from(`promotion:${tag}:${offset}`).toString('base64url');
    };
  }

  /**
   * The offset of a cursor's entry.
   * @throws BAD_USER_INPUT for an invalid cursor, or one of another list.
   */
  offsetOf(cursor: string, list: PromotionsList): number {
    const text = cursor.length > MAX_LENGTH ? '' : Buffer.from(cursor, 'base64url').toString('latin1');
    const place = /^promotion:([\w-]{8}):([0-9]{1,10})$/.exec(text);
    if (place === null || Buffer.from(text, 'latin1').toString('base64url') !== cursor) {
      throw badUserInput('after must be an endCursor, unchanged.');
    }
    if (place[1] !== this.#tagOf(list)) {
      throw badUserInput(
        'The cursor was created with a different dataScope, status or includeAlternateCurrencyUsage. Use it with the same values.',
      );
    }
    return Number(place[2]);
  }

  #tagOf(list: PromotionsList): string {
    return this.#hash.of('cursor', listKey(list)).slice(0, TAG_LENGTH);
  }
}
