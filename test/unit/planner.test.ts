import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Window } from '../../src/model/page.ts';
import type { PromotionFilter } from '../../src/model/promotionsQuery.ts';
import { coverWindows, MAX_PAGE, type Need, planCalls } from '../../src/promotions/plan.ts';

const ALL: PromotionFilter = { status: null, includeAlternateCurrencyUsage: false };
const EXPIRED: PromotionFilter = { status: 'EXPIRED', includeAlternateCurrencyUsage: false };
const entries = (offset: number, limit: number, filter = ALL): Need => ({
  kind: 'entries',
  filter,
  window: { offset, limit },
});
const calls = (...needs: Need[]) =>
  planCalls(needs).calls.map(({ window }) => [window.offset, window.offset + window.limit]);

test.each<[string, Need[], number[][]]>([
  ['for who the customer is', [{ kind: 'customer' }], [[0, 0]]],
  ['for only a total', [{ kind: 'totals', filter: ALL }], [[0, 0]]],
  ['for the id and a page together', [{ kind: 'customer' }, entries(0, 10)], [[0, 10]]],
  ['for a total and a page of one filter', [{ kind: 'totals', filter: ALL }, entries(20, 10)], [[20, 30]]],
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
  [
    'for more than a page',
    [entries(0, 250)],
    [
      [0, 100],
      [100, 200],
      [200, 250],
    ],
  ],
])('The planner plans the fewest calls %s', (_, needs, expected) => {
  expect(calls(...needs)).toEqual(expected);
});

test('Two filters are two calls, and a total of one is not answered by a call of the other', () => {
  const plan = planCalls([
    entries(0, 10),
    entries(0, 10, EXPIRED),
    { kind: 'totals', filter: EXPIRED },
    { kind: 'customer' },
  ]);
  expect(plan.calls.map(({ filter }) => filter)).toEqual([ALL, EXPIRED]);
  expect(plan.answeredBy).toEqual([[0], [1], [1], [0]]);
});

const window = (maxOffset: number, maxLimit: number): fc.Arbitrary<Window> =>
  fc.record({ offset: fc.nat(maxOffset), limit: fc.integer({ min: 1, max: maxLimit }) });

test('Every entry of every window is in a call, and no call is larger than upstream allows', () => {
  fc.assert(
    fc.property(fc.array(window(1500, 1000), { minLength: 1, maxLength: 12 }), (windows) => {
      const covering = coverWindows(windows);
      for (const { limit } of covering) expect(limit).toSatisfy((n: number) => n > 0 && n <= MAX_PAGE);
      for (const { offset, limit } of windows) {
        for (let place = offset; place < offset + limit; place++) {
          expect(covering.some((call) => place >= call.offset && place < call.offset + call.limit)).toBe(true);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('The planner plans as few calls as a search by brute force finds', () => {
  // Brute force: the fewest calls over a few places, each call starting at some place that is asked.
  const fewest = (places: number[]): number => {
    const [first] = places;
    if (first === undefined) return 0;
    let best = Number.POSITIVE_INFINITY;
    for (let from = Math.max(0, first - MAX_PAGE + 1); from <= first; from += 33) {
      best = Math.min(best, 1 + fewest(places.filter((place) => place < from || place >= from + MAX_PAGE)));
    }
    return Math.min(best, 1 + fewest(places.filter((place) => place < first || place >= first + MAX_PAGE)));
  };
  fc.assert(
    fc.property(fc.array(window(260, 30), { minLength: 1, maxLength: 3 }), (windows) => {
      const places = windows.flatMap(({ offset, limit }) => Array.from({ length: limit }, (_, i) => offset + i));
      expect(coverWindows(windows).length).toBe(fewest([...new Set(places)].sort((a, b) => a - b)));
    }),
    { numRuns: 100 },
  );
});

test('Each need is answered by calls of its own filter, which together hold each entry of its window once', () => {
  const filter = fc.constantFrom(ALL, EXPIRED, { status: null, includeAlternateCurrencyUsage: true });
  const need: fc.Arbitrary<Need> = fc.oneof(
    fc.constant<Need>({ kind: 'customer' }),
    filter.map<Need>((each) => ({ kind: 'totals', filter: each })),
    fc.tuple(filter, window(400, 300)).map<Need>(([each, asked]) => ({ kind: 'entries', filter: each, window: asked })),
  );
  fc.assert(
    fc.property(fc.array(need, { minLength: 1, maxLength: 8 }), (needs) => {
      const plan = planCalls(needs);
      needs.forEach((each, index) => {
        const answering = (plan.answeredBy[index] ?? []).map((call) => plan.calls[call]);
        expect(answering.length).toBeGreaterThan(0);
        if (each.kind !== 'customer') {
          for (const call of answering) expect(call?.filter).toEqual(each.filter);
        }
        if (each.kind !== 'entries') return;
        for (let place = each.window.offset; place < each.window.offset + each.window.limit; place++) {
          const holding = answering.filter(
            (call) => call && place >= call.window.offset && place < call.window.offset + call.window.limit,
          );
          expect(holding).toHaveLength(1);
        }
      });
    }),
    { numRuns: 100 },
  );
});
