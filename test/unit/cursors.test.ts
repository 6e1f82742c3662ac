import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyedHash } from '../../src/model/keyedHash.ts';
import { dataScopeOf } from '../../src/model/promotionsQuery.ts';
import { Cursors } from '../../src/promotions/cursor.ts';
import { ALL, list } from './support/plans.ts';

const cursors = new Cursors(new KeyedHash(Buffer.alloc(32)));
const ELSEWHERE = list('EXPIRED', dataScopeOf('OTHER', ['50405', '50406']));

test('A cursor has the offset of its entry in its list, on every instance', () => {
  const other = new Cursors(new KeyedHash(Buffer.alloc(32)));
  fc.assert(
    fc.property(fc.nat(2_147_483_647), (offset) => {
      for (const each of [ALL, ELSEWHERE]) expect(other.offsetOf(cursors.ofList(each)(offset), each)).toBe(offset);
    }),
  );
});

test.each([
  ['data scope', list(null, dataScopeOf('SELF', []))],
  ['organisation', list(null, dataScopeOf('OTHER', ['1']))],
  ['status', list('EXPIRED')],
  ['flag for alternate currencies', { ...ALL, includeAlternateCurrencyUsage: true }],
])('A cursor of a list with another %s is refused', (_, other) => {
  expect(() => cursors.offsetOf(cursors.ofList(other)(9), ALL)).toThrow(
    'The cursor was created with a different dataScope, status or includeAlternateCurrencyUsage. Use it with the same values.',
  );
});

test('Text that is not a cursor is refused', () => {
  const cursor = cursors.ofList(ALL)(9);
  const notQuite = fc.constantFrom('', 'x', `${cursor}=`, `${cursor} `, cursor.slice(1), `${cursor}${cursor}`);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), notQuite), (text) => {
      fc.pre(text !== cursor);
      expect(() => cursors.offsetOf(text, ALL)).toThrow('after must be an endCursor, unchanged.');
    }),
  );
});

test('A cursor reveals nothing about its list, and differs under another key', () => {
  const cursor = cursors.ofList(ELSEWHERE)(7);
  expect(Buffer.from(cursor, 'base64url').toString()).toMatch(/^promotion:[\w-]{8}:7$/);
  const text = Buffer.from(cursor, 'base64url').toString();
  for (const seen of ['OTHER', '50405', '50406', 'EXPIRED']) expect(text).not.toContain(seen);
  expect(new Cursors(new KeyedHash(Buffer.alloc(32, 1))).ofList(ELSEWHERE)(7)).not.toBe(cursor);
});
