import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { type FetchNode, type PlanNode, QueryPlanner, type QueryPlanSelectionNode } from '@apollo/query-planner';
import { parse } from 'graphql';
import { describe, expect } from 'vitest';
import { ask } from '../support/gateway.ts';
import { ROUTERS, type TestSupergraph } from '../support/supergraph.ts';
import { json, pageBody, type Reply } from '../support/upstream.ts';
import { testWithSupergraph } from './support/fixture.ts';

const test = testWithSupergraph();

/** A list whose promotions are named after how it was asked for, of a customer that has the same id however it is looked up. */
const telling: Reply = (call, response) => {
  const { identifierName, identifierValue, source, limit, offset, promotionStatusForCustomer } = call.query;
  const asked = [identifierName, identifierValue, source, promotionStatusForCustomer].filter(Boolean).join(' ');
  const promotions = Array.from({ length: Number(limit) }, (_, i) => ({
    promotionId: 1122938 + Number(offset) + i,
    promotionName: asked,
  }));
  return json({ ...pageBody(100, Number(offset), Number(limit)), promotions })(call, response);
};

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
const BY_ID = list('id 347297848 ALL');

const WAYS: readonly (readonly [way: string, query: string, data: object, calls: number])[] = [
  ['a root customer', `{ ${ROOT('a@x.com')} { ${LIST} } }`, { customer: { promotions: A } }, 1],
  [
    'a root customer with everything of other subgraphs',
    `{ ${ROOT('a@x.com')} { id customerId identifier { name value } source memberSince ${LIST} } }`,
    {
      customer: {
        id: expect.stringMatching(/^[\w-]{32}$/),
        customerId: '347297848',
        identifier: { name: 'EMAIL', value: 'a@x.com' },
        source: 'INSTORE',
        memberSince: '2019-05-04',
        promotions: A,
      },
    },
    1,
  ],
  [
    'several customers',
    `{ customers(source: INSTORE, identifiers: [{ name: EMAIL, value: "a@x.com" }, { name: EMAIL, value: "b@x.com" }]) { ${LIST} } }`,
    { customers: [{ promotions: A }, { promotions: B }] },
    2,
  ],
  [
    'two lists of one customer',
    `{ ${ROOT('a@x.com')} { expired: promotions(status: EXPIRED, limit: 2) ${ITEMS} ${LIST} } }`,
    { customer: { expired: list('email a@x.com INSTORE EXPIRED'), promotions: A } },
    2,
  ],
  [
    'aliases of one customer, in a fragment',
    `{ first: ${ROOT('a@x.com')} { ...L } second: ${ROOT('a@x.com')} { ...L memberSince } } fragment L on Customer { ${LIST} }`,
    { first: { promotions: A }, second: { promotions: A, memberSince: '2019-05-04' } },
    1,
  ],
  [
    'a connection',
    `{ ${ROOT('a@x.com')} { promotionConnection(first: 2) { edges { node { promotionId name banner { headline } } } } } }`,
    { customer: { promotionConnection: { edges: A.items.map((node) => ({ node })) } } },
    1,
  ],
  [
    'joins by identifier',
    `{ accounts(emails: ["a@x.com", "b@x.com", "a@x.com"]) { loyalty { source memberSince ${LIST} } } }`,
    {
      accounts: [A, B, A].map((promotions) => ({
        loyalty: { source: 'INSTORE', memberSince: '2019-05-04', promotions },
      })),
    },
    2,
  ],
  [
    'a join by the identifier ID',
    `{ members(capillaryIds: ["347297848"]) { customer { identifier { name value } source memberSince ${LIST} } } }`,
    {
      members: [
        {
          customer: {
            identifier: { name: 'ID', value: '347297848' },
            source: 'ALL',
            memberSince: '2019-05-04',
            promotions: BY_ID,
          },
        },
      ],
    },
    1,
  ],
];

describe.each(ROUTERS)('Through %s', (router) => {
  test.for(WAYS)(
    '%s: each list is one list, in the fewest calls',
    async ([, query, data, calls], { supergraph, upstream }) => {
      upstream.reply(telling);
      const answer = await supergraph.ask(router, query);
      expect(answer.errors).toBeUndefined();
      expect(answer.data).toEqual(data);
      expect(upstream.calls).toHaveLength(calls);
    },
  );
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
  const { data } = await ask(promotionsUrl, primary?.operation ?? '');
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
