import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUnlimited, subtract } from '../../src/upstream/payload/restrictionReader.ts';

/** A decimal of up to 40 digits and 10 places, often a short one, as text. */
const decimal = fc
  .record({
    sign: fc.constantFrom('', '-', '+'),
    whole: fc.oneof(fc.stringMatching(/^[0-9]{1,9}$/), fc.stringMatching(/^[0-9]{1,30}$/)),
    places: fc.oneof(fc.stringMatching(/^[0-9]{0,4}$/), fc.stringMatching(/^[0-9]{0,10}$/)),
  })
  .map(({ sign, whole, places }) => `${sign}${whole}${places === '' ? '' : `.${places}`}`);

const PLACES = 10;
/** The decimal in units of 10^-10. */
function units(text: string): bigint {
  const [whole = '', places = ''] = text.replace(/^[+-]/, '').split('.');
  const size = BigInt(whole + places.padEnd(PLACES, '0'));
  return text.startsWith('-') ? -size : size;
}
const placesOf = (text: string) => text.split('.')[1]?.length ?? 0;

test('A difference is exact and has as many decimals as the longer operand', () => {
  fc.assert(
    fc.property(decimal, decimal, (limit, usage) => {
      const remaining = subtract(limit, usage);
      expect(remaining).toMatch(/^-?\d+(\.\d+)?$/);
      expect(units(remaining)).toBe(units(limit) - units(usage));
      expect(placesOf(remaining)).toBe(Math.max(placesOf(limit), placesOf(usage)));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['100', '10.000', '90.000'],
  ['50.000', '50', '0.000'],
  ['0.3', '0.1', '0.2'],
  ['1', '3', '-2'],
  ['0', '0.5', '-0.5'],
  ['0', '-0', '0'],
  ['-0.0', '0', '0.0'],
  ['99999999999999999999.01', '0.02', '99999999999999999998.99'],
  ['999999999999999', '-999999999999999', '1999999999999998'],
])('The difference %s - %s is %s', (limit, usage, remaining) => expect(subtract(limit, usage)).toBe(remaining));

test.each(['-1', '-1.0', '-1.000', '-1.', '-01'])('The limit %s is read as unlimited', (limit) =>
  expect(isUnlimited(limit)).toBe(true),
);
test.each([null, '1', '0', '-1.5', '-10', '-2', '-'])('The limit %s is not read as unlimited', (limit) =>
  expect(isUnlimited(limit)).toBe(false),
);
