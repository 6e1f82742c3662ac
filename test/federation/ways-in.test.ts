import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { type FetchNode, type PlanNode, QueryPlanner, type QueryPlanSelectionNode } from '@apollo/query-planner';
import { parse } from 'graphql';
import { describe, expect } from 'vitest';
import { ask } from '../support/gateway.ts';
import { codesOf, dataOf } from '../support/questions.ts';
import { ROUTERS, type TestSupergraph } from '../support/supergraph.ts';
import { json, pageBody, type TestUpstream } from '../support/upstream.ts';
import { testWithSupergraph } from './support/fixture.ts';
import { telling } from './support/telling.ts';

const test = testWithSupergraph();

const ITEMS = '{ items { promotionId name banner { headline } } }';
const LIST = `promotions(limit: 2) ${ITEMS}`;
const ROOT = (value: string) => `customer(identifier: { name: EMAIL, value: "${value}" }, source: INSTORE)`;

/** The list that `LIST` selects, asked for in this way. */
const list = (asked: string) => ({
  items: [
    { promotionId: '1122938', name: asked, banner: { headline: 'Fifty points for every purchase' } },
    { promotionId: '1122939', name: asked, banner: null },
  ],
});
const A = list('email a@x.com INSTORE');
const B = list('email b@x.com INSTORE');

type PlacedError = readonly [path: string, code: string];

/** One way to a customer: its answer, its errors, and how many upstream calls it makes. */
type Way = {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly data: object;
  readonly errors?: readonly PlacedError[];
  /** Where Hive Gateway's planner in JavaScript puts them instead: errors of fields of entities at the first entity. */
  readonly hiveErrors?: readonly PlacedError[];
  readonly calls: number;
};

/** The join of accounts to their customers by identifier: the customers are in the accounts' order. */
const accounts = (emails: readonly string[], selection: string, customers: readonly unknown[]) => ({
  query: `query ($emails: [String!]!) { accounts(emails: $emails) { loyalty { ${selection} } } }`,
  variables: { emails },
  data: { accounts: customers.map((loyalty) => ({ loyalty })) },
});
const people = (count: number, of: number, name = 'person') =>
  Array.from({ length: count }, (_, i) => `${name}${i % of}@x.com`);
const theirs = (emails: readonly string[]) => emails.map((email) => ({ promotions: list(`email ${email} INSTORE`) }));
const none = (count: number) => Array.from({ length: count }, () => ({ promotions: null }));

