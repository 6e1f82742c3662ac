import type { Window } from '../model/page.ts';
import type { PromotionFilter } from '../model/promotionsQuery.ts';

/** Upstream's documented most for REST `limit`. */
export const MAX_PAGE = 100;

/**
 * One thing that an operation wants to know of one customer:
 * - `customer`: who it is (REST `customerId`), which any answer about the customer tells;
 * - `totals`: how many promotions a filter matches, which any answer under that filter tells;
 * - `entries`: the promotions in a window of any length.
 */
export type Need =
  | { readonly kind: 'customer' }
  | { readonly kind: 'totals'; readonly filter: PromotionFilter }
  | { readonly kind: 'entries'; readonly filter: PromotionFilter; readonly window: Window };

/** An upstream call to make: at most `MAX_PAGE` entries under one filter. */
export type PlannedCall = { readonly filter: PromotionFilter; readonly window: Window };

/** The calls to make, and for each need, in the order given, the indices of the calls that answer it (never none). */
export type Plan = { readonly calls: readonly PlannedCall[]; readonly answeredBy: readonly (readonly number[])[] };

const NO_ENTRIES: Window = { offset: 0, limit: 0 };
const ANY_FILTER: PromotionFilter = { status: null, includeAlternateCurrencyUsage: false };

/** The fewest calls that answer everything asked of one customer. */
export function planCalls(needs: readonly Need[]): Plan {
  const calls: PlannedCall[] = [];
  const callsOfFilter = new Map<string, number[]>();
  for (const [key, { filter, windows }] of windowsByFilter(needs)) {
    const covering = coverWindows(windows);
    callsOfFilter.set(
      key,
      (covering.length > 0 ? covering : [NO_ENTRIES]).map((window) => calls.push({ filter, window }) - 1),
    );
  }
  if (calls.length === 0) calls.push({ filter: ANY_FILTER, window: NO_ENTRIES });
  return { calls, answeredBy: needs.map((need) => answering(need, calls, callsOfFilter)) };
}

/**
 * The fewest windows of at most `MAX_PAGE` that hold every entry of the given ones, in ascending order. Gaps between
 * windows are fetched along where that saves a call: an entry too many costs little, a call too many is what is scarce.
 */
export function coverWindows(windows: readonly Window[]): Window[] {
  const spans: { from: number; to: number }[] = [];
  for (const { offset, limit } of windows.toSorted((a, b) => a.offset - b.offset)) {
    const end = offset + limit;
    let span = spans.at(-1);
    let next = Math.max(offset, span?.to ?? 0);
    while (next < end) {
      if (span === undefined || next >= span.from + MAX_PAGE) {
        span = { from: next, to: next };
        spans.push(span);
      }
      next = span.to = Math.min(end, span.from + MAX_PAGE);
    }
  }
  return spans.map(({ from, to }) => ({ offset: from, limit: to - from }));
}

function windowsByFilter(needs: readonly Need[]): Map<string, { filter: PromotionFilter; windows: Window[] }> {
  const byFilter = new Map<string, { filter: PromotionFilter; windows: Window[] }>();
  for (const need of needs) {
    if (need.kind === 'customer') continue;
    const key = filterKey(need.filter);
    let group = byFilter.get(key);
    if (group === undefined) {
      group = { filter: need.filter, windows: [] };
      byFilter.set(key, group);
    }
    if (need.kind === 'entries') group.windows.push(need.window);
  }
  return byFilter;
}

function answering(need: Need, calls: readonly PlannedCall[], callsOfFilter: Map<string, number[]>): readonly number[] {
  if (need.kind === 'customer') return [0];
  const ofFilter = callsOfFilter.get(filterKey(need.filter)) ?? [];
  if (need.kind === 'totals') return ofFilter.slice(0, 1);
  const overlapping = ofFilter.filter((index) => overlaps(calls[index]?.window ?? NO_ENTRIES, need.window));
  return overlapping.length > 0 ? overlapping : ofFilter.slice(0, 1);
}

function overlaps(a: Window, b: Window): boolean {
  return a.offset < b.offset + b.limit && b.offset < a.offset + a.limit;
}

/** The same text for the same filter, and for no other. */
export function filterKey(filter: PromotionFilter): string {
  return `${filter.status ?? ''}:${filter.includeAlternateCurrencyUsage ? 1 : 0}`;
}
