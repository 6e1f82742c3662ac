import type { Window } from '../model/page.ts';
import { listKey } from '../model/promotionsQuery.ts';
import type { AuthorisedList } from './access.ts';

/** Upstream's documented most for REST `limit`. */
export const MAX_PAGE = 100;

/** A window that takes no entry to answer: any page of its list tells the total, and who the customer is. */
export const NO_ENTRIES: Window = { offset: 0, limit: 0 };

/**
 * One thing that an operation has to know of one customer:
 * - `customer`: who it is (REST `customerId`), which any answer about the customer tells;
 * - `totals`: how many promotions a list has, which any answer about the list tells;
 * - `entries`: the promotions of a list in a window of any length.
 */
export type Requirement = { readonly kind: 'customer' } | ListRequirement;

export type ListRequirement = {
  readonly kind: 'totals' | 'entries';
  readonly list: AuthorisedList;
  readonly window: Window;
};

/**
 * The fewest calls, each for at most `MAX_PAGE` entries, that answer everything asked of one list of one customer. They
 * are made in two stages, since what the list's total rules out need not be asked for.
 */
export type ListPlan = {
  readonly list: AuthorisedList;
  /** Made first, at once: all calls of a window of at most `MAX_PAGE`, of a larger one that with its first entry. Never none. */
  readonly first: readonly Window[];
  /** Made next, at once, as far as `existingCalls` has them: the others. */
  readonly further: readonly FurtherCall[];
};

/** A call for what windows of more than `MAX_PAGE` hold behind their first call. */
export type FurtherCall = {
  readonly window: Window;
  /** The first calls of the windows that it is for, as indices into `first`. */
  readonly after: readonly number[];
};

/** What a first call told: the list's total (null if upstream sent none), or nothing since it failed. */
export type FirstOutcome = { readonly total: number | null } | 'failed';

/** One plan for each list; everything asked of one list shares its calls. */
export function planLists(requirements: readonly Requirement[]): ListPlan[] {
  const lists = new Map<string, { list: AuthorisedList; windows: Window[] }>();
  for (const requirement of requirements) {
    if (requirement.kind === 'customer') continue;
    const { kind, list, window } = requirement;
    const key = listKey(list);
    let asked = lists.get(key);
    if (asked === undefined) {
      asked = { list, windows: [] };
      lists.set(key, asked);
    }
    if (kind === 'entries' && window.limit > 0) asked.windows.push(window);
  }
  return [...lists.values()].map(planList);
}

function planList({ list, windows }: { list: AuthorisedList; windows: readonly Window[] }): ListPlan {
  if (windows.length === 0) return { list, first: [NO_ENTRIES], further: [] };
  const calls = coverWindows(windows);
  const starts = windows.map(({ offset, limit }) => ({ offset, limit: limit > MAX_PAGE ? 1 : limit }));
  const first = calls.filter((call) => starts.some((start) => overlap(call, start)));
  if (first.length === calls.length) return { list, first, further: [] };
  const further = calls
    .filter((call) => !first.includes(call))
    .map((call) => ({
      window: call,
      after: windows
        .filter((window) => overlap(call, window))
        .map(({ offset }) => first.findIndex((each) => overlap(each, { offset, limit: 1 }))),
    }));
  return { list, first, further };
}

/**
 * The further calls that are worth making: those for entries that exist, of windows whose first call has not failed.
 * @param outcomes what the first calls told, in their order
 */
export function existingCalls(further: readonly FurtherCall[], outcomes: readonly FirstOutcome[]): Window[] {
  const totals = outcomes.flatMap((outcome) => (outcome === 'failed' || outcome.total === null ? [] : [outcome.total]));
  const total = totals.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...totals);
  return further
    .filter(({ window, after }) => window.offset < total && after.some((index) => outcomes[index] !== 'failed'))
    .map(({ window }) => window);
}

/**
 * The fewest windows of at most `MAX_PAGE` that hold every entry of the given ones, in ascending order. Gaps between
 * windows are fetched along if that saves a call: an entry too many costs little, a call too many is what is scarce.
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
