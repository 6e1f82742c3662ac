import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PageEntry, UpstreamPage, Window } from '../../src/model/page.ts';
import { overlap } from '../../src/promotions/plan.ts';
import { cutPage } from '../../src/promotions/promotionPage.ts';
import { callsFor, entries } from './support/plans.ts';

/** An upstream whose list has `total` promotions, each with its own warning. */
function upstream(total: number) {
  const list: PageEntry[] = Array.from({ length: total }, (_, i) => ({
    promotion: null,
    warnings: [{ code: 'INVALID_VALUE', message: `promotion ${i}`, promotionId: `${i}`, field: 'endDate' }],
  }));
  return ({ offset, limit }: Window): UpstreamPage => ({
    customerId: '1',
    pageDetails: {
      pageNumber: limit === 0 ? 0 : Math.floor(offset / limit),
      pageSize: limit,
      totalEntries: total,
      pageCount: limit === 0 ? 0 : Math.ceil(total / limit),
    },
    entries: list.slice(offset, offset + limit),
    warnings: [{ code: '9', message: 'the whole list', promotionId: null, field: null }],
  });
}

test('A window whose calls were merged, split or left out has the same page as if it was fetched separately', () => {
  const window = fc.record({ offset: fc.nat(300), limit: fc.integer({ min: 1, max: 300 }) });
  fc.assert(
    fc.property(fc.nat(400), fc.array(window, { minLength: 1, maxLength: 6 }), (total, windows) => {
      const fetch = upstream(total);
      const answered = callsFor(
        windows.map(({ offset, limit }) => entries(offset, limit)),
        total,
      ).map((call) => ({
        window: call,
        page: fetch(call),
      }));
      for (const each of windows) {
        const calls = answered.filter((call) => overlap(call.window, each));
        expect(cutPage(each, calls)).toEqual(cutPage(each, [{ window: each, page: fetch(each) }]));
      }
    }),
  );
});

test("A window of exactly one call has upstream's page details", () => {
  const page: UpstreamPage = {
    ...upstream(25)({ offset: 10, limit: 10 }),
    pageDetails: { pageNumber: 7, pageSize: 10, totalEntries: 25, pageCount: 9 },
  };
  const { pageDetails } = cutPage({ offset: 10, limit: 10 }, [{ window: { offset: 10, limit: 10 }, page }]);
  expect(pageDetails).toEqual({ pageNumber: 7, pageSize: 10, totalEntries: 25, pageCount: 9, hasNextPage: true });
});

test("A window without upstream's page details has details counted from its entries", () => {
  const page: UpstreamPage = { ...upstream(12)({ offset: 10, limit: 10 }), pageDetails: null };
  const { pageDetails } = cutPage({ offset: 10, limit: 10 }, [{ window: { offset: 10, limit: 10 }, page }]);
  expect(pageDetails).toEqual({ pageNumber: 1, pageSize: 10, totalEntries: 12, pageCount: 2, hasNextPage: true });
});

test("An empty window without upstream's page details knows of no promotion, and nothing follows", () => {
  const page: UpstreamPage = { ...upstream(0)({ offset: 500, limit: 10 }), pageDetails: null };
  const { pageDetails } = cutPage({ offset: 500, limit: 10 }, [{ window: { offset: 500, limit: 10 }, page }]);
  expect(pageDetails).toEqual({ pageNumber: 50, pageSize: 10, totalEntries: 0, pageCount: 0, hasNextPage: false });
});

test('A total that is counted at the end of all offsets is still an Int', () => {
  const window = { offset: 2_147_483_640, limit: 10 };
  const page: UpstreamPage = { ...upstream(10)({ offset: 0, limit: 10 }), pageDetails: null };
  expect(cutPage(window, [{ window, page }]).pageDetails.totalEntries).toBe(2_147_483_647);
});

test('Page details that upstream left out are counted from the total', () => {
  const page: UpstreamPage = {
    ...upstream(25)({ offset: 10, limit: 10 }),
    pageDetails: { pageNumber: null, pageSize: null, totalEntries: 25, pageCount: null },
  };
  const { pageDetails } = cutPage({ offset: 10, limit: 10 }, [{ window: { offset: 10, limit: 10 }, page }]);
  expect(pageDetails).toEqual({ pageNumber: 1, pageSize: 10, totalEntries: 25, pageCount: 3, hasNextPage: true });
});

test('A window after the end of the list is empty and has the total', () => {
  const answered = [{ window: { offset: 0, limit: 100 }, page: upstream(5)({ offset: 0, limit: 100 }) }];
  const page = cutPage({ offset: 50, limit: 10 }, answered);
  expect(page.entries).toEqual([]);
  expect(page.pageDetails).toMatchObject({ totalEntries: 5, hasNextPage: false });
});

test("Each of upstream's warnings is shown once, also of two with the same code or the same message", () => {
  const warning = (code: string, message: string) => ({ code, message, promotionId: null, field: null });
  const [first, second, third] = [warning('9', 'first'), warning('9', 'second'), warning('7', 'first')];
  const pages = [
    [first, second],
    [second, third],
  ].map((warnings, i) => {
    const window = { offset: 100 * i, limit: 100 };
    return { window, page: { ...upstream(0)(window), warnings } };
  });
  expect(cutPage({ offset: 0, limit: 200 }, pages).warnings).toEqual([first, second, third]);
});