const WAYS: Readonly<Record<string, Way>> = {
  'a root customer': { query: `{ ${ROOT('a@x.com')} { ${LIST} } }`, data: { customer: { promotions: A } }, calls: 1 },
  'a root customer with everything of other subgraphs': {
    query: `{ ${ROOT('a@x.com')} { id customerId identifier { name value } source memberSince ${LIST} } }`,
    data: {
      customer: {
        id: expect.stringMatching(/^[\w-]{32}$/),
        customerId: '347297848',
        identifier: { name: 'EMAIL', value: 'a@x.com' },
        source: 'INSTORE',
        memberSince: '2019-05-04',
        promotions: A,
      },
    },
    calls: 1,
  },
  'a root customer with only a field of another subgraph': {
    query: `{ ${ROOT('a@x.com')} { memberSince } }`,
    data: { customer: { memberSince: '2019-05-04' } },
    calls: 1,
  },
  'several customers': {
    query: `{ customers(source: INSTORE, identifiers: [{ name: EMAIL, value: "a@x.com" }, { name: EMAIL, value: "b@x.com" }]) { ${LIST} } }`,
    data: { customers: [{ promotions: A }, { promotions: B }] },
    calls: 2,
  },
  'two lists of one customer': {
    query: `{ ${ROOT('a@x.com')} { expired: promotions(status: EXPIRED, limit: 2) ${ITEMS} ${LIST} } }`,
    data: { customer: { expired: list('email a@x.com INSTORE EXPIRED'), promotions: A } },
    calls: 2,
  },
  'aliases of one customer, in a fragment': {
    query: `{ first: ${ROOT('a@x.com')} { ...L } second: ${ROOT('a@x.com')} { ...L memberSince } } fragment L on Customer { ${LIST} }`,
    data: { first: { promotions: A }, second: { promotions: A, memberSince: '2019-05-04' } },
    calls: 1,
  },
  'a connection': {
    query: `{ ${ROOT('a@x.com')} { promotionConnection(first: 2) { edges { node { promotionId name banner { headline } } } } } }`,
    data: { customer: { promotionConnection: { edges: A.items.map((node) => ({ node })) } } },
    calls: 1,
  },
  'joins by identifier': {
    ...accounts(
      ['a@x.com', 'b@x.com', 'a@x.com'],
      `identifier { name value } source customerId memberSince ${LIST}`,
      [A, B, A].map((promotions, i) => ({
        identifier: { name: 'EMAIL', value: i === 1 ? 'b@x.com' : 'a@x.com' },
        source: 'INSTORE',
        customerId: '347297848',
        memberSince: '2019-05-04',
        promotions,
      })),
    ),
    calls: 2,
  },
  'joins that select only what their references hold': {
    ...accounts(['a@x.com'], 'identifier { value } source', [{ identifier: { value: 'a@x.com' }, source: 'INSTORE' }]),
    calls: 0,
  },
  'a join by the identifier ID': {
    query: `{ members(capillaryIds: ["347297848"]) { customer { identifier { name value } source memberSince ${LIST} } } }`,
    data: {
      members: [
        {
          customer: {
            identifier: { name: 'ID', value: '347297848' },
            source: 'ALL',
            memberSince: '2019-05-04',
            promotions: list('id 347297848 ALL'),
          },
        },
      ],
    },
    calls: 1,
  },
  'lists of one customer in two data scopes': {
    ...accounts(['a@x.com'], `${LIST} other: promotions(dataScope: $scope, limit: 2) ${ITEMS}`, [
      { promotions: A, other: list('email a@x.com INSTORE OTHER 50406') },
    ]),
    query: `query ($emails: [String!]!, $scope: DataScopeInput) {
      accounts(emails: $emails) { loyalty { ${LIST} other: promotions(dataScope: $scope, limit: 2) ${ITEMS} } } }`,
    variables: { emails: ['a@x.com'], scope: { scope: 'OTHER', orgIds: ['50406'] } },
    calls: 2,
  },
  '200 references of 10 people': {
    ...accounts(people(200, 10), LIST, theirs(people(200, 10))),
    calls: 10,
  },
  '130 references of different people': {
    ...accounts(people(130, 130), LIST, [...theirs(people(100, 100)), ...none(30)]),
    errors: none(30).map((_, i) => [`accounts.${100 + i}.loyalty.promotions`, 'OPERATION_TOO_EXPENSIVE']),
    hiveErrors: none(30).map(() => ['accounts.0.loyalty.promotions', 'OPERATION_TOO_EXPENSIVE']),
    calls: 100,
  },
  '40 references of unknown people and one known': {
    ...accounts([...people(40, 40, 'unknown'), 'a@x.com'], LIST, [...none(40), { promotions: A }]),
    errors: none(40).map((_, i) => [`accounts.${i}.loyalty.promotions`, 'CUSTOMER_NOT_FOUND']),
    hiveErrors: none(40).map(() => ['accounts.0.loyalty.promotions', 'CUSTOMER_NOT_FOUND']),
    calls: 41,
  },
  'unknown people whose customerId is selected': {
    ...accounts(['a@x.com', 'unknown@x.com', 'b@x.com'], 'customerId', [
      { customerId: '347297848' },
      null,
      { customerId: '347297848' },
    ]),
    errors: [['accounts.1.loyalty.customerId', 'CUSTOMER_NOT_FOUND']],
    calls: 3,
  },
  'a bad reference between good ones': {
    ...accounts(['a@x.com', '', 'b@x.com'], LIST, [{ promotions: A }, { promotions: null }, { promotions: B }]),
    errors: [['accounts.1.loyalty', 'BAD_USER_INPUT']],
    hiveErrors: [['accounts.1.loyalty.promotions', 'BAD_USER_INPUT']],
    calls: 2,
  },
  'a bad list beside a good one': {
    ...accounts(['a@x.com'], `bad: promotions(limit: 100000) { items { name } } ${LIST}`, [
      { bad: null, promotions: A },
    ]),
    errors: [['accounts.0.loyalty.bad', 'BAD_USER_INPUT']],
    calls: 1,
  },
};

/** The number of requests to the promotions gateway that made the upstream calls. */
const requestsBehind = ({ calls }: TestUpstream) => new Set(calls.map(({ headers }) => headers['x-request-id'])).size;

describe.each(ROUTERS)('Through %s', (router) => {
  test.for(Object.entries(WAYS))(
    '%s: each list is one list, in one request with the fewest calls',
    async ([, { query, variables = {}, data, errors = [], hiveErrors = errors, calls }], { supergraph, upstream }) => {
      upstream.reply(telling);
      const answer = await supergraph.ask(router, query, { variables });
      expect(answer.data).toEqual(data);
      expect(answer.errors?.map(({ path, extensions }) => [path?.join('.'), extensions.code]) ?? []).toEqual(
        router === 'Hive Gateway' ? hiveErrors : errors,
      );
      expect(upstream.calls).toHaveLength(calls);
      expect(requestsBehind(upstream)).toBe(Math.min(calls, 1));
    },
  );
});

