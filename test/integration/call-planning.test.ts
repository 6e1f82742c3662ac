import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { testWith } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { dataOf } from '../support/questions.ts';
import { gate, pages, type TestUpstream } from '../support/upstream.ts';

const test = testWith({});

const windowsOf = ({ calls }: TestUpstream) =>
  calls.map(({ query }) => [Number(query.offset), Number(query.limit)]).sort(([a = 0], [b = 0]) => a - b);
const ids = (items: { promotionId: string }[]) => items.map(({ promotionId }) => Number(promotionId) - 1000);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

test('One call is made for the id and the promotions together', async ({ gateway, upstream }) => {
  const data = dataOf(await gateway.query(`{ ${customer('customerId promotions { items { promotionId } }')} }`));
  expect(data.customer.customerId).toBe('347297848');
  expect(ids(data.customer.promotions.items)).toEqual(range(0, 10));
  expect(windowsOf(upstream)).toEqual([[0, 10]]);
});

test('One call is made for twenty aliases of one customer and page', async ({ gateway, upstream }) => {
  const aliases = range(0, 20).map((i) =>
    customer('customerId promotions { items { promotionId } }', '917406400033', `a${i}: `),
  );
  const data = dataOf(await gateway.query(`{ ${aliases.join(' ')} }`));
  expect(Object.keys(data)).toHaveLength(20);
  for (const each of Object.values<{ promotions: { items: { promotionId: string }[] } }>(data)) {
    expect(ids(each.promotions.items)).toEqual(range(0, 10));
  }
  expect(upstream.calls).toHaveLength(1);
});

test('One call is made for a page and a connection over the same window', async ({ gateway, upstream }) => {
  const data = dataOf(
    await gateway.query(
      `{ ${customer('promotions { items { promotionId } } promotionConnection { nodes { promotionId } totalCount }')} }`,
    ),
  );
  expect(ids(data.customer.promotionConnection.nodes)).toEqual(ids(data.customer.promotions.items));
  expect(upstream.calls).toHaveLength(1);
});

test.for<readonly [string, number[][], number[]]>([
  [
    'side by side',
    [
      [0, 10],
      [10, 10],
    ],
    [0, 20],
  ],
  [
    'overlapping',
    [
      [0, 10],
      [5, 10],
    ],
    [0, 15],
  ],
  [
    'with a gap',
    [
      [0, 10],
      [50, 10],
    ],
    [0, 60],
  ],
])(
  'One call is made for windows %s, each of which gets its own items and page details',
  async ([, asked, expected], { gateway, upstream }) => {
    upstream.reply(pages(57));
    const fields = asked.map(
      ([offset, limit], i) =>
        `w${i}: promotions(offset: ${offset}, limit: ${limit}) { items { promotionId } pageDetails { pageNumber pageSize totalEntries pageCount hasNextPage } }`,
    );
    const data = dataOf(await gateway.query(`{ ${customer(fields.join(' '))} }`));
    expect(windowsOf(upstream)).toEqual([expected]);
    for (const [i, [offset = 0, limit = 0]] of asked.entries()) {
      expect(ids(data.customer[`w${i}`].items)).toEqual(range(offset, Math.min(offset + limit, 57)));
      expect(data.customer[`w${i}`].pageDetails).toEqual({
        pageNumber: Math.floor(offset / limit),
        pageSize: limit,
        totalEntries: 57,
        pageCount: 6,
        hasNextPage: offset + limit < 57,
      });
    }
  },
);

test('Two calls are made for windows too far apart', async ({ gateway, upstream }) => {
  upstream.reply(pages(250));
  const data = dataOf(
    await gateway.query(
      `{ ${customer('a: promotions { items { promotionId } } b: promotions(offset: 200) { items { promotionId } }')} }`,
    ),
  );
  expect(ids(data.customer.b.items)).toEqual(range(200, 210));
  expect(windowsOf(upstream)).toEqual([
    [0, 10],
    [200, 10],
  ]);
});

test('Two calls are made for two statuses', async ({ gateway, upstream }) => {
  await gateway.query(
    `{ ${customer('a: promotions(status: EXPIRED) { items { promotionId } } b: promotions(status: AVAILABLE_TO_EARN) { items { promotionId } }')} }`,
  );
  expect(upstream.calls.map(({ query }) => query.promotionStatusForCustomer).sort()).toEqual([
    'AVAILABLE_TO_EARN',
    'EXPIRED',
  ]);
});

test.for<readonly [string, number, number[][]]>([
  ['One call is made for 1,000 promotions of a customer with 25', 25, [[0, 100]]],
  [
    'Three calls are made for 1,000 promotions of a customer with 250, which are merged in order',
    250,
    [
      [0, 100],
      [100, 100],
      [200, 100],
    ],
  ],
])('%s', async ([, total, expected], { gateway, upstream }) => {
  upstream.reply(pages(total));
  const data = dataOf(
    await gateway.query(
      `{ ${customer('promotions(limit: 1000) { items { promotionId } pageDetails { totalEntries hasNextPage } }')} }`,
    ),
  );
  expect(ids(data.customer.promotions.items)).toEqual(range(0, total));
  expect(data.customer.promotions.pageDetails).toEqual({ totalEntries: total, hasNextPage: false });
  expect(windowsOf(upstream)).toEqual(expected);
});

test('A window over 100 fetches its first page first, and then the others at once', async ({ gateway, upstream }) => {
  const first = gate(pages(250));
  upstream.reply(first.reply);
  const answer = gateway.query(`{ ${customer('promotions(limit: 250) { items { promotionId } }')} }`);
  await upstream.callsReached(1);
  const others = gate(pages(250));
  upstream.reply(others.reply);
  first.open();
  await upstream.callsReached(3);
  others.open();
  expect(ids(dataOf(await answer).customer.promotions.items)).toEqual(range(0, 250));
  expect(windowsOf(upstream)).toEqual([
    [0, 100],
    [100, 100],
    [200, 50],
  ]);
});

