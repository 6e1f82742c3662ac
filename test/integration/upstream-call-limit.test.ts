import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { customer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { startUpstream, type TestUpstream } from '../support/upstream.ts';

let upstream: TestUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startTestGateway(upstream, { MAX_UPSTREAM_CALLS: '4' });
});
beforeEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** What the gateway says of an operation that it refuses, null where it lets it pass. */
async function refusal(query: string, variables: Record<string, unknown> = {}) {
  const { status, data, errors } = await gateway.query(query, { variables });
  if (errors === undefined) return null;
  expect([status, data]).toEqual([400, undefined]);
  expect(errors).toHaveLength(1);
  expect(upstream.calls).toEqual([]);
  const { requestId, ...extensions } = errors[0]?.extensions ?? {};
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  return extensions;
}
const tooExpensive = (upstreamCalls: number) => ({ code: 'OPERATION_TOO_EXPENSIVE', upstreamCalls, limit: 4 });
const someone = (i: number) => ({ name: 'MOBILE', value: String(917_000_000_000 + i) });
const people = (count: number) => Array.from({ length: count }, (_, i) => someone(i));

describe('An operation that asks for more than MAX_UPSTREAM_CALLS is refused before the first call', () => {
  test('by its aliases', async () => {
    const aliases = (count: number) =>
      `{ ${Array.from({ length: count }, (_, i) => customer('id', '917406400033', `a${i}: `)).join(' ')} }`;
    expect(await refusal(aliases(5))).toEqual(tooExpensive(5));
    expect(await refusal(aliases(4))).toBeNull();
  });

  test('by the pages of its lists, at most 100 promotions each', async () => {
    const list = (limit: number) => `{ ${customer(`promotions(limit: ${limit}) { items { id } }`)} }`;
    expect(await refusal(list(401))).toEqual(tooExpensive(5));
    expect(await refusal(list(400))).toBeNull();
  });

  test('by its customers times their lists', async () => {
    const query = `query ($who: [CustomerIdentifierInput!]!) { customers(source: INSTORE, identifiers: $who) {
      promotions { items { id } } promotionConnection(first: 150) { nodes { id } } } }`;
    expect(await refusal(query, { who: people(2) })).toEqual(tooExpensive(6));
    expect(await refusal(query, { who: people(1) })).toBeNull();
  });

  test('by its entities', async () => {
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { id } } }';
    const representations = (count: number) =>
      people(count).map(({ value }) => ({ __typename: 'Customer', id: value }));
    expect(await refusal(query, { r: representations(5) })).toEqual(tooExpensive(5));
    expect(await refusal(query, { r: representations(4) })).toBeNull();
  });

  test('by variables once they are coerced: defaults count, and a list of one needs no brackets', async () => {
    const query = `query ($limit: Int! = 500, $who: [CustomerIdentifierInput!]!) {
      customers(source: INSTORE, identifiers: $who) { promotions(limit: $limit) { items { id } } } }`;
    expect(await refusal(query, { who: someone(1) })).toEqual(tooExpensive(5));
    expect(await refusal(query, { who: someone(1), limit: 400 })).toBeNull();
  });

  test('by fragments, each time they are spread', async () => {
    const query = (aliases: string) => `
      query { ${aliases} }
      fragment Two on Customer { ...Page promotionConnection(first: 101) { nodes { id } } }
      fragment Page on Customer { promotions { ...Items } }
      fragment Items on PromotionPage { items { id } }`;
    const spread = (alias: string) => customer('...Two', '917406400033', `${alias}: `);
    expect(await refusal(query(`${spread('a')} ${spread('b')}`))).toEqual(tooExpensive(6));
    expect(await refusal(query(spread('a')))).toBeNull();
  });

  test('but not by what @skip and @include leave out', async () => {
    const query = `query ($all: Boolean!) {
      ${customer('id', '917406400033')}
      more: customer(identifier: { name: MOBILE, value: "917406400034" }, source: INSTORE) @include(if: $all) {
        promotions(limit: 400) { items { id } }
      }
      ... @skip(if: $all) { ${customer('id', '917406400035', 'other: ')} } }`;
    expect(await refusal(query, { all: true })).toEqual(tooExpensive(5));
    expect(await refusal(query, { all: false })).toBeNull();
    expect(upstream.calls).toHaveLength(2);
  });

  test('on each execution of a document that is remembered', async () => {
    const query = `query Again($limit: Int!) { ${customer('promotions(limit: $limit) { items { id } }')} }`;
    for (let i = 0; i < 3; i++) {
      expect(await refusal(query, { limit: 1000 })).toEqual(tooExpensive(10));
      expect(await refusal(query, { limit: 10 })).toBeNull();
      upstream.reset();
    }
  });

  test('of several operations, by the one that is asked for', async () => {
    const query = `query Small { ${customer('id')} } query Large { ${customer('promotions(limit: 900) { items { id } }')} }`;
    const { errors } = await gateway.query(query, { operationName: 'Large' });
    expect(errors?.[0]?.extensions).toMatchObject(tooExpensive(9));
    expect((await gateway.query(query, { operationName: 'Small' })).errors).toBeUndefined();
  });

  test('while totals and ids cost one call', async () => {
    expect(
      await refusal(`{ ${customer('id promotions(limit: 1000) { pageDetails { totalEntries } }')}
        ${customer('promotionConnection(first: 1000) { totalCount }', '917406400033', 'b: ')} }`),
    ).toBeNull();
  });
});

test('Fragments that double each other are counted in no time', async () => {
  const depth = 40;
  const fragments = Array.from(
    { length: depth },
    (_, i) => `fragment F${i} on Query { ${i + 1 < depth ? `...F${i + 1} ...F${i + 1}` : customer('id')} }`,
  );
  expect(await refusal(`{ ...F0 } ${fragments.join(' ')}`)).toBeNull();
  expect(upstream.calls).toHaveLength(1);
});
