import type { Window } from '../model/page.ts';
import { listKey } from '../model/promotionsQuery.ts';
import type { AuthorisedList } from './access.ts';

/** Upstream's documented maximum of REST `limit`. */
export const MAX_PAGE = 100;

/** A window without entries: any page of its list has the total and the customer's id. */
export const NO_ENTRIES: Window = { offset: 0, limit: 0 };

/**
 * One thing that an operation needs of one customer:
 * - `customer`: its id (REST `customerId`), which any page of the customer has;
 * - `totals`: how many promotions a list has, which any page of the list has;
 * - `entries`: the promotions of a list in a window of any length.
 */
export type Requirement = { readonly kind: 'customer' } | ListRequirement;

/** What is needed of a list. `totals` are those of the whole list; the window is for its page details. */
export type ListRequirement = {
  readonly kind: 'totals' | 'entries';
  readonly list: AuthorisedList;
  readonly window: Window;
};

/**
 * The fewest calls, each for at most a page of entries, that satisfy all requirements of one list of one customer. They
 * are made in two stages: the first returns the total, so that the second makes no call beyond it.
 */
export type ListPlan = {
  readonly list: AuthorisedList;
  /** Made first, in parallel: every call of windows of at most a page, and the first call of larger ones. Never empty. */
  readonly first: readonly Window[];
  /** Made next, in parallel, as far as `existingCalls` returns them: the other calls. */
  readonly further: readonly Window[];
};

/** One plan for each list; all requirements of a list share its calls. */
export function planLists(requirements: readonly Requirement[]): ListPlan[] {
  const ofLists = requirements.filter((each) => each.kind !== 'customer');
  return [...Map.groupBy(ofLists, ({ list }) => listKey(list)).values()].flatMap((same) => {
    const windows = same.flatMap(({ kind, window }) => (kind === 'entries' && window.limit > 0 ? [window] : []));
    return same.slice(0, 1).map(({ list }) => planList(list, windows));
  });
}

/** How many calls the plans make at most. */
export function mostCallsOf(plans: readonly ListPlan[]): number {
  return plans.reduce((calls, { first, further }) => calls + first.length + further.length, 0);
}

function planList(list: AuthorisedList, windows: readonly Window[]): ListPlan {
  if (windows.length === 0) return { list, first: [NO_ENTRIES], further: [] };
  const calls = coverWindows(windows);
  const starts = windows.map(({ offset, limit }) => ({ offset, limit: limit > MAX_PAGE ? 1 : limit }));
  const first = calls.filter((call) => starts.some((start) => overlap(call, start)));
  return { list, first, further: calls.filter((call) => !first.includes(call)) };
}

/**
 * The further calls to make: those for entries that exist, and none if all first calls have failed.
 * @param totals the list's total from each first call that has not failed; null if upstream sent none
 */
export function existingCalls(further: readonly Window[], totals: readonly (number | null)[]): Window[] {
  const known = totals.filter((total) => total !== null);
  const total = totals.length > 0 && known.length === 0 ? Number.POSITIVE_INFINITY : Math.max(0, ...known);
  return further.filter(({ offset }) => offset < total);
}

/**
 * The fewest windows of at most a page that hold every entry of the given ones, in ascending order. Gaps between
 * windows are included if that saves a call: calls are scarce, entries are cheap.
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

/** Whether two windows have an entry in common. */
export function overlap(a: Window, b: Window): boolean {
  return a.offset < b.offset + b.limit && b.offset < a.offset + a.limit;
}