test('Separate windows are called together', async ({ gateway, upstream }) => {
  const held = gate(pages(500));
  upstream.reply(held.reply);
  const answer = gateway.query(
    `{ ${customer('a: promotions(limit: 150) { items { promotionId } } b: promotions(offset: 300) { items { promotionId } }')} }`,
  );
  await upstream.callsReached(2);
  held.open();
  const data = dataOf(await answer);
  expect(ids(data.customer.a.items)).toEqual(range(0, 150));
  expect(ids(data.customer.b.items)).toEqual(range(300, 310));
  expect(windowsOf(upstream)).toEqual([
    [0, 100],
    [100, 50],
    [300, 10],
  ]);
});

test('Two calls are made for two data scopes, and either also returns the id', async ({ gateway, upstream }) => {
  const list = (scope: string) => `promotions(dataScope: { scope: ${scope} }) { items { promotionId } }`;
  const data = dataOf(await gateway.query(`{ ${customer(`customerId a: ${list('SELF')} b: ${list('ALL')}`)} }`));
  expect(data.customer.customerId).toBe('347297848');
  expect(upstream.calls.map(({ headers }) => headers['data-scope']).sort()).toEqual(['ALL', 'SELF']);
});

test.for<readonly [string, string, Record<string, unknown>]>([
  [
    'page details',
    'promotions(limit: 10) { pageDetails { totalEntries } }',
    { promotions: { pageDetails: { totalEntries: 10 } } },
  ],
  ['the total count', 'promotionConnection { totalCount }', { promotionConnection: { totalCount: 10 } }],
  ['the customer id', 'customerId', { customerId: '347297848' }],
  [
    'all of these',
    'customerId promotions { pageDetails { totalEntries } } promotionConnection(first: 500) { totalCount }',
    {
      customerId: '347297848',
      promotions: { pageDetails: { totalEntries: 10 } },
      promotionConnection: { totalCount: 10 },
    },
  ],
])('One call without promotions is made for only %s', async ([, selection, expected], { gateway, upstream }) => {
  const data = dataOf(await gateway.query(`{ ${customer(selection)} }`));
  expect(data.customer).toEqual(expected);
  expect(windowsOf(upstream)).toEqual([[0, 0]]);
});

test('Page details without items are those of the requested window', async ({ gateway, upstream }) => {
  upstream.reply(pages(57));
  const data = dataOf(
    await gateway.query(
      `{ ${customer('promotions(limit: 10, offset: 20) { pageDetails { pageNumber pageSize totalEntries pageCount hasNextPage } }')} }`,
    ),
  );
  expect(data.customer.promotions.pageDetails).toEqual({
    pageNumber: 2,
    pageSize: 10,
    totalEntries: 57,
    pageCount: 6,
    hasNextPage: true,
  });
});

test('Page details without items say what follows their own window, also beside the promotions of another one', async ({
  gateway,
  upstream,
}) => {
  upstream.reply(pages(130));
  const lists = `all: promotions(limit: 200) { pageDetails { totalEntries hasNextPage } }
    some: promotions(limit: 3) { items { promotionId } pageDetails { hasNextPage } }`;
  const { data } = await gateway.query(`{ ${customer(lists)} }`);
  expect(windowsOf(upstream)).toEqual([[0, 3]]);
  expect(data.customer.all.pageDetails).toEqual({ totalEntries: 130, hasNextPage: false });
  expect(data.customer.some.pageDetails).toEqual({ hasNextPage: true });
});

test('Fields left out by @skip and @include make no calls', async ({ gateway, upstream }) => {
  const query = `query ($no: Boolean!) { ${customer('promotions { items @include(if: $no) { id } pageDetails { totalEntries } }')} }`;
  await gateway.query(query, { variables: { no: false } });
  expect(windowsOf(upstream)).toEqual([[0, 0]]);
});

test('No call is made for values that the query already holds', async ({ gateway, upstream }) => {
  const data = dataOf(await gateway.query(`{ ${customer('id identifier { name value } source __typename')} }`));
  expect(data.customer).toEqual({
    id: expect.stringMatching(/^[\w-]{32}$/),
    identifier: { name: 'MOBILE', value: '917406400033' },
    source: 'INSTORE',
    __typename: 'Customer',
  });
  expect(upstream.calls).toEqual([]);
});

test('Ten calls are made for thirty representations of ten customers', async ({ gateway, upstream }) => {
  const representations = range(0, 30).map((i) => ({
    __typename: 'Customer',
    identifier: { name: 'ID', value: String(1 + (i % 10)) },
    source: 'ALL',
  }));
  const data = dataOf(
    await gateway.query(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { promotions { items { promotionId } } } } }',
      { variables: { r: representations } },
    ),
  );
  expect(data._entities).toHaveLength(30);
  expect(upstream.calls).toHaveLength(10);
});

test('Thirty calls are made for thirty customers, and a new gateway makes twenty of them at once', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway({ METRICS: 'true' });
  const held = gate(pages(10));
  upstream.reply(held.reply);
  const fields = range(0, 30).map((i) =>
    customer('promotions { items { promotionId } }', `9170000000${10 + i}`, `c${i}: `),
  );
  const answer = gateway.query(`{ ${fields.join(' ')} }`);
  await eventually('calls that wait for a place', () => gateway.metric('gateway_upstream_concurrency_waiting'), 10);
  await upstream.callsReached(20);
  expect(upstream.calls).toHaveLength(20);
  held.open();
  const { errors } = await answer;
  expect(errors).toBeUndefined();
  expect(upstream.calls).toHaveLength(30);
});
