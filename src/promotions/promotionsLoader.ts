import DataLoader from 'dataloader';
import { GatewayError } from '../model/errors.ts';
import { countedDetails, type UpstreamPage, type Window } from '../model/page.ts';
import { dataScopeKey, listKey, type PromotionsQuery } from '../model/promotionsQuery.ts';
import type { AuthorisedCustomer, AuthorisedList, DataScopes } from './access.ts';
import {
  existingCalls,
  type ListPlan,
  type ListRequirement,
  mostCallsOf,
  NO_ENTRIES,
  overlap,
  planLists,
  type Requirement,
} from './plan.ts';
import { cutPage, type FetchedWindow, type PromotionPage } from './promotionPage.ts';
import { type Habit, lackOf, restOf, withGap } from './shortPages.ts';

/** Gets a window of at most 100 entries of a list. @throws GatewayError, or the reason of the operation's signal */
export type FetchPage = (query: PromotionsQuery, window: Window) => Promise<UpstreamPage>;

type LoadKey = { readonly customer: AuthorisedCustomer; readonly requirement: Requirement };

/** The result of a requirement. `page` is meant for totals and entries. */
type Loaded = { readonly customerId: string | null; readonly page: PromotionPage };

/** An upstream call, and its page or why it failed. */
type MadeCall = {
  readonly list: AuthorisedList;
  readonly window: Window;
  /** Undefined if the call failed, or was not allowed. */
  readonly page: UpstreamPage | undefined;
  readonly failure: unknown;
  /** Whether a window that begins before this call ends where it would begin, if it failed or was not made. */
  readonly mayLack: boolean;
};

/** The calls that were reserved for one customer and are not made yet. */
type Reserved = { calls: number };

/**
 * Loads the pages of one operation. Everything that resolvers request in the same turn is planned together, by customer,
 * and loaded in the fewest calls. Each operation has its own loader, so operations share no results here.
 */
export class PromotionsLoader {
  readonly #fetchPage: FetchPage;
  readonly #dataScopes: DataScopes;
  readonly #habit: Habit;
  readonly #loader: DataLoader<LoadKey, Loaded, string>;
  readonly #maxCalls: number;
  #callsLeft: number;

  /**
   * @param habit what is known of upstream's pages for these credentials
   * @param maxCalls how many calls the operation may make. A customer whose calls would be more is refused before the first of them
   */
  constructor(fetchPage: FetchPage, dataScopes: DataScopes, habit: Habit, maxCalls: number) {
    this.#fetchPage = fetchPage;
    this.#dataScopes = dataScopes;
    this.#habit = habit;
    this.#maxCalls = maxCalls;
    this.#callsLeft = maxCalls;
    this.#loader = new DataLoader((keys) => this.#loadAll(keys), { cacheKeyFn: cacheKey });
  }

  /**
   * REST `customerId` of the customer. Any list of the same customer also returns it. Without a list, or if all its lists
   * fail, it is fetched in the request's data scope.
   * @throws UPSTREAM_INVALID_RESPONSE if upstream sends none, OPERATION_TOO_EXPENSIVE, and what `FetchPage` and `DataScopes` throw
   */
  async customerId(customer: AuthorisedCustomer): Promise<string> {
    const { customerId } = await this.#loader.load({ customer, requirement: { kind: 'customer' } });
    if (customerId === null) {
      const message = 'Upstream sent no customerId that can be read. Quote the requestId when you report it.';
      throw new GatewayError('UPSTREAM_INVALID_RESPONSE', { message, cause: 'no customerId' });
    }
    return customerId;
  }

  /**
   * The promotions of a list in a window of any length, with their page details.
   * @param kind with `totals`, only the page details are valid, and no promotion is loaded
   * @throws OPERATION_TOO_EXPENSIVE, and what `FetchPage` throws
   */
  async page(
    customer: AuthorisedCustomer,
    list: AuthorisedList,
    window: Window,
    kind: 'entries' | 'totals',
  ): Promise<PromotionPage> {
    return (await this.#loader.load({ customer, requirement: { kind, list, window } })).page;
  }

  #loadAll(keys: readonly LoadKey[]): Promise<(Loaded | Error)[]> {
    const byCustomer = Map.groupBy(keys, ({ customer }) => customer.key);
    const made = new Map<string, Promise<readonly MadeCall[]>>();
    return Promise.all(
      keys.map((key) => {
        const { customer } = key;
        const calls = made.get(customer.key) ?? this.#callFor(customer, byCustomer.get(customer.key) ?? []);
        made.set(customer.key, calls);
        return this.#resultOf(key, calls);
      }),
    );
  }

