import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyOf, PROMOTION, read } from './support/payloads.ts';

/** Every place in PROMOTION, as the path of object keys and list indices. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (value === null || typeof value !== 'object') return [path];
  const inner = Object.entries(value).flatMap(([key, member]) => placesIn(member, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((member, at) => (String(at) === key ? replaced(member, rest, by) : member));
  if (value === null || typeof value !== 'object') return value;
  return { ...value, [key]: replaced((value as Record<string, unknown>)[key], rest, by) };
}

const fieldOf = (path: readonly string[]) => `promotions[].${path.join('.')}`.replaceAll(/\.\d+/g, '[]');

const places = placesIn(PROMOTION);

test.each(places.map((path) => [fieldOf(path), path] as const))(
  'A value of a type that %s cannot have is reported as drift',
  (field, path) => {
    const whole = read(bodyOf(PROMOTION));
    const { drift, warnings, promotion } = read(bodyOf(replaced(PROMOTION, path, [['odd']])));
    expect(promotion).not.toEqual(whole.promotion);
    expect(drift.length).toBeGreaterThan(0);
    expect(drift.filter((found) => found.field !== field && found.field !== `${field}[]`)).toEqual([]);
    expect(warnings).toHaveLength(drift.length);
    expect(warnings.filter(({ message }) => !message.startsWith(field))).toEqual([]);
  },
);

test('Any value in any place is shown in the promotion, or a warning names its field', () => {
  const without = (path: readonly string[]) => read(bodyOf(replaced(PROMOTION, path, null)));
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue(), (path, value) => {
      const { promotion, drift } = read(bodyOf(replaced(PROMOTION, path, value)));
      const isEmpty = value === null || (typeof value === 'object' && Object.keys(value).length === 0);
      if (isEmpty || drift.some((found) => found.field.startsWith(fieldOf(path)))) return;
      // An object may hold only unknown members, which are ignored.
      if (typeof value === 'object' && !Array.isArray(value)) return;
      expect(promotion).not.toEqual(without(path).promotion);
    }),
    { numRuns: 1000 },
  );
});

const anything = fc.jsonValue({ maxDepth: 3 });
const names = [...Object.keys(PROMOTION), 'orgID', 'toString', '__proto__', 'x'];

/** A list has its members; an object with members is the only member of a list that was left out. */
function memberCount(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0 ? 1 : 0;
}

test("Any JSON object is read as a page of the schema's shape", () => {
  const promotion = fc.dictionary(fc.constantFrom(...names), anything, { maxKeys: 8 });
  const member = fc.oneof(anything, fc.array(promotion, { maxLength: 3 }));
  const page = fc.dictionary(fc.constantFrom('customerId', 'pageDetails', 'promotions', 'warnings', 'errors'), member);
  fc.assert(
    fc.property(page, (body) => {
      const { entries } = read(JSON.parse(JSON.stringify(body))).page;
      expect(entries).toHaveLength(memberCount(body.promotions));
    }),
    { numRuns: 500 },
  );
});

test("A promotion with any value in any place is read into the schema's shape", () => {
  const wrong = fc.tuple(fc.constantFrom(...placesIn(PROMOTION)), fc.oneof(anything, fc.constant({ toString: 1 })));
  fc.assert(
    fc.property(fc.array(wrong, { maxLength: 6 }), (wrongs) => {
      const promotion = wrongs.reduce<unknown>((whole, [path, value]) => replaced(whole, path, value), PROMOTION);
      read(JSON.parse(JSON.stringify(bodyOf(promotion))));
    }),
    { numRuns: 500 },
  );
});
