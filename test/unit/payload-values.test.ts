import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  boolean,
  DriftCollector,
  decimal,
  id,
  integer,
  known,
  list,
  oneOf,
  text,
  WrittenNumber,
} from '../../src/upstream/payload/values.ts';
import { ABSENT, convert, FIELD, REFUSED } from './support/converters.ts';

test.each<[unknown, unknown[]]>([
  ['Award 50', ['Award 50']],
  ['', ['']],
  [' \u0000', [' \u0000']],
  [1147, ['1147']],
  [1.5, ['1.5']],
  [true, ['true']],
  [2 ** 64, REFUSED],
  ['Weekend \ud83c', ['Weekend \ufffd', 'INVALID_VALUE']],
  [new WrittenNumber('1.10'), ['1.10']],
  [{}, REFUSED],
  [['a'], REFUSED],
  [null, ABSENT],
  [undefined, ABSENT],
])('Text %o becomes %j', (value, expected) => expect(convert(text, value)).toEqual(expected));

test.each<[unknown, unknown[]]>([
  [347297848, ['347297848']],
  ['347297848', ['347297848']],
  ['000003873354', ['000003873354']],
  [0, ['0']],
  [2 ** 53 - 1, ['9007199254740991']],
  ['90071992547409931234', ['90071992547409931234']],
  [2 ** 53, REFUSED],
  [1.5, REFUSED],
  [Number.POSITIVE_INFINITY, REFUSED],
  ['', REFUSED],
  [true, REFUSED],
  [{}, REFUSED],
  [[1], REFUSED],
  [new WrittenNumber('8216118575463666095'), ['8216118575463666095']],
  [new WrittenNumber('1.50'), REFUSED],
  // The same ids as JSON.parse makes of them.
  [new WrittenNumber('5.0'), ['5']],
  [new WrittenNumber('1e3'), ['1000']],
  [new WrittenNumber('-0'), ['0']],
  ['a\ud83c', ['a\ufffd', 'INVALID_VALUE']],
  [null, ABSENT],
  [undefined, ABSENT],
])('The id %o becomes %j', (value, expected) => expect(convert(id, value)).toEqual(expected));

test.each<[unknown, unknown[]]>([
  [1, [1]],
  [-1, [-1]],
  ['-1', [-1]],
  ['-1.000', [-1]],
  ['0', [0]],
  ['-0', [0]],
  [-0, [0]],
  ['50.000', [50]],
  [' 50 ', [50]],
  [new WrittenNumber('50.000'), [50]],
  [new WrittenNumber('1e3'), [1000]],
  [new WrittenNumber('2147483648.0'), REFUSED],
  ['+7', [7]],
  [2147483647, [2147483647]],
  [-2147483648, [-2147483648]],
  [2147483648, REFUSED],
  ['2147483648', REFUSED],
  [-2147483649, REFUSED],
  [1.5, REFUSED],
  ['1.5', REFUSED],
  ['4.99999999999999999999', REFUSED],
  ['5.', [5]],
  ['1,000,000', REFUSED],
  ['1e3', REFUSED],
  ['0x10', REFUSED],
  ['', REFUSED],
  [' ', REFUSED],
  [true, REFUSED],
  [[5], REFUSED],
  [{}, REFUSED],
  [Number.POSITIVE_INFINITY, REFUSED],
  [null, ABSENT],
  [undefined, ABSENT],
])('The whole number %o becomes %j', (value, expected) => expect(convert(integer, value)).toEqual(expected));