  /** Makes the calls for all requested lists of one customer. */
  async #callFor(customer: AuthorisedCustomer, keys: readonly LoadKey[]): Promise<readonly MadeCall[]> {
    const requirements = keys.map(({ requirement }) => requirement);
    const plans = planLists(requirements);
    const reserved = { calls: mostCallsOf(plans) };
    this.#reserve(reserved.calls);
    const made = await Promise.all(plans.map((plan) => this.#callInStages(customer, plan, reserved)));
    this.#callsLeft += reserved.calls;
    return made.flat();
  }

  async #callInStages(
    customer: AuthorisedCustomer,
    { list, first, further }: ListPlan,
    reserved: Reserved,
  ): Promise<readonly MadeCall[]> {
    const call = (window: Window) => this.#callIfAllowed(customer, list, window, reserved);
    const begun = await Promise.all(first.map(call));
    const next = existingCalls(further, begun.flatMap(totalOf));
    const made = [...begun, ...(await Promise.all(next.map(call)))];
    const total = made.findLast(({ page }) => page?.pageDetails)?.page?.pageDetails ?? null;
    const rests = made.map((each) => this.#withRest(customer, withTotal(each, total), reserved));
    return (await Promise.all(rests)).flat();
  }

  /**
   * A call, with calls for the rest of its window while pages come that are shorter than they should be. A warning says what is
   * missing if they fail, or the operation has no calls left.
   */
  async #withRest(customer: AuthorisedCustomer, call: MadeCall, reserved: Reserved): Promise<readonly MadeCall[]> {
    const { list, window, page } = call;
    if (page === undefined || lackOf(window, page) === 0) return [call];
    if (page.entries.length === 0 || this.#habit.leavesOut(window, page))
      return [{ ...call, page: withGap(window, page) }];
    const following = await this.#callIfAllowed(customer, list, restOf(window, page), reserved);
    const rest = withTotal({ ...following, mayLack: true }, page.pageDetails);
    if (rest.page === undefined) return [call, rest];
    if (!this.#habit.goesOn(page, rest.page)) return [{ ...call, page: withGap(window, page) }];
    return [call, ...(await this.#withRest(customer, rest, reserved))];
  }

  /** Makes a call that is reserved, or for which the operation has one left. */
  async #callIfAllowed(
    customer: AuthorisedCustomer,
    list: AuthorisedList,
    window: Window,
    reserved: Reserved,
  ): Promise<MadeCall> {
    if (reserved.calls > 0) reserved.calls--;
    else if (this.#callsLeft > 0) this.#callsLeft--;
    else {
      return { list, window, page: undefined, failure: this.#tooExpensive(), mayLack: true };
    }
    return this.#call(customer, list, window);
  }

  async #call(customer: AuthorisedCustomer, list: AuthorisedList, window: Window): Promise<MadeCall> {
    const query = { identifier: customer.identifier, source: customer.source, ...list };
    const made = { list, window, mayLack: false };
    try {
      return { ...made, page: await this.#fetchPage(query, window), failure: undefined };
    } catch (failure) {
      return { ...made, page: undefined, failure };
    }
  }

  /** The result of a requirement, or the first failure among the calls that it needs. */
  async #resultOf({ customer, requirement }: LoadKey, calls: Promise<readonly MadeCall[]>): Promise<Loaded | Error> {
    try {
      const made = await calls;
      if (requirement.kind !== 'customer') return loadedFrom(requirement.window, callsFor(requirement, made));
      const fetched = made.filter(({ page }) => page !== undefined);
      const call =
        fetched.find(({ page }) => page?.customerId) ?? fetched[0] ?? (await this.#callInRequestScope(customer, made));
      return loadedFrom(NO_ENTRIES, [call]);
    } catch (error) {
      return error as Error;
    }
  }

  /** The failed call in the request's data scope, or a new one. */
  async #callInRequestScope(customer: AuthorisedCustomer, failed: readonly MadeCall[]): Promise<MadeCall> {
    const list = { dataScope: this.#dataScopes.ofRequest(), status: null, includeAlternateCurrencyUsage: false };
    const scopeKey = dataScopeKey(list.dataScope);
    const before = failed.find((call) => dataScopeKey(call.list.dataScope) === scopeKey);
    if (before !== undefined) return before;
    this.#reserve(1);
    return this.#call(customer, list, NO_ENTRIES);
  }

  /** @throws OPERATION_TOO_EXPENSIVE if the operation has fewer calls left */
  #reserve(calls: number): void {
    if (calls > this.#callsLeft) throw this.#tooExpensive();
    this.#callsLeft -= calls;
  }

  #tooExpensive(): GatewayError {
    const message = `The operation may make at most ${this.#maxCalls} upstream calls, and this customer needs more than are left. Request fewer customers or promotions.`;
    return new GatewayError('OPERATION_TOO_EXPENSIVE', { message, facts: { limit: this.#maxCalls } });
  }
}

/** The key contains the identifier in plain text, since it exists only during the operation. */
function cacheKey({ customer, requirement }: LoadKey): string {
  if (requirement.kind === 'customer') return customer.key;
  const { kind, list, window } = requirement;
  return `${kind} ${listKey(list)} ${window.offset}+${window.limit} ${customer.key}`;
}

/** The total of a page's list. Without one, a page that is not full is taken for the end of the list. None for a failed call. */
function totalOf({ page, window }: MadeCall): readonly (number | null)[] {
  if (page === undefined) return [];
  const { pageDetails, entries } = page;
  const end = entries.length < window.limit ? window.offset + entries.length : null;
  return [pageDetails?.totalEntries ?? end];
}

/** A page without a total gets that of another page of its list: else it would not be known whether it is short. */
function withTotal(call: MadeCall, other: UpstreamPage['pageDetails']): MadeCall {
  if (call.page?.pageDetails !== null || other === null) return call;
  return { ...call, page: { ...call.page, pageDetails: countedDetails(call.window, other.totalEntries) } };
}

/** The calls that a requirement needs, in ascending order and at least one. Totals need only one. */
function callsFor({ kind, list, window }: ListRequirement, made: readonly MadeCall[]): readonly MadeCall[] {
  const key = listKey(list);
  const ofList = made.filter((call) => listKey(call.list) === key);
  if (kind === 'entries' && window.limit > 0) {
    return ofList.filter((call) => overlap(call.window, window)).sort((a, b) => a.window.offset - b.window.offset);
  }
  const success = ofList.find(({ page }) => page !== undefined);
  // Its entries are another window's, and say nothing of how far this one reaches.
  return success?.page === undefined ? ofList : [{ ...success, page: { ...success.page, entries: [] } }];
}

/**
 * What a window has of its calls. If what follows a short page did not come, or is of another customer, it ends there, so that a
 * client that goes on after its last entry gets it.
 * @throws the first failure among the calls, also if the window begins in what did not come
 */
function loadedFrom(window: Window, calls: readonly MadeCall[]): Loaded {
  const fetched: FetchedWindow[] = [];
  let customerId: string | null = null;
  for (const { window: ofCall, page, failure, mayLack } of calls) {
    if (page === undefined) {
      if (mayLack && ofCall.offset > window.offset) break;
      throw failure;
    }
    // Upstream has merged two customers between the calls, or confuses them. A window is of the one at its beginning.
    const isOther = customerId !== null && page.customerId !== null && page.customerId !== customerId;
    if (isOther && ofCall.offset > window.offset) break;
    if (isOther) fetched.length = 0;
    customerId = page.customerId ?? customerId;
    fetched.push({ window: ofCall, page });
  }
  return { customerId, page: cutPage(window, fetched) };
}
