import { expect } from 'vitest';
import { testWith } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { dataOf } from '../support/questions.ts';
import { pages } from '../support/upstream.ts';

const test = testWith({});

const CONNECTION = customer(`promotionConnection(first: 10, after: $after) {
  edges { cursor node { promotionId } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  totalCount
}`);

test('Cursors page through a whole list', async ({ gateway, upstream }) => {
  upstream.reply(pages(25));
  const seen: string[] = [];
  let after: string | null = null;
  for (const page of [0, 1, 2]) {
    const data = dataOf(await gateway.query(`query ($after: String) { ${CONNECTION} }`, { variables: { after } }));
    const { edges, pageInfo, totalCount } = data.customer.promotionConnection;
    expect(totalCount).toBe(25);
    expect(pageInfo).toEqual({
      hasNextPage: page < 2,
      hasPreviousPage: page > 0,
      startCursor: edges[0].cursor,
      endCursor: edges.at(-1).cursor,
    });
    seen.push(...edges.map(({ node }: { node: { promotionId: string } }) => node.promotionId));
    after = pageInfo.endCursor;
  }
  expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => String(1000 + n)));
  expect(upstream.calls).toHaveLength(3);
});
