import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CachedPage, type CacheEntry, covers, extentOf, freshnessOf, pageFor } from '../../src/cache/entry.ts';
import type { Moment } from '../../src/model/moment.ts';
import type { Window } from '../../src/model/page.ts';
import { anyTotal, anyWindow, cachedPage } from './support/cachedPage.ts';

/** A window, and one inside it. */
const nested = anyWindow.chain((own) =>
  fc.integer({ min: 0, max: own.limit }).chain((from) =>
    fc.record({
      own: fc.constant<Window>(own),
      inner: fc.record({
        offset: fc.constant(own.offset + from),
        limit: fc.integer({ min: 0, max: own.limit - from }),
      }),
    }),
  ),
);

test('A cached page covers every window inside it, and serves it as upstream would', () => {
  fc.assert(
    fc.property(anyTotal, nested, (total, { own, inner }) => {
      const cached = cachedPage(total, own);
      expect(covers(extentOf(cached), inner)).toBe(true);
      expect(pageFor(inner, cached)).toEqual(cachedPage(total, inner).page);
    }),
    { numRuns: 1000 },
  );
});

test('A cached page covers any window without entries, and serves its totals', () => {
  fc.assert(
    fc.property(anyTotal, anyWindow, fc.nat(300), (total, own, offset) => {
      const cached = cachedPage(total, own);
      expect(covers(extentOf(cached), { offset, limit: 0 })).toBe(true);
      expect(pageFor({ offset, limit: 0 }, cached)).toEqual(cachedPage(total, { offset, limit: 0 }).page);
    }),
  );
});

test('A cached page covers no window that reaches beyond it, not even at the end of the list', () => {
  fc.assert(
    fc.property(anyTotal, anyWindow, anyWindow, (total, own, window) => {
      const isInside = own.offset <= window.offset && window.offset + window.limit <= own.offset + own.limit;
      fc.pre(!isInside && window.limit > 0);
      expect(covers(extentOf(cachedPage(total, own)), window)).toBe(false);
    }),
  );
});

test('A cached page without a total covers only its own window', () => {
  const { page, ...rest } = cachedPage(25, { offset: 0, limit: 100 });
  const cached: CachedPage = { ...rest, page: { ...page, pageDetails: null } };
  expect(covers(extentOf(cached), { offset: 0, limit: 100 })).toBe(true);
  expect(covers(extentOf(cached), { offset: 0, limit: 10 })).toBe(false);
  expect(covers(extentOf(cached), { offset: 0, limit: 0 })).toBe(false);
});

const lifetimes = { ttlMs: 100, staleMs: 50, notFoundMs: 10 };
const at = 1_000_000;

test.each([
  [0, { state: 'fresh', ageMs: 0, leftMs: 100 }],
  [99, { state: 'fresh', ageMs: 99, leftMs: 1 }],
  [100, { state: 'stale', ageMs: 100 }],
  [149, { state: 'stale', ageMs: 149 }],
  [150, { state: 'miss' }],
  [-5000, { state: 'fresh', ageMs: 0, leftMs: 100 }],
  [-5001, { state: 'miss' }],
])('A page cached %i ms ago, with a TTL of 100 ms and 50 ms stale, is %o', (age, expected) => {
  expect(freshnessOf(cachedPage(1, { offset: 0, limit: 10 }, at), lifetimes, at + age)).toEqual(expected);
});

test.each([
  [9, { state: 'fresh', ageMs: 9, leftMs: 1 }],
  [10, { state: 'miss' }],
  [120, { state: 'miss' }],
])('An unknown customer cached %i ms ago, with a TTL of 10 ms, is %o', (age, expected) => {
  const cached: CacheEntry = { kind: 'not-found', at, asOf: 0 as Moment, upstream: { status: 200, code: 8015 } };
  expect(freshnessOf(cached, lifetimes, at + age)).toEqual(expected);
});
