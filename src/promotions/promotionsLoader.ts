import DataLoader from 'dataloader';
import { dataScopeKey } from '../model/dataScope.ts';
import { GatewayError } from '../model/errors.ts';
import type { UpstreamPage, Window } from '../model/page.ts';
import type { CustomerReference, PromotionFilter, PromotionsQuery } from '../model/promotionsQuery.ts';
import type { AuthorisedCustomer } from './access.ts';
import { type AnsweredCall, cutPage, type PromotionPage } from './page.ts';
import { filterKey, type Need, type Plan, planCalls } from './plan.ts';

/** Makes one upstream call: `window` holds at most 100 entries. */
export type FetchPage = (query: PromotionsQuery, window: Window) => Promise<UpstreamPage>;

type Ask = { readonly question: CustomerReference; readonly need: Need };
type Answer = { readonly customerId: string | null; readonly answered: readonly AnsweredCall[] };

/** What an operation asked of one customer so far: aliases of the same selection are answered by the same promise. */
type Asked = { customerId: Promise<string> | undefined; readonly pages: Map<string, Promise<PromotionPage>> };

/**
 * What one operation asks of upstream. Everything that its resolvers ask in the same turn is planned together, customer
 * by customer, and made in the fewest calls. Lives as long as one operation, so that nothing it remembers is shared.
 */
export class PromotionsLoader {
  /** Most promotions that one question may ask for. */
  readonly maxPromotions: number;
  readonly #fetchPage: FetchPage;
  readonly #loader: DataLoader<Ask, Answer>;
  readonly #asked = new Map<AuthorisedCustomer, Asked>();

  constructor(fetchPage: FetchPage, maxPromotions: number) {
    this.maxPromotions = maxPromotions;
    this.#fetchPage = fetchPage;
    this.#loader = new DataLoader((asks) => this.#answer(asks), { cache: false });
  }

  /** REST `customerId` of the customer. @throws UPSTREAM_INVALID_RESPONSE where upstream names none. */
  customerId(question: AuthorisedCustomer): Promise<string> {
    const asked = this.#askedOf(question);
    asked.customerId ??= this.#customerId(question);
    return asked.customerId;
  }

  /**
   * The promotions in a window of any length, with their page details.
   * @param kind with `totals` only the page details are good, at the price of no promotion
   */
  page(
    question: AuthorisedCustomer,
    filter: PromotionFilter,
    window: Window,
    kind: 'entries' | 'totals',
  ): Promise<PromotionPage> {
    const { pages } = this.#askedOf(question);
    const key = `${kind} ${filterKey(filter)} ${window.offset}+${window.limit}`;
    let page = pages.get(key);
    if (page === undefined) {
      page = this.#page(question, filter, window, kind);
      pages.set(key, page);
    }
    return page;
  }

  #askedOf(question: AuthorisedCustomer): Asked {
    let asked = this.#asked.get(question);
    if (asked === undefined) {
      asked = { customerId: undefined, pages: new Map() };
      this.#asked.set(question, asked);
    }
    return asked;
  }

  async #customerId(question: AuthorisedCustomer): Promise<string> {
    const { customerId } = await this.#loader.load({ question, need: { kind: 'customer' } });
    if (customerId === null) throw new GatewayError('UPSTREAM_INVALID_RESPONSE');
    return customerId;
  }

  async #page(
    question: AuthorisedCustomer,
    filter: PromotionFilter,
    window: Window,
    kind: 'entries' | 'totals',
  ): Promise<PromotionPage> {
    const need: Need = kind === 'totals' || window.limit === 0 ? { kind: 'totals', filter } : { kind, filter, window };
    return cutPage(window, (await this.#loader.load({ question, need })).answered);
  }

  async #answer(asks: readonly Ask[]): Promise<(Answer | Error)[]> {
    const answers: (Answer | Error)[] = new Array(asks.length);
    const groups = Map.groupBy(asks.keys(), (index) => questionKey((asks[index] as Ask).question));
    await Promise.all(
      [...groups.values()].map(async (indices) => {
        const [first] = indices;
        const { question } = asks[first as number] as Ask;
        const plan = planCalls(indices.map((index) => (asks[index] as Ask).need));
        const made = await Promise.allSettled(
          plan.calls.map(({ filter, window }) => this.#fetchPage({ ...question, ...filter }, window)),
        );
        for (const [position, index] of indices.entries()) answers[index] = answerOf(plan, made, position);
      }),
    );
    return answers;
  }
}

/** The answer to the need at `position`, or the first failure among the calls that it takes. */
function answerOf(plan: Plan, made: readonly PromiseSettledResult<UpstreamPage>[], position: number): Answer | Error {
  const answered: AnsweredCall[] = [];
  for (const index of plan.answeredBy[position] ?? []) {
    const call = plan.calls[index];
    const outcome = made[index];
    if (outcome?.status === 'rejected') return outcome.reason as Error;
    if (call && outcome) answered.push({ window: call.window, page: outcome.value });
  }
  return { customerId: answered[0]?.page.customerId ?? null, answered };
}

/** Remembered for one operation alone: what outlives one is keyed with credentials and a keyed hash instead. */
function questionKey({ identifier, source, dataScope }: CustomerReference): string {
  return `${source} ${dataScopeKey(dataScope)} ${identifier.name} ${identifier.revealCanonical()}`;
}