test.each<[unknown, unknown[]]>([
  ['50.000', ['50.000']],
  ['0', ['0']],
  ['-1', ['-1']],
  ['-1.000', ['-1.000']],
  ['12345678901234567890.123', ['12345678901234567890.123']],
  [50, ['50']],
  [-1, ['-1']],
  [0.5, ['0.5']],
  [1e-7, ['0.0000001']],
  [-1.25e-9, ['-0.00000000125']],
  [1e-200, REFUSED],
  [1e21, REFUSED],
  [2 ** 53, REFUSED],
  [Number.POSITIVE_INFINITY, REFUSED],
  ['1,000,000', REFUSED],
  ['1.000,50', REFUSED],
  ['1e3', REFUSED],
  ['.', REFUSED],
  ['Infinity', REFUSED],
  ['', REFUSED],
  [' 50.000 ', ['50.000']],
  ['.5', ['.5']],
  ['5.', ['5.']],
  [new WrittenNumber('50.000'), ['50.000']],
  [new WrittenNumber('1234567899517.1299'), ['1234567899517.1299']],
  [new WrittenNumber('-0.0'), ['-0.0']],
  [new WrittenNumber('-0'), ['-0']],
  [new WrittenNumber('1e3'), ['1000']],
  [new WrittenNumber('1.50e1'), ['15.0']],
  [new WrittenNumber('0.5E1'), ['5']],
  [new WrittenNumber('-12.5e-3'), ['-0.0125']],
  [new WrittenNumber('0.12345678901234567890e+2'), ['12.345678901234567890']],
  [new WrittenNumber('9007199254740993e0'), ['9007199254740993']],
  [new WrittenNumber('1E400'), REFUSED],
  ['9'.repeat(101), REFUSED],
  [true, REFUSED],
  [['1'], REFUSED],
  [{}, REFUSED],
  [null, ABSENT],
  [undefined, ABSENT],
])('The decimal %o becomes %j', (value, expected) => expect(convert(decimal, value)).toEqual(expected));

test('A decimal that was sent as a number keeps its value and loses its exponent', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 });
  fc.assert(
    fc.property(number, (value) => {
      const [clean] = convert(decimal, value);
      fc.pre(clean !== null);
      expect(clean).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(clean)).toBe(value + 0);
    }),
  );
});

test.each<[unknown, unknown[]]>([
  [true, [true]],
  [false, [false]],
  ['true', [true]],
  ['FALSE', [false]],
  [1, [true]],
  ['0', [false]],
  [new WrittenNumber('1.0'), [true]],
  [2, REFUSED],
  ['yes', REFUSED],
  ['', REFUSED],
  [{}, REFUSED],
  [null, ABSENT],
  [undefined, ABSENT],
])('The truth value %o becomes %j', (value, expected) => expect(convert(boolean, value)).toEqual(expected));

const offerType = (value: unknown, field: string, drift: DriftCollector) =>
  known(value, new Set(['GENERIC', 'LOYALTY']), field, drift);
test.each<[unknown, unknown[]]>([
  ['GENERIC', ['GENERIC']],
  ['generic', ['UNKNOWN', 'UNKNOWN_VALUE']],
  ['', ['UNKNOWN', 'UNKNOWN_VALUE']],
  [5, ['UNKNOWN', 'UNKNOWN_VALUE']],
  [{}, ['UNKNOWN', 'UNKNOWN_VALUE']],
  [null, ABSENT],
  [undefined, ABSENT],
])('The value %o of an enum becomes %j', (value, expected) => expect(convert(offerType, value)).toEqual(expected));

const ids = (value: unknown, drift: DriftCollector) =>
  list(value, FIELD, drift, (member, own) => id(member.id, `${FIELD}[].id`, own));
test.each<[unknown, string[], string[]]>([
  [[{ id: 1 }, { id: '2' }], ['1', '2'], []],
  [[], [], []],
  [null, [], []],
  [undefined, [], []],
  [
    [{ id: 1 }, null, 'x', [], { id: {} }, { id: 3 }],
    ['1', '3'],
    ['[]', '[]', '[]', '[].id'],
  ],
  [{ id: 1 }, ['1'], ['']],
  [{}, [], ['']],
  ['', [], ['']],
  [false, [], ['']],
])('The list %o becomes %j', (value, expected, found) => {
  const collector = new DriftCollector();
  expect(ids(value, collector)).toEqual(expected);
  expect(collector.drift).toEqual(found.map((path) => ({ field: FIELD + path, code: 'INVALID_VALUE' })));
});

const ONE_POINT_ZERO = new WrittenNumber('1.0');
test.each<[unknown, unknown, unknown, number]>([
  [1, undefined, 1, 0],
  [undefined, 2, 2, 0],
  [null, 2, 2, 0],
  [1, null, 1, 0],
  [1, 1, 1, 0],
  [ONE_POINT_ZERO, new WrittenNumber('1.0'), ONE_POINT_ZERO, 0],
  [1, '1', 1, 0],
  [1, 2, 1, 1],
  [undefined, undefined, undefined, 0],
])('A member spelled in two ways, %o and %o, is %o', (value, other, expected, found) => {
  const collector = new DriftCollector();
  expect(oneOf(value, other, FIELD, collector)).toBe(expected);
  expect(collector.drift).toHaveLength(found);
});
