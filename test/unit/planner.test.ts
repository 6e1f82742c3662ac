import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Window } from '../../src/model/page.ts';
import { dataScopeOf } from '../../src/model/promotionsQuery.ts';
import {
  coverWindows,
  existingCalls,
  MAX_PAGE,
  overlap,
  planLists,
  type Requirement,
} from '../../src/promotions/plan.ts';
import { ALL, callsFor, entries, list, totals } from './support/plans.ts';

const EXPIRED = list('EXPIRED');
const spans = (windows: readonly Window[]) => windows.map(({ offset, limit }) => [offset, offset + limit]);

test.each<[string, Requirement[], number[][]]>([
  ['for only who the customer is, which is planned with the request', [{ kind: 'customer' }], []],
  ['for only a total', [totals()], [[0, 0]]],
  ['for no promotions', [entries(20, 0)], [[0, 0]]],
  ['for the id and a page together', [{ kind: 'customer' }, entries(0, 10)], [[0, 10]]],
  ['for a total and a page of one list', [totals(), entries(20, 10)], [[20, 30]]],
  ['for windows side by side', [entries(0, 10), entries(10, 10)], [[0, 20]]],
  ['for windows that overlap', [entries(0, 10), entries(5, 10)], [[0, 15]]],
  ['for windows whose gap fits in a page', [entries(0, 10), entries(50, 10)], [[0, 60]]],
  ['for windows in any order', [entries(50, 10), entries(0, 10)], [[0, 60]]],
  [
    'for windows that do not fit in one page',
    [entries(0, 10), entries(95, 10)],
    [
      [0, 100],
      [100, 105],
    ],
  ],
  [
    'for windows far apart, without what lies between,',
    [entries(0, 10), entries(500, 10)],
    [
      [0, 10],
      [500, 510],
    ],
  ],
  ['for more than a page, before the total is known,', [entries(0, 250)], [[0, 100]]],
  [
    'for more than a page and a window behind it, before the total is known,',
    [entries(0, 250), entries(220, 10)],
    [
      [0, 100],
      [200, 250],
    ],
  ],
])('The planner plans the fewest calls to make first %s', (_, requirements, expected) => {
  expect(planLists(requirements).flatMap(({ first }) => spans(first))).toEqual(expected);
});

test.each<[number | null, number[][]]>([
  [0, [[0, 100]]],
  [25, [[0, 100]]],
  [100, [[0, 100]]],
  [
    101,
    [
      [0, 100],
      [100, 200],
    ],
  ],
  [
    250,
    [
      [0, 100],
      [100, 200],
      [200, 300],
    ],
  ],
  [
    null,
    [
      [0, 100],
      [100, 200],
      [200, 300],
      [300, 400],
    ],
  ],
])('A window of 400 in a list of %s costs the calls for entries that exist', (total, expected) => {
  expect(spans(callsFor([entries(0, 400)], total))).toEqual(expected);
});

test('No further call is made if all first calls have failed', () => {
  const [plan] = planLists([entries(0, 250), entries(500, 150)]);
  const { first = [], further = [] } = plan ?? {};
  expect(spans(first)).toEqual([
    [0, 100],
    [500, 600],
  ]);
  expect(spans(existingCalls(further, [1000, null]))).toEqual([
    [100, 200],
    [200, 250],
    [600, 650],
  ]);
  expect(existingCalls(further, [])).toEqual([]);
});

test('Lists of two statuses or of two data scopes share no call', () => {
  const elsewhere = list(null, dataScopeOf('OTHER', ['1']));
  const plans = planLists([entries(0, 10), entries(10, 10, EXPIRED), totals(EXPIRED), entries(0, 20, elsewhere)]);
  expect(plans.map((plan) => [plan.list, spans(plan.first)])).toEqual([
    [ALL, [[0, 10]]],
    [EXPIRED, [[10, 20]]],
    [elsewhere, [[0, 20]]],
  ]);
});

const window = (maxOffset: number, maxLimit: number): fc.Arbitrary<Window> =>
  fc.record({ offset: fc.nat(maxOffset), limit: fc.integer({ min: 1, max: maxLimit }) });
