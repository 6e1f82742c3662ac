import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant } from '../../src/upstream/payload/instant.ts';
import { DriftCollector } from '../../src/upstream/payload/schemaDrift.ts';
import { boolean, decimal, id, integer, known, list, oneOf, text } from '../../src/upstream/payload/values.ts';

const FIELD = 'promotions[].member';

/** What a converter makes of a value, and the code of its finding. */
function cleaned<Clean>(convert: (value: unknown, field: string, findings: DriftCollector) => Clean, value: unknown) {
  const findings = new DriftCollector();
  const clean = convert(value, FIELD, findings);
  expect(findings.drift.every(({ field }) => field === FIELD)).toBe(true);
  return [clean, ...findings.drift.map(({ code }) => code)];
}

const REFUSED = [null, 'INVALID_VALUE'];
const ABSENT = [null];

describe('Text', () => {
  test.each<[unknown, unknown[]]>([
    ['Award 50', ['Award 50']],
    ['', ['']],
    [' \u0000', [' \u0000']],
    [1147, ['1147']],
    [1.5, ['1.5']],
    [true, ['true']],
    [2 ** 64, REFUSED],
    [{}, REFUSED],
    [['a'], REFUSED],
    [null, ABSENT],
    [undefined, ABSENT],
  ])('%j', (value, expected) => expect(cleaned(text, value)).toEqual(expected));
});

describe('Ids', () => {
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
    [null, ABSENT],
    [undefined, ABSENT],
  ])('%j', (value, expected) => expect(cleaned(id, value)).toEqual(expected));
});

describe('Whole numbers', () => {
  test.each<[unknown, unknown[]]>([
    [1, [1]],
    [-1, [-1]],
    ['-1', [-1]],
    ['-1.000', [-1]],
    ['0', [0]],
    ['-0', [0]],
    [-0, [0]],
    ['50.000', [50]],
    ['+7', [7]],
    [2147483647, [2147483647]],
    [-2147483648, [-2147483648]],
    [2147483648, REFUSED],
    ['2147483648', REFUSED],
    [-2147483649, REFUSED],
    [1.5, REFUSED],
    ['1.5', REFUSED],
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
  ])('%j', (value, expected) => expect(cleaned(integer, value)).toEqual(expected));
});

describe('Decimals', () => {
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
    [' 1', REFUSED],
    ['9'.repeat(101), REFUSED],
    [true, REFUSED],
    [['1'], REFUSED],
    [{}, REFUSED],
    [null, ABSENT],
    [undefined, ABSENT],
  ])('%j', (value, expected) => expect(cleaned(decimal, value)).toEqual(expected));

  test('a number keeps its value and loses its exponent', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 });
    fc.assert(
      fc.property(number, (value) => {
        const [clean] = cleaned(decimal, value);
        fc.pre(clean !== null);
        expect(clean).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(clean) === value).toBe(true);
      }),
    );
  });
});

describe('Truth values', () => {
  test.each<[unknown, unknown[]]>([
    [true, [true]],
    [false, [false]],
    ['true', [true]],
    ['FALSE', [false]],
    [1, [true]],
    ['0', [false]],
    [2, REFUSED],
    ['yes', REFUSED],
    ['', REFUSED],
    [{}, REFUSED],
    [null, ABSENT],
    [undefined, ABSENT],
  ])('%j', (value, expected) => expect(cleaned(boolean, value)).toEqual(expected));
});

