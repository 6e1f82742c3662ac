import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instant } from '../../src/upstream/payload/values.ts';
import { ABSENT, convert, REFUSED } from './support/converters.ts';

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
])('The instant %o becomes %j', (value, expected) => expect(convert(instant, value)).toEqual(expected));

test('An instant at any offset becomes the same instant in UTC', () => {
  const date = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
  fc.assert(
    fc.property(date, fc.integer({ min: -14 * 60, max: 14 * 60 }), (moment, offset) => {
      const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
      const zone = `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
      const local = new Date(moment.getTime() + offset * 60_000).toISOString().replace('Z', zone);
      expect(convert(instant, local)).toEqual([moment.toISOString()]);
      expect(convert(instant, moment.toISOString())).toEqual([moment.toISOString()]);
    }),
  );
});

test('An instant is read only if its day exists', () => {
  const [day, year] = [fc.integer({ min: 1, max: 31 }), fc.integer({ min: 1, max: 9999 })];
  fc.assert(
    fc.property(year, fc.integer({ min: 1, max: 12 }), day, (y, m, d) => {
      const pad = (number: number, width: number) => String(number).padStart(width, '0');
      const written = `${pad(y, 4)}-${pad(m, 2)}-${pad(d, 2)}T12:00:00.000Z`;
      const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
      const days = m === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(m) ? 30 : 31;
      expect(convert(instant, written)).toEqual(d <= days ? [written] : REFUSED);
    }),
  );
});
