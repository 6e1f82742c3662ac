import { parse } from 'graphql';
import { type Answer, differences, Meanings } from './compare.ts';
import { type Asking, expectedAnswer, OPAQUE } from './expected.ts';
import { SHORT_LISTS, type World } from './lists.ts';
import { type Operation, operationOf, type Subject } from './queries.ts';
import { type Random, randomOf } from './random.ts';

/** An answer that is not what the SDL's descriptions say. A visit with its seed asks the same again. */
export type Difference = { readonly seed: string; readonly operation: Operation; readonly differs: readonly string[] };

export type Visit = { readonly operations: number; readonly found: readonly Difference[] };

/** Sends an operation to a gateway. Undefined if there is no answer, which ends the visit. */
export type Ask = (operation: Operation, headers: Record<string, string>) => Promise<Answer | undefined>;

/**
 * Asks a gateway as one caller does, with credentials of its own: some operations over a few customers, then a walk through a list.
 * @param ask a gateway whose upstream replies like `world`
 * @param excused codes of errors that are no difference, because upstream or the gateway is made to fail
 */
export async function visit(ask: Ask, world: World, seed: string, excused: readonly string[] = []): Promise<Visit> {
  const caller = new Caller(ask, world, seed, excused);
  const count = 4 + caller.random.below(4);
  let answered = true;
  for (let i = 0; i < count && answered; i++) answered = await caller.askAnything();
  if (answered) await caller.walk();
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
  readonly #ask: Ask;
  readonly #seed: string;
  readonly #excused: readonly string[];
  readonly #headers: Record<string, string>;
  readonly #subject: Subject;
  readonly #meanings = new Meanings();
  readonly #asking: Asking;

  constructor(ask: Ask, world: World, seed: string, excused: readonly string[]) {
    this.random = randomOf(seed);
    this.#ask = ask;
    this.#seed = seed;
    this.#excused = excused;
    this.#subject = subjectOf(this.random);
    const authorization = callerFor(seed);
    const dataScope = this.random.chance(0.7) ? '' : this.random.pick(this.#subject.dataScopes);
    const [scope = '', orgs = ''] = dataScope.split(':');
    this.#headers = {
      authorization,
      ...(scope !== '' && { 'data-scope': scope }),
      ...(orgs !== '' && { 'data-scope-org': orgs }),
    };
    this.#asking = { world, authorization, dataScope, meaningOf: (shown) => this.#meanings.of(shown) };
  }

  /** Any operation. False if it got no answer. */
  async askAnything(): Promise<boolean> {
    const cursors = this.#meanings.shownFor(`${OPAQUE}["cursor"`).slice(0, 20);
    return (await this.#send(operationOf({ ...this.#subject, cursors }, this.random))) !== undefined;
  }

  /** Walks through a list by its cursors: each promotion comes once, in its order, also if upstream sends fewer than it counts. */
  async walk(): Promise<void> {
    const { random } = this;
    const short = { name: 'EXTERNAL_ID', value: `${SHORT_LISTS}${random.below(1e9)}` };
    const { world, authorization } = this.#asking;
    const own = random.pick(this.#subject.identifiers);
    // An upstream that sends few at once and leaves out some of them is not known.
    const identifier = world.plain || world.habits(authorization).cap < 100 ? own : random.pick([own, short]);
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
      const answer = await this.#send(operation);
      const step: Step | null | undefined = (answer?.data as Walked | null | undefined)?.customer?.promotionConnection;
      if (!step) return;
      walked.push(...step.nodes.map(({ promotionId }) => promotionId));
      after = step.pageInfo.hasNextPage ? step.pageInfo.endCursor : null;
    } while (after !== null && walked.length <= 1000);
    const repeated = walked.filter((id, i) => walked.indexOf(id) !== i);
    if (repeated.length > 0) this.#report(operation, [`the walk came to ${repeated.join()} more than once`]);
  }

  async #send(operation: Operation): Promise<Answer | undefined> {
    this.operations++;
    const { data, errors } = expectedAnswer(parse(operation.query), operation.variables, this.#asking);
    const answer = await this.#ask(operation, this.#headers);
    if (answer === undefined) return undefined;
    const expected = { data, errors: errors?.map((error) => error.toJSON()) };
    this.#report(operation, differences(expected, answer, this.#meanings, this.#excused));
    return answer;
  }

  #report(operation: Operation, differs: readonly string[]): void {
    if (differs.length > 0) this.found.push({ seed: this.#seed, operation, differs });
  }
}

const CALLER = 'oracle ';

function callerFor(seed: string): string {
  return `Basic ${Buffer.from(`${CALLER}${seed}:0123`).toString('base64')}`;
}

/** Whether a call has the credentials of a visit. */
export function isOfVisit(authorization = ''): boolean {
  return Buffer.from(authorization.replace('Basic ', ''), 'base64').toString().startsWith(CALLER);
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
