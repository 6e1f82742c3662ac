import DataLoader from 'dataloader';
import { GatewayError } from '../model/errors.ts';
import type { UpstreamPage, Window } from '../model/page.ts';
import { dataScopeKey, listKey, type PromotionsQuery } from '../model/promotionsQuery.ts';
import type { AuthorisedCustomer, AuthorisedList, DataScopes } from './access.ts';
import {
  existingCalls,
  type FirstOutcome,
  type ListPlan,
  type ListRequirement,
  mostCallsOf,
  NO_ENTRIES,
  overlap,
  planLists,
  type Requirement,
} from './plan.ts';
import { cutPage, type FetchedWindow, type PromotionPage } from './promotionPage.ts';
import { follows, type Habit, lackOf, restOf, withGap } from './shortPages.ts';

/** Gets a window of at most 100 entries of a list. @throws GatewayError, or the reason of the operation's signal */
export type FetchPage = (query: PromotionsQuery, window: Window) => Promise<UpstreamPage>;

type LoadKey = { readonly customer: AuthorisedCustomer; readonly requirement: Requirement };

/** The result of a requirement. `page` is meant for totals and entries. */
type Loaded = { readonly customerId: string | null; readonly page: PromotionPage };

/** An upstream call and its outcome. */
type MadeCall = {
  readonly list: AuthorisedList;
  readonly listKey: string;
  readonly window: Window;
  readonly outcome: PromiseSettledResult<UpstreamPage>;
};

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
    if (customerId === null) throw new GatewayError('UPSTREAM_INVALID_RESPONSE');
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
    const plans = planLists(
      keys.map(({ requirement }) => requirement),
      this.#habit.maxPage,
    );
    this.#reserve(mostCallsOf(plans));
    return (await Promise.all(plans.map((plan) => this.#callInStages(customer, plan)))).flat();
  }

  async #callInStages(customer: AuthorisedCustomer, { list, first, further }: ListPlan): Promise<readonly MadeCall[]> {
    const made = await Promise.all(first.map((window) => this.#callWhole(customer, list, window)));
    if (further.length === 0) return made.flat();
    const next = existingCalls(
      further,
      made.map(([call]) => (call === undefined ? 'failed' : firstOutcome(call))),
    );
    return [...made, ...(await Promise.all(next.map((window) => this.#callWhole(customer, list, window))))].flat();
  }

  /**
   * Calls for a window, and for the rest of it while pages come that are shorter than they should be, as far as the operation has
   * calls left. A warning says what is missing then.
   */
  async #callWhole(customer: AuthorisedCustomer, list: AuthorisedList, window: Window): Promise<readonly MadeCall[]> {
    const call = await this.#call(customer, list, window);
    const page = pageOf(call);
    if (page === undefined || lackOf(window, page) === 0) return [call];
    if (page.entries.length === 0 || this.#habit.leavesOut(page)) return [withAllPositions(call, page)];
    if (this.#callsLeft < 1) return [call];
    this.#reserve(1);
    const rest = await this.#callWhole(customer, list, restOf(window, page));
    const next = rest[0] && pageOf(rest[0]);
    if (next === undefined) return [call];
    this.#habit.learn(page, next);
    return follows(page, next) ? [call, ...rest] : [withAllPositions(call, page)];
  }

  async #call(customer: AuthorisedCustomer, list: AuthorisedList, window: Window): Promise<MadeCall> {
    const query = { identifier: customer.identifier, source: customer.source, ...list };
    const outcome = await this.#fetchPage(query, window).then(
      (value) => ({ status: 'fulfilled', value }) as const,
      (reason: unknown) => ({ status: 'rejected', reason }) as const,
    );
    return { list, listKey: listKey(list), window, outcome };
  }

  /** The result of a requirement, or the first failure among the calls that it needs. */
  async #resultOf({ customer, requirement }: LoadKey, calls: Promise<readonly MadeCall[]>): Promise<Loaded | Error> {
    try {
      const made = await calls;
      if (requirement.kind !== 'customer') return loadedFrom(requirement.window, callsFor(requirement, made));
      const fetched = made.filter(succeeded);
      const call = fetched.find(customerIdOf) ?? fetched[0] ?? (await this.#callInRequestScope(customer, made));
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
    if (calls > this.#callsLeft) {
      const message = `The operation may make at most ${this.#maxCalls} upstream calls, and this customer needs more than are left. Request fewer customers or promotions.`;
      throw new GatewayError('OPERATION_TOO_EXPENSIVE', { message, facts: { limit: this.#maxCalls } });
    }
    this.#callsLeft -= calls;
  }
}

/** A call for a page of which entries were left out, with the positions of all. */
function withAllPositions(call: MadeCall, page: UpstreamPage): MadeCall {
  return { ...call, outcome: { status: 'fulfilled', value: withGap(call.window, page) } };
}

/** The key contains the identifier in plain text, since it exists only during the operation. */
function cacheKey({ customer, requirement }: LoadKey): string {
  if (requirement.kind === 'customer') return customer.key;
  const { kind, list, window } = requirement;
  return `${kind} ${listKey(list)} ${window.offset}+${window.limit} ${customer.key}`;
}

function pageOf({ outcome }: MadeCall): UpstreamPage | undefined {
  return outcome.status === 'fulfilled' ? outcome.value : undefined;
}

function succeeded({ outcome }: MadeCall): boolean {
  return outcome.status === 'fulfilled';
}

function customerIdOf({ outcome }: MadeCall): string | null {
  return outcome.status === 'fulfilled' ? outcome.value.customerId : null;
}

function firstOutcome({ outcome }: MadeCall): FirstOutcome {
  return outcome.status === 'fulfilled' ? { total: outcome.value.pageDetails?.totalEntries ?? null } : 'failed';
}

/** The calls that a requirement needs, in ascending order and at least one. Totals need only one. */
function callsFor({ kind, list, window }: ListRequirement, made: readonly MadeCall[]): readonly MadeCall[] {
  const key = listKey(list);
  const ofList = made.filter((call) => call.listKey === key);
  if (kind === 'entries' && window.limit > 0) {
    return ofList.filter((call) => overlap(call.window, window)).sort((a, b) => a.window.offset - b.window.offset);
  }
  const success = ofList.find(succeeded);
  return success === undefined ? ofList : [withoutEntries(success)];
}

/** A call for totals only: its entries are another window's, and say nothing of how far this one reaches. */
function withoutEntries(call: MadeCall): MadeCall {
  const { outcome } = call;
  return outcome.status === 'fulfilled'
    ? { ...call, outcome: { ...outcome, value: { ...outcome.value, entries: [] } } }
    : call;
}

/** @throws the first failure among the calls */
function loadedFrom(window: Window, calls: readonly MadeCall[]): Loaded {
  const fetched: FetchedWindow[] = [];
  for (const call of calls) {
    if (call.outcome.status === 'rejected') throw call.outcome.reason;
    fetched.push({ window: call.window, page: call.outcome.value });
  }
  return { customerId: fetched[0]?.page.customerId ?? null, page: cutPage(window, fetched) };
}
