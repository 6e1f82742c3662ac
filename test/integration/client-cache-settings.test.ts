import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { expect, onTestFinished } from 'vitest';
import { typePolicies } from '../../examples/storefront/src/api/typePolicies.ts';
import possible from '../../examples/storefront/src/generated/possibleTypes.ts';
import { testWith } from '../support/fixture.ts';
import { BASIC } from '../support/gateway.ts';
import { pages } from '../support/upstream.ts';

const QUERY = `query Offers($after: String, $status: PromotionStatus) {
  customer(identifier: { name: MOBILE, value: "917406400033" }, source: INSTORE) {
    id
    promotionConnection(first: 10, after: $after, status: $status) {
      edges { cursor node { id promotionId } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;
const headers = { authorization: BASIC };
const test = testWith({});

type Data = {
  customer: {
    promotionConnection: {
      edges: { node: { promotionId: string } }[];
      nodes?: { promotionId: string }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
  };
};
const connectionIn = (data: unknown) => (data as Data).customer.promotionConnection;
const range = (to: number) => Array.from({ length: to }, (_, i) => i);

/** Apollo Client with the storefront's type policies, which the docs tell to copy, and the requests that it has sent. */
function apollo(url: string) {
  const sent: unknown[] = [];
  const counting: typeof fetch = (...request) => {
    sent.push(request);
    return fetch(...request);
  };
  const link = new HttpLink({ uri: url, headers, fetch: counting });
  return { client: new ApolloClient({ link, cache: new InMemoryCache({ typePolicies, ...possible }) }), sent };
}

test.for([
  ['edges', 'edges { node { id promotionId } }'],
  ['edges and their cursors', 'edges { cursor node { id promotionId } }'],
  ['nodes', 'nodes { id promotionId }'],
])(
  "Apollo Client's type policies join the pages of a connection, one list for each status: %s",
  async ([, selection = ''], { gateway, upstream }) => {
    upstream.reply((call, response) => pages(call.query.promotionStatusForCustomer ? 3 : 25)(call, response));
    const { client } = apollo(gateway.url);
    const query = gql(QUERY.replace('edges { cursor node { id promotionId } }', selection));
    const offers = client.watchQuery({ query });
    const watching = offers.subscribe(() => {});
    onTestFinished(() => watching.unsubscribe());
    await client.query({ query });
    const shown = (variables = {}) => {
      const {
        edges,
        nodes = edges.map(({ node }) => node),
        pageInfo,
      } = connectionIn(client.readQuery({ query, variables }));
      return { places: nodes.map(({ promotionId }) => Number(promotionId) - 1000), pageInfo };
    };
    while (shown().pageInfo.hasNextPage) await offers.fetchMore({ variables: { after: shown().pageInfo.endCursor } });
    await client.query({ query, variables: { status: 'EXPIRED' } });
    expect(shown().places).toEqual(range(25));
    expect(shown({ status: 'EXPIRED' }).places).toEqual(range(3));
    await offers.refetch();
    expect(shown()).toMatchObject({ places: range(10), pageInfo: { hasNextPage: true } });
  },
);

/** Customers of the sandbox: one with all kinds of offers, one whose page has warnings. */
const [SOME_OFFERS, DRIFTING] = ['917000000025', '917000000600'];
const RESTRICTIONS = (fields: string) =>
  `restrictions { issual { ${fields} } earn { ${fields} } redemption { ${fields} } }`;

test.for([
  ['a page and its place', 'promotions { items { id name } }', 'promotions { pageDetails { totalEntries } }'],
  ['places', 'promotions { pageDetails { totalEntries } }', 'promotions { pageDetails { hasNextPage } }'],
  [
    'kinds of restrictions',
    'promotions { items { id restrictions { earn { kpi } } } }',
    'promotions { items { id restrictions { issual { kpi } } } }',
  ],
  [
    'restrictions',
    `promotions { items { id ${RESTRICTIONS('kpi remaining')} } }`,
    `promotions { items { id ${RESTRICTIONS('kpi maxLimit limitOn')} } }`,
  ],
  [
    'metadata',
    'promotions { items { id metadata { key value } } }',
    'promotions { items { id metadata { key brandDefined } } }',
  ],
  [
    'usage',
    'promotions { items { id customerUsage { currentPointsPerCustomer } } }',
    'promotions { items { id customerUsage { currentNumberOfTimesPerCustomer } } }',
  ],
  [
    'limits',
    'promotions { items { id limits { pointsPerCustomer } } }',
    'promotions { items { id limits { maxPointsPerEvent } } }',
  ],
  ['warnings', 'promotions { warnings { code } }', 'promotions { warnings { message field promotionId } }'],
  ['what was looked up', 'identifier { name }', 'identifier { value }'],
  [
    'a connection and its length',
    'promotionConnection { nodes { id name } warnings { code } }',
    'promotionConnection { totalCount }',
  ],
  [
    'nodes and edges',
    'promotionConnection { nodes { id name } pageInfo { hasNextPage } }',
    'promotionConnection { edges { cursor node { id name } } pageInfo { endCursor } }',
  ],
  ['edges', 'promotionConnection { edges { cursor } }', 'promotionConnection { edges { node { id name } } }'],
  [
    'warnings of a connection',
    'promotionConnection { warnings { code } }',
    'promotionConnection { warnings { message field } }',
  ],
])(
  'With the type policies, two components that select other fields make two requests: %s',
  async ([, ...selections], { startGateway, sandbox }) => {
    const gateway = await startGateway({}, { sandboxUrl: sandbox.url });
    const { client, sent } = apollo(gateway.url);
    const customer = (mobile: string, selection: string) =>
      `customer(identifier: { name: MOBILE, value: "${mobile}" }, source: INSTORE) { id ${selection} }`;
    const components = selections.map((selection) =>
      gql(`{ ${customer(SOME_OFFERS, selection)} drifting: ${customer(DRIFTING, selection)} }`),
    );
    for (const query of components) {
      const component = client.watchQuery({ query });
      const shown = component.subscribe(() => {});
      onTestFinished(() => shown.unsubscribe());
      await client.query({ query });
    }
    for (const query of components) expect((await client.query({ query })).data).toEqual(client.readQuery({ query }));
    expect(sent).toHaveLength(2);
  },
);

test('With the type policies, a restriction that is another one now has nothing of the one before', () => {
  const cache = new InMemoryCache({ typePolicies, ...possible });
  const read = (fields: string) =>
    gql(`{ customer(identifier: {}) { id promotions { items { id restrictions { earn { ${fields} } } } } } }`);
  const write = (fields: string, earn: readonly object[]) => {
    const restrictions = {
      __typename: 'PromotionRestrictions',
      earn: earn.map((each) => ({ __typename: 'EarnRestriction', ...each })),
    };
    const promotions = { __typename: 'PromotionPage', items: [{ __typename: 'Promotion', id: 'p', restrictions }] };
    cache.writeQuery({ query: read(fields), data: { customer: { __typename: 'Customer', id: 'c', promotions } } });
    return cache.readQuery({ query: read('kpi limitOn remaining') });
  };
  write('kpi limitOn', [{ kpi: 'NUMBER_OF_EARNS', limitOn: 'CUSTOMER' }]);
  expect(write('kpi remaining', [{ kpi: 'MAX_NUMBER_OF_EARNS_PER_CUSTOMER', remaining: '3' }])).toBeNull();
  write('kpi limitOn', [{ kpi: 'MAX_NUMBER_OF_EARNS_PER_CUSTOMER', limitOn: 'CUSTOMER' }]);
  expect(write('kpi remaining', [{ kpi: 'MAX_NUMBER_OF_EARNS_PER_CUSTOMER', remaining: '2' }])).not.toBeNull();
  expect(write('remaining', [{ remaining: '1' }, { remaining: '2' }])).toBeNull();
});

test('With the type policies, a customer or a list that could not be fetched does not replace the one before', () => {
  const cache = new InMemoryCache({ typePolicies, ...possible });
  const query = gql('{ customer(identifier: {}) { id promotionConnection { totalCount } } }');
  const connection = { __typename: 'PromotionConnection', totalCount: 3 };
  const fetched = { customer: { __typename: 'Customer', id: 'c', promotionConnection: connection } };
  cache.writeQuery({ query, data: { customer: null } });
  expect(cache.readQuery({ query })).toBeNull();
  cache.writeQuery({ query, data: { customer: { ...fetched.customer, promotionConnection: null } } });
  expect(cache.readQuery({ query })).toBeNull();
  cache.writeQuery({ query, data: fetched });
  cache.writeQuery({ query, data: { customer: { ...fetched.customer, promotionConnection: null } } });
  cache.writeQuery({ query, data: { customer: null } });
  expect(cache.readQuery({ query })).toEqual(fetched);
});