describe('Instants', () => {
  test.each<[unknown, unknown[]]>([
    ['2024-08-30T00:00:00.000Z', ['2024-08-30T00:00:00.000Z']],
    ['2024-09-29T23:59:59.000Z', ['2024-09-29T23:59:59.000Z']],
    ['2024-02-29T10:00:00.000Z', ['2024-02-29T10:00:00.000Z']],
    ['2024-08-30T00:00:00Z', ['2024-08-30T00:00:00.000Z']],
    ['2024-08-30t00:00:00z', ['2024-08-30T00:00:00.000Z']],
    ['2024-08-30T00:00:00.123456Z', ['2024-08-30T00:00:00.123Z']],
    ['2024-08-30T00:00:00+05:30', ['2024-08-29T18:30:00.000Z']],
    ['2024-08-30T00:00:00.500+0530', ['2024-08-29T18:30:00.500Z']],
    ['2024-12-31T20:00-08', ['2025-01-01T04:00:00.000Z']],
    ['2024-08-30 12:00:00', ['2024-08-30T12:00:00.000Z']],
    ['2024-08-30T12:00:00', ['2024-08-30T12:00:00.000Z']],
    ['2024-08-30', ['2024-08-30T00:00:00.000Z']],
    ['2024-02-30T00:00:00.000Z', REFUSED],
    ['2023-02-29T00:00:00.000Z', REFUSED],
    ['2024-04-31T00:00:00.000Z', REFUSED],
    ['2024-02-30', REFUSED],
    ['2024-13-01T00:00:00.000Z', REFUSED],
    ['2024-08-20T24:00:00.000Z', REFUSED],
    ['2024-08-20T23:60:00.000Z', REFUSED],
    ['2024-08-20T23:00:60Z', REFUSED],
    ['2024-08-30T00:00:00+15:00', REFUSED],
    ['9999-12-31T23:59:59-01:00', REFUSED],
    ['0000-01-01T00:00:00+01:00', REFUSED],
    ['30/08/2024', REFUSED],
    ['soon', REFUSED],
    ['', REFUSED],
    [1_725_000_000_000, REFUSED],
    [true, REFUSED],
    [{}, REFUSED],
    [null, ABSENT],
    [undefined, ABSENT],
  ])('%j', (value, expected) => expect(cleaned(instant, value)).toEqual(expected));

  test('any instant, at any offset, is the same instant in UTC', () => {
    const date = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
    fc.assert(
      fc.property(date, fc.integer({ min: -14 * 60, max: 14 * 60 }), (moment, offset) => {
        const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const zone = `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
        const local = new Date(moment.getTime() + offset * 60_000).toISOString().replace('Z', zone);
        expect(cleaned(instant, local)).toEqual([moment.toISOString()]);
        expect(cleaned(instant, moment.toISOString())).toEqual([moment.toISOString()]);
      }),
    );
  });

  test('only days that the calendar has are taken', () => {
    const [day, year] = [fc.integer({ min: 1, max: 31 }), fc.integer({ min: 1, max: 9999 })];
    fc.assert(
      fc.property(year, fc.integer({ min: 1, max: 12 }), day, (y, m, d) => {
        const pad = (number: number, width: number) => String(number).padStart(width, '0');
        const written = `${pad(y, 4)}-${pad(m, 2)}-${pad(d, 2)}T12:00:00.000Z`;
        const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
        const days = m === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(m) ? 30 : 31;
        expect(cleaned(instant, written)).toEqual(d <= days ? [written] : REFUSED);
      }),
    );
  });
});

describe('Known values', () => {
  const offerType = (value: unknown, field: string, findings: DriftCollector) =>
    known(value, new Set(['GENERIC', 'LOYALTY']), field, findings);
  test.each<[unknown, unknown[]]>([
    ['GENERIC', ['GENERIC']],
    ['generic', ['UNKNOWN', 'UNKNOWN_VALUE']],
    ['', ['UNKNOWN', 'UNKNOWN_VALUE']],
    [5, ['UNKNOWN', 'UNKNOWN_VALUE']],
    [{}, ['UNKNOWN', 'UNKNOWN_VALUE']],
    [null, ABSENT],
    [undefined, ABSENT],
  ])('%j', (value, expected) => expect(cleaned(offerType, value)).toEqual(expected));
});

describe('Lists', () => {
  const ids = (value: unknown, findings: DriftCollector) =>
    list(value, FIELD, findings, (member, own) => id(member.id, `${FIELD}[].id`, own));
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
    [{ id: 1 }, [], ['']],
    ['', [], ['']],
    [false, [], ['']],
  ])('%j', (value, expected, found) => {
    const findings = new DriftCollector();
    expect(ids(value, findings)).toEqual(expected);
    expect(findings.drift).toEqual(found.map((path) => ({ field: FIELD + path, code: 'INVALID_VALUE' })));
  });
});

describe('A member that is spelled in two ways', () => {
  test.each<[unknown, unknown, unknown, number]>([
    [1, undefined, 1, 0],
    [undefined, 2, 2, 0],
    [null, 2, 2, 0],
    [1, null, 1, 0],
    [1, 1, 1, 0],
    [1, 2, 1, 1],
    [undefined, undefined, undefined, 0],
  ])('%j and %j', (value, other, expected, found) => {
    const findings = new DriftCollector();
    expect(oneOf(value, other, FIELD, findings)).toBe(expected);
    expect(findings.drift).toHaveLength(found);
  });
});
