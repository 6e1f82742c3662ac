import relay from 'relay-runtime';
import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { compileForRelay, relayEnvironment } from '../support/relay.ts';
import { pages } from '../support/upstream.ts';

const { createOperationDescriptor, fetchQuery } = relay;

const QUERY = `query shopPromotionsQuery($after: String) {
  customer(identifier: { name: MOBILE, value: "917406400033" }, source: INSTORE) {
    promotionConnection(first: 10, after: $after) @connection(key: "shop_promotionConnection") { edges { node { promotionId } } }
  }
}`;

type Connection = {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly promotionId: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
};

test('Relay joins the pages of a connection until there is no next one', async ({ upstream, startGateway }) => {
  upstream.reply(pages(25));
  const gateway = await startGateway();
  const [query] = await compileForRelay([QUERY]);
  if (query === undefined) throw new Error('Relay compiled nothing.');
  const environment = relayEnvironment(gateway);
  const connection = (): Connection => {
    const { fragment } = createOperationDescriptor(query, {});
    const { customer } = environment.lookup(fragment).data as { customer: { promotionConnection: Connection } };
    return customer.promotionConnection;
  };
  await fetchQuery(environment, query, {}).toPromise();
  expect(connection().edges).toHaveLength(10);
  for (let page = 0; page < 2; page++) {
    expect(connection().pageInfo.hasNextPage).toBe(true);
    await fetchQuery(environment, query, { after: connection().pageInfo.endCursor }).toPromise();
  }
  expect(connection().edges.map(({ node }) => node.promotionId)).toEqual(
    Array.from({ length: 25 }, (_, i) => String(1000 + i)),
  );
  expect(connection().pageInfo.hasNextPage).toBe(false);
});
