import { badUserInput } from '../model/errors.ts';
import type { PromotionFilter } from '../model/promotionsQuery.ts';
import { filterKey } from './plan.ts';

/**
 * A place in a list of promotions, opaque to clients and tied to the filter that the list was made with. It holds nothing
 * of the customer, and no secret: any instance of the gateway reads any other's.
 */
export function cursorOf(filter: PromotionFilter, offset: number): string {
  return Buffer.from(`promotion:${filterKey(filter)}:${offset}`).toString('base64url');
}

/**
 * The offset of the entry that a cursor stands for.
 * @throws BAD_USER_INPUT for a cursor that is broken, or that comes from a list with another filter.
 */
export function offsetOf(cursor: string, filter: PromotionFilter): number {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const place = /^promotion:([A-Z_]*:[01]):([0-9]{1,10})$/.exec(text);
  const offset = Number(place?.[2]);
  if (place === null || cursorText(text) !== cursor) {
    throw badUserInput('The cursor is broken. Use one that this connection gave, to the letter.');
  }
  if (place[1] !== filterKey(filter)) {
    throw badUserInput(
      'The cursor comes from a connection with another filter. Use it with the status and flag it came from.',
    );
  }
  return offset;
}

function cursorText(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64url');
}
