import { readFileSync } from 'node:fs';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { introspectionFromSchema } from 'graphql';
import { expect } from 'vitest';
import { buildGatewaySchema } from '../../src/graphql/schema.ts';
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
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
  };
};
const connectionIn = (data: unknown) => (data as Data).customer.promotionConnection;
const placesIn = (data: unknown) => connectionIn(data).edges.map(({ node }) => Number(node.promotionId) - 1000);
const range = (to: number) => Array.from({ length: to }, (_, i) => i);

test("Apollo Client's relayStylePagination joins the pages of a connection, one list for each status", async ({
  gateway,
  upstream,
}) => {
  upstream.reply((call, response) => pages(call.query.promotionStatusForCustomer ? 3 : 25)(call, response));
  const cache = new InMemoryCache({
    typePolicies: {
      Customer: {
        fields: { promotionConnection: relayStylePagination(['dataScope', 'status', 'includeAlternateCurrencyUsage']) },
      },
    },
  });
  const client = new ApolloClient({ link: new HttpLink({ uri: gateway.url, headers }), cache });
  const query = gql(QUERY);
  let after: string | undefined;
  do {
    await client.query({ query, variables: { after }, fetchPolicy: 'network-only' });
    after = connectionIn(client.readQuery({ query })).pageInfo.endCursor;
  } while (connectionIn(client.readQuery({ query })).pageInfo.hasNextPage);
  await client.query({ query, variables: { status: 'EXPIRED' }, fetchPolicy: 'network-only' });
  expect(placesIn(client.readQuery({ query }))).toEqual(range(25));
  expect(placesIn(client.readQuery({ query, variables: { status: 'EXPIRED' } }))).toEqual(range(3));
});

/** The types that docs/schema.md names as embedded. */
const EMBEDDED = [
  ...(/keys: \{(.*?)\}/s.exec(readFileSync('docs/schema.md', 'utf8'))?.[1] ?? '').matchAll(/(\w+): /g),
].map(([, type = '']) => type);

test('A schema-aware graphcache joins the pages of a connection with only the keys in docs/schema.md', async ({
  gateway,
  upstream,
}) => {
  upstream.reply(pages(25));
  const remarks: string[] = [];
  const client = new Client({
    url: gateway.url,
    fetchOptions: { headers },
    preferGetMethod: false,
    exchanges: [
      cacheExchange({
        schema: introspectionFromSchema(buildGatewaySchema()),
        keys: Object.fromEntries(EMBEDDED.map((type) => [type, () => null])),
        resolvers: { Customer: { promotionConnection: relayPagination() } },
        logger: (_, message) => remarks.push(message),
      }),
      fetchExchange,
    ],
  });
  let after: string | undefined;
  for (let page = 0; page < 3; page++) {
    const { data } = await client.query(QUERY, { after }, { requestPolicy: 'network-only' });
    after = connectionIn(data).pageInfo.endCursor;
  }
  expect(placesIn((await client.query(QUERY, {}, { requestPolicy: 'cache-only' })).data)).toEqual(range(25));
  expect(remarks).toEqual([]);
});
