import { parse } from 'graphql';
import { type Answer, differences, Meanings } from './compare.ts';
import { type Asking, expectedAnswer, OPAQUE } from './expected.ts';
import { SHORT_LISTS, type World } from './lists.ts';
import { type Operation, operationOf, type Subject } from './queries.ts';
import { type Random, randomOf } from './random.ts';

/** An answer that is not what the SDL's descriptions say. A visit with its seed asks the same again. */
export type Difference = { readonly seed: string; readonly operation: Operation; readonly differs: readonly string[] };

export type Visit = { readonly operations: number; readonly found: readonly Difference[] };

/**
 * Asks a gateway as one caller does, with credentials of its own: some operations over a few customers, then a walk through a list.
 * @param url of the gateway, whose upstream replies like `world`
 * @param excused codes of errors that are no difference, because upstream or the gateway is made to fail
 */
export async function visit(url: string, world: World, seed: string, excused: readonly string[] = []): Promise<Visit> {
  const caller = new Caller(url, world, seed, excused);
  await caller.ask(4 + caller.random.below(4));
  await caller.walk();
  return { operations: caller.operations, found: caller.found };
}

const WALK = `query Walk($identifier: CustomerIdentifierInput!, $source: Source!, $status: PromotionStatus, $first: Int, $after: String) {
  customer(identifier: $identifier, source: $source) { promotionConnection(status: $status, first: $first, after: $after) {
    totalCount warnings { code field } nodes { promotionId } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`;

type Step = {
  readonly nodes: readonly { readonly promotionId: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
};
type Walked = { readonly customer?: { readonly promotionConnection?: Step | null } | null };

class Caller {
  readonly random: Random;
  readonly found: Difference[] = [];
  operations = 0;
  readonly #url: string;
  readonly #seed: string;
  readonly #excused: readonly string[];
  readonly #headers: Record<string, string>;
  readonly #subject: Subject;
  readonly #meanings = new Meanings();
  readonly #asking: Asking;

  constructor(url: string, world: World, seed: string, excused: readonly string[]) {
    this.random = randomOf(seed);
    this.#url = url;
    this.#seed = seed;
    this.#excused = excused;
    this.#subject = subjectOf(this.random);
    const authorization = `Basic ${Buffer.from(`till ${seed.replaceAll(':', ' ')}:0123`).toString('base64')}`;
    const dataScope = this.random.chance(0.7) ? '' : this.random.pick(this.#subject.dataScopes);
    const [scope = '', orgs = ''] = dataScope.split(':');
    this.#headers = {
      authorization,
      ...(scope !== '' && { 'data-scope': scope }),
      ...(orgs !== '' && { 'data-scope-org': orgs }),
    };
    this.#asking = { world, authorization, dataScope, meaningOf: (shown) => this.#meanings.of(shown) };
  }

  async ask(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const cursors = this.#meanings.shownFor(`${OPAQUE}["cursor"`).slice(0, 20);
      await this.#send(operationOf({ ...this.#subject, cursors }, this.random));
    }
  }

  /** Walks through a list by its cursors: each promotion comes once, in its order, also if upstream sends fewer than it counts. */
  async walk(): Promise<void> {
    const { random } = this;
    const short = { name: 'EXTERNAL_ID', value: `${SHORT_LISTS}${random.below(1e9)}` };
    const { world, authorization } = this.#asking;
    const own = random.pick(this.#subject.identifiers);
    // An upstream that sends few at once and leaves out some of them is not known.
    const identifier = world.habits(authorization).cap < 100 ? own : random.pick([own, short]);
    const variables = {
      identifier,
      source: this.#subject.source,
      status: random.pick([null, 'EXPIRED']),
      first: random.pick([7, 25, 50, 100]),
    };
    const walked: string[] = [];
    let after: string | null = null;
    let operation: Operation;
    do {
      operation = { query: WALK, variables: { ...variables, after } };
      const { data } = await this.#send(operation);
      const step: Step | null | undefined = (data as Walked | null | undefined)?.customer?.promotionConnection;
      if (!step) return;
      walked.push(...step.nodes.map(({ promotionId }) => promotionId));
      after = step.pageInfo.hasNextPage ? step.pageInfo.endCursor : null;
    } while (after !== null && walked.length <= 1000);
    const repeated = walked.filter((id, i) => walked.indexOf(id) !== i);
    if (repeated.length > 0) this.#report(operation, [`the walk came to ${repeated.join()} more than once`]);
  }

  async #send(operation: Operation): Promise<Answer> {
    this.operations++;
    const { data, errors } = expectedAnswer(parse(operation.query), operation.variables, this.#asking);
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.#headers },
      body: JSON.stringify(operation),
    });
    const answer = (await response.json()) as Answer;
    const expected = { data, errors: errors?.map((error) => error.toJSON()) };
    this.#report(operation, differences(expected, answer, this.#meanings, this.#excused));
    return answer;
  }

  #report(operation: Operation, differs: readonly string[]): void {
    if (differs.length > 0) this.found.push({ seed: this.#seed, operation, differs });
  }
}

function subjectOf(random: Random): Subject {
  const digits = () => String(917_000_000_000 + random.below(1e9));
  return {
    identifiers: [
      { name: 'MOBILE', value: digits() },
      random.pick([
        { name: 'MOBILE', value: `+${digits().replace(/(..)(...)/, '$1 $2-')}` },
        { name: 'EMAIL', value: `Some.One+${digits()}@Example.com` },
        { name: 'EXTERNAL_ID', value: `000${digits()}` },
        { name: 'ID', value: digits() },
      ]),
    ],
    source: random.pick(['INSTORE', 'WECHAT', 'ALL']),
    dataScopes: ['SELF', 'ALL', 'OTHER:50406', 'OTHER:50406,50407'],
    cursors: [],
  };
}
