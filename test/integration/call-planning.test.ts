import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { customer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { gate, pages, startUpstream, type TestUpstream } from '../support/upstream.ts';

let upstream: TestUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startTestGateway(upstream);
});
beforeEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const windows = () =>
  upstream.calls.map(({ query }) => [Number(query.offset), Number(query.limit)]).sort(([a = 0], [b = 0]) => a - b);
const ids = (items: { id: string }[]) => items.map(({ id }) => Number(id) - 1000);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('One operation makes the fewest upstream calls', () => {
  test('one for the id and the promotions together', async () => {
    const { data } = await gateway.query(`{ ${customer('id promotions { items { id } }')} }`);
    expect(data.customer.id).toBe('347297848');
    expect(ids(data.customer.promotions.items)).toEqual(range(0, 10));
    expect(windows()).toEqual([[0, 10]]);
  });

  test('one for twenty aliases of one customer and page', async () => {
    const aliases = range(0, 20).map((i) => customer('id promotions { items { id } }', '917406400033', `a${i}: `));
    const { data } = await gateway.query(`{ ${aliases.join(' ')} }`);
    expect(Object.keys(data)).toHaveLength(20);
    for (const each of Object.values<{ promotions: { items: { id: string }[] } }>(data)) {
      expect(ids(each.promotions.items)).toEqual(range(0, 10));
    }
    expect(upstream.calls).toHaveLength(1);
  });

  test('one for a page and a connection over the same window', async () => {
    const { data } = await gateway.query(
      `{ ${customer('promotions { items { id } } promotionConnection { nodes { id } totalCount }')} }`,
    );
    expect(ids(data.customer.promotionConnection.nodes)).toEqual(ids(data.customer.promotions.items));
    expect(upstream.calls).toHaveLength(1);
  });

  test.each([
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
  ])('one for windows %s, each answered with its own items and page details', async (_, asked, expected) => {
    upstream.reply(pages(57));
    const fields = asked.map(
      ([offset, limit], i) =>
        `w${i}: promotions(offset: ${offset}, limit: ${limit}) { items { id } pageDetails { pageNumber pageSize totalEntries pageCount hasNextPage } }`,
    );
    const { data } = await gateway.query(`{ ${customer(fields.join(' '))} }`);
    expect(windows()).toEqual([expected]);
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
  });

  test('two for windows too far apart', async () => {
    upstream.reply(pages(250));
    const { data } = await gateway.query(
      `{ ${customer('a: promotions { items { id } } b: promotions(offset: 200) { items { id } }')} }`,
    );
    expect(ids(data.customer.b.items)).toEqual(range(200, 210));
    expect(windows()).toEqual([
      [0, 10],
      [200, 10],
    ]);
  });

  test('two for two statuses', async () => {
    await gateway.query(
      `{ ${customer('a: promotions(status: EXPIRED) { items { id } } b: promotions(status: AVAILABLE_TO_EARN) { items { id } }')} }`,
    );
    expect(upstream.calls.map(({ query }) => query.promotionStatusForCustomer).sort()).toEqual([
      'AVAILABLE_TO_EARN',
      'EXPIRED',
    ]);
  });

  test('three at once for 250 promotions, merged in order', async () => {
    const held = gate(pages(250));
    upstream.reply(held.reply);
    const answer = gateway.query(
      `{ ${customer('promotions(limit: 250) { items { id } pageDetails { totalEntries hasNextPage } }')} }`,
    );
    await upstream.callsReached(3);
    held.open();
    const { data } = await answer;
    expect(ids(data.customer.promotions.items)).toEqual(range(0, 250));
    expect(data.customer.promotions.pageDetails).toEqual({ totalEntries: 250, hasNextPage: false });
    expect(windows()).toEqual([
      [0, 100],
      [100, 100],
      [200, 50],
    ]);
  });

  test.each([
    ['page details', 'promotions(limit: 10) { pageDetails { totalEntries } }'],
    ['the total count', 'promotionConnection { totalCount }'],
    ['the id', 'id'],
    ['all of these', 'id promotions { pageDetails { totalEntries } } promotionConnection(first: 500) { totalCount }'],
  ])('one without promotions for only %s', async (_, selection) => {
    const { data } = await gateway.query(`{ ${customer(selection)} }`);
    expect(JSON.stringify(data)).toMatch(/347297848|10/);
    expect(windows()).toEqual([[0, 0]]);
  });

  test('page details asked alone are those of the window asked', async () => {
    upstream.reply(pages(57));
    const { data } = await gateway.query(
      `{ ${customer('promotions(limit: 10, offset: 20) { pageDetails { pageNumber pageSize totalEntries pageCount hasNextPage } }')} }`,
    );
    expect(data.customer.promotions.pageDetails).toEqual({
      pageNumber: 2,
      pageSize: 10,
      totalEntries: 57,
      pageCount: 6,
      hasNextPage: true,
    });
  });

  test('fields left out by @skip and @include are not asked for', async () => {
    const query = `query ($no: Boolean!) { ${customer('promotions { items @include(if: $no) { id } pageDetails { totalEntries } }')} }`;
    await gateway.query(query, { variables: { no: false } });
    expect(windows()).toEqual([[0, 0]]);
  });

  test('none for what is in the question already', async () => {
    const { data } = await gateway.query(`{ ${customer('identifier { name value } source __typename')} }`);
    expect(data.customer).toEqual({
      identifier: { name: 'MOBILE', value: '917406400033' },
      source: 'INSTORE',
      __typename: 'Customer',
    });
    expect(upstream.calls).toEqual([]);
  });

  test('ten for thirty representations of ten customers', async () => {
    const representations = range(0, 30).map((i) => ({ __typename: 'Customer', id: String(1 + (i % 10)) }));
    const { data } = await gateway.query(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { promotions { items { id } } } } }',
      { variables: { r: representations } },
    );
    expect(data._entities).toHaveLength(30);
    expect(upstream.calls).toHaveLength(10);
  });

  test('twenty for twenty customers, and never more than sixteen at once', async () => {
    const held = gate(pages(10));
    upstream.reply(held.reply);
    const fields = range(0, 20).map((i) => customer('promotions { items { id } }', `9170000000${10 + i}`, `c${i}: `));
    const answer = gateway.query(`{ ${fields.join(' ')} }`);
    await upstream.callsReached(16);
    held.open();
    const { errors } = await answer;
    expect(errors).toBeUndefined();
    expect(upstream.calls).toHaveLength(20);
    expect(upstream.peak()).toBe(16);
  });
});