describe.each(ROUTERS)('Through %s', (router) => {
  const JOIN = '{ members(capillaryIds: ["347297848"]) { customer { promotions { items { promotionId } } } } }';

  test('A promotion of two customers is one promotion of other subgraphs, and two of client caches', async ({
    supergraph,
    upstream,
  }) => {
    upstream.reply((call, response) => {
      const body = pageBody(1, 0, 10, call.query.identifierValue?.startsWith('b') ? 2 : 1);
      return json({ ...body, promotions: [{ promotionId: 1122938 }] })(call, response);
    });
    const data = dataOf(
      await supergraph.ask(
        router,
        '{ accounts(emails: ["a@x.com", "b@x.com"]) { loyalty { promotions { items { id promotionId banner { headline } } } } } }',
      ),
    );
    const [a, b] = data.accounts.map(
      ({ loyalty }: { loyalty: { promotions: { items: unknown[] } } }) => loyalty.promotions.items[0],
    );
    expect(a).toEqual({ ...b, id: expect.stringMatching(/./) });
    expect(a).toMatchObject({ promotionId: '1122938', banner: { headline: 'Fifty points for every purchase' } });
    expect(a.id).not.toBe(b.id);
  });

  test('A rate limit of upstream keeps its code and retryAfterSeconds', async ({ supergraph, upstream }) => {
    upstream.reply(json({}, 429, { 'retry-after': '7' }));
    // A 429 pauses these credentials, which no other test uses.
    const headers = { 'x-cap-api-oauth-token': `limited through ${router}`.replaceAll(' ', '-') };
    const { data, errors } = await supergraph.ask(router, JOIN, { headers });
    expect(data.members).toEqual([{ customer: { promotions: null } }]);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 7 });
  });

  test('A list without credentials for upstream is UNAUTHENTICATED', async ({ supergraph, upstream }) => {
    const answer = await supergraph.ask(router, JOIN, { headers: {} });
    expect(answer.data.members).toEqual([{ customer: { promotions: null } }]);
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    expect(upstream.calls).toEqual([]);
  });
});

test.for<readonly [when: string, selection: string, windows: readonly (readonly [limit: string, offset: string])[]]>([
  ['all of a customer is deferred', `... @defer { ${LIST} }`, [['2', '0']]],
  [
    'a customer is deferred with a list of its own',
    `totals: promotions { pageDetails { totalEntries } } ... @defer { ${LIST} memberSince }`,
    [
      ['0', '0'],
      ['2', '0'],
    ],
  ],
])("The fetches of Apollo's planner read one list if %s", async ([, selection, windows], { supergraph, upstream }) => {
  upstream.reply(telling);
  const lists = await deferred(supergraph, `{ ${ROOT('a@x.com')} { ${selection} } }`);
  expect(lists).toMatchObject([{ items: A.items.map(({ promotionId, name }) => ({ promotionId, name })) }]);
  const asked = { identifierName: 'email', identifierValue: 'a@x.com', source: 'INSTORE' };
  expect(upstream.calls.map(({ query }) => query)).toEqual(
    windows.map(([limit, offset]) => ({ ...asked, limit, offset })),
  );
});

/**
 * Sends the gateway what Apollo's planner plans for a query with `@defer`, as Apollo Router and others do: the primary fetch, and then
 * the deferred fetches, each with representations made of the primary's data. Returns the deferred lists of the customer.
 */
async function deferred({ sdl, promotionsUrl }: TestSupergraph, query: string): Promise<unknown[]> {
  const supergraph = Supergraph.build(sdl);
  const planner = new QueryPlanner(supergraph, { incrementalDelivery: { enableDefer: true } });
  const operation = operationFromDocument(supergraph.apiSchema(), parse(query));
  const { node } = planner.buildQueryPlan(operation);
  const fetches = fetchesOf(node as PlanNode).filter(({ serviceName }) => serviceName === 'promotions');
  const [primary, ...later] = fetches;
  const data = dataOf(await ask(promotionsUrl, primary?.operation ?? ''));
  const lists: unknown[] = [];
  for (const { operation, requires } of later) {
    const answer = await ask(promotionsUrl, operation, {
      variables: { representations: [required(requires ?? [], data.customer)] },
    });
    expect(answer.errors).toBeUndefined();
    const { promotions } = answer.data._entities[0];
    if (promotions !== undefined) lists.push(promotions);
  }
  return lists;
}

/** The fetches of a plan in the order in which they can be sent. */
function fetchesOf(node: PlanNode | undefined): FetchNode[] {
  switch (node?.kind) {
    case 'Fetch':
      return [node];
    case 'Flatten':
      return fetchesOf(node.node);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(fetchesOf);
    case 'Defer':
      return [...fetchesOf(node.primary.node), ...node.deferred.flatMap(({ node: later }) => fetchesOf(later))];
    default:
      return [];
  }
}

/** What a fetch requires of an entity: its representation. */
function required(selections: readonly QueryPlanSelectionNode[], entity: Record<string, unknown>): object {
  return Object.assign(
    {},
    ...selections.map((selection) => {
      if (selection.kind === 'InlineFragment') return required(selection.selections, entity);
      const value = entity[selection.name];
      const inner = selection.selections ?? [];
      return { [selection.name]: inner.length === 0 ? value : required(inner, value as Record<string, unknown>) };
    }),
  );
}