const placesOf = ({ offset, limit }: Window) => Array.from({ length: limit }, (_, i) => offset + i);
const asked = (windows: readonly Window[]) => windows.map(({ offset, limit }) => entries(offset, limit));
const holds = ({ offset, limit }: Window, place: number) => offset <= place && place < offset + limit;

/** The fewest calls that hold all these places, in ascending order. */
function fewest(places: readonly number[]): number {
  let calls = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const place of places) {
    if (place < end) continue;
    calls++;
    end = place + MAX_PAGE;
  }
  return calls;
}

const existing = (windows: readonly Window[], total: number) =>
  [...new Set(windows.flatMap(placesOf))].filter((place) => place < total).sort((a, b) => a - b);

test('Every entry of every window that exists is in exactly one call, and no call is larger than upstream allows', () => {
  fc.assert(
    fc.property(fc.array(window(1500, 1000), { minLength: 1, maxLength: 12 }), fc.nat(2500), (windows, total) => {
      const calls = callsFor(asked(windows), total);
      for (const { limit } of calls) expect(limit).toSatisfy((n: number) => n > 0 && n <= MAX_PAGE);
      for (const place of existing(windows, total)) {
        expect(calls.filter((call) => holds(call, place))).toHaveLength(1);
      }
    }),
    { numRuns: 60 },
  );
});

test('The calls of one window are as few as if the total had been known', () => {
  fc.assert(
    fc.property(window(1500, 1000), fc.nat(2500), (each, total) => {
      expect(callsFor(asked([each]), total)).toHaveLength(Math.max(1, fewest(existing([each], total))));
    }),
    { numRuns: 300 },
  );
});

test('The calls of several windows are as few as if the total had been known, except for windows that begin or end after it', () => {
  fc.assert(
    fc.property(fc.array(window(1500, 1000), { minLength: 1, maxLength: 8 }), fc.nat(2500), (windows, total) => {
      const calls = callsFor(asked(windows), total);
      const within = calls.filter(({ offset }) => offset < total);
      expect(within).toHaveLength(fewest(existing(windows, total)));
      const behind = windows.filter(({ offset, limit }) => offset + (limit > MAX_PAGE ? 1 : limit) > total);
      for (const call of calls.filter(({ offset }) => offset >= total)) {
        expect(behind.some((each) => overlap(call, each))).toBe(true);
      }
      expect(calls.length - within.length).toBeLessThanOrEqual(2 * behind.length);
    }),
    { numRuns: 300 },
  );
});

test('Separate windows are first called together: those of one page, and the first page of larger ones', () => {
  fc.assert(
    fc.property(fc.array(window(1500, 200), { minLength: 1, maxLength: 8 }), (windows) => {
      const [plan] = planLists(asked(windows));
      for (const each of windows) {
        const places = each.limit > MAX_PAGE ? [each.offset] : placesOf(each);
        for (const place of places) expect(plan?.first.some((call) => holds(call, place))).toBe(true);
      }
    }),
  );
});

test('The lower bound is the result of a brute-force search', () => {
  // Over a few places. Each call starts at a requested place, or a little before.
  const search = (places: readonly number[]): number => {
    const [first] = places;
    if (first === undefined) return 0;
    let best = Number.POSITIVE_INFINITY;
    for (let from = Math.max(0, first - MAX_PAGE + 1); from <= first; from += 33) {
      best = Math.min(best, 1 + search(places.filter((place) => place < from || place >= from + MAX_PAGE)));
    }
    return Math.min(best, 1 + search(places.filter((place) => place < first || place >= first + MAX_PAGE)));
  };
  fc.assert(
    fc.property(fc.array(window(260, 30), { minLength: 1, maxLength: 3 }), (windows) => {
      const places = existing(windows, Number.POSITIVE_INFINITY);
      expect(fewest(places)).toBe(search(places));
      expect(coverWindows(windows)).toHaveLength(search(places));
    }),
    { numRuns: 100 },
  );
});
