import { expect } from 'vitest';
import { testWith } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { pages } from '../support/upstream.ts';

/** `refusal` is the error of a refused operation, null for an accepted one. */
const test = testWith({ MAX_UPSTREAM_CALLS: '4' }).extend(
  'refusal',
  ({ gateway, upstream }) =>
    async (query: string, variables: Record<string, unknown> = {}) => {
      const { status, data, errors } = await gateway.query(query, { variables });
      if (errors === undefined) return null;
      expect([status, data]).toEqual([400, undefined]);
      expect(errors).toHaveLength(1);
      expect(upstream.calls).toEqual([]);
      const { requestId, ...extensions } = errors[0]?.extensions ?? {};
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
      return extensions;
    },
);
const tooExpensive = (upstreamCalls: number) => ({ code: 'OPERATION_TOO_EXPENSIVE', upstreamCalls, limit: 4 });
const someone = (i: number) => ({ name: 'MOBILE', value: String(917_000_000_000 + i) });
const people = (count: number) => Array.from({ length: count }, (_, i) => someone(i));

test('Aliases count as separate upstream calls', async ({ refusal }) => {
  const aliases = (count: number) =>
    `{ ${Array.from({ length: count }, (_, i) => customer('customerId', '917406400033', `a${i}: `)).join(' ')} }`;
  expect(await refusal(aliases(5))).toEqual(tooExpensive(5));
  expect(await refusal(aliases(4))).toBeNull();
});

test('Each 100 promotions of a page count as one upstream call', async ({ refusal }) => {
  const list = (limit: number) => `{ ${customer(`promotions(limit: ${limit}) { items { promotionId } }`)} }`;
  expect(await refusal(list(401))).toEqual(tooExpensive(5));
  expect(await refusal(list(400))).toBeNull();
});

test('The calls for a customer count for each customer of a list', async ({ refusal }) => {
  const query = `query ($who: [CustomerIdentifierInput!]!) { customers(source: INSTORE, identifiers: $who) {
      promotions { items { promotionId } } promotionConnection(first: 150) { nodes { promotionId } } } }`;
  expect(await refusal(query, { who: people(2) })).toEqual(tooExpensive(6));
  expect(await refusal(query, { who: people(1) })).toBeNull();
});

test('Selections of one response name are one field, so they count once', async ({ refusal }) => {
  const merged = `query ($who: [CustomerIdentifierInput!]!) {
    customers(source: INSTORE, identifiers: $who) { ...A ...B } customers(source: INSTORE, identifiers: $who) { ...C } }
    fragment A on Customer { promotions(limit: 200) { items { name } } }
    fragment B on Customer { promotions(limit: 200) { items { active } } }
    fragment C on Customer { customerId promotions(limit: 200) { pageDetails { totalEntries } } }`;
  expect(await refusal(merged, { who: people(3) })).toEqual(tooExpensive(6));
  expect(await refusal(merged, { who: people(2) })).toBeNull();
});

const reference = (identifier: { name: string; value: string }) => ({
  __typename: 'Customer',
  identifier,
  source: 'INSTORE',
});

test('References over the limit are refused one by one, and equal ones count once', async ({ gateway, upstream }) => {
  const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { customerId source } } }';
  const [a, b, c, d, e, f] = people(6).map(reference);
  const answer = await gateway.query(query, { variables: { r: [a, a, b, c, a, d, e, b, f, d] } });
  expect(answer.status).toBe(200);
  const whole = { customerId: '347297848', source: 'INSTORE' };
  expect(answer.data._entities).toEqual([whole, whole, whole, whole, whole, whole, null, whole, null, whole]);
  expect(answer.errors?.map(({ path, message, extensions: { requestId, ...rest } }) => [path, message, rest])).toEqual(
    [6, 8].map((index) => [
      ['_entities', index, 'customerId'],
      'The operation may make at most 4 upstream calls, and this customer needs more than are left. Request fewer customers or promotions.',
      { code: 'OPERATION_TOO_EXPENSIVE', limit: 4 },
    ]),
  );
  expect(upstream.calls).toHaveLength(4);
});

test('A reference whose list needs more calls than are left makes none', async ({ gateway, upstream }) => {
  const list = (limit: number) => `... on Customer { promotions(limit: ${limit}) { items { promotionId } } }`;
  const query = `query ($small: [_Any!]!, $large: [_Any!]!) {
      small: _entities(representations: $small) { ${list(100)} }
      large: _entities(representations: $large) { ${list(300)} } }`;
  const [large, tooLarge, other] = people(3).map(reference);
  upstream.reply(pages(300));
  const { data, errors } = await gateway.query(query, { variables: { large: [large, tooLarge], small: [other] } });
  expect(errors?.map(({ path }) => path)).toEqual([['large', 1, 'promotions']]);
  expect(data.small[0].promotions.items).toHaveLength(100);
  expect(data.large[0].promotions.items).toHaveLength(300);
  expect(data.large[1]).toEqual({ promotions: null });
  expect(upstream.calls).toHaveLength(4);
});

test('Equal references count once, over 5,000 in all or 1,000 different ones are refused', async ({ refusal }) => {
  const query = (aliases: number) =>
    `query ($r: [_Any!]!) { ${Array.from({ length: aliases }, (_, i) => `a${i}: _entities(representations: $r) { ... on Customer { source } }`).join(' ')} }`;
  const references = (count: number, different: number) =>
    Array.from({ length: count }, (_, i) => ({
      __typename: 'Customer',
      identifier: { name: 'ID', value: String(1 + (i % different)) },
      source: 'ALL',
    }));
  const tooMany = { code: 'OPERATION_TOO_EXPENSIVE' };
  expect(await refusal(query(5), { r: references(1000, 1000) })).toBeNull();
  expect(await refusal(query(1), { r: references(1001, 1001) })).toEqual({ ...tooMany, references: 1001, limit: 1000 });
  expect(await refusal(query(6), { r: references(900, 1) })).toEqual({ ...tooMany, lookups: 5400, limit: 5000 });
  const calls = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { customerId } } }';
  expect(await refusal(calls, { r: references(100, 4) })).toBeNull();
});

test('Upstream calls are counted from coerced variables, with defaults and lists of one without brackets', async ({
  refusal,
}) => {
  const query = `query ($limit: Int! = 500, $who: [CustomerIdentifierInput!]!) {
      customers(source: INSTORE, identifiers: $who) { promotions(limit: $limit) { items { promotionId } } } }`;
  expect(await refusal(query, { who: someone(1) })).toEqual(tooExpensive(5));
  expect(await refusal(query, { who: someone(1), limit: 400 })).toBeNull();
});

test('Fragments count each time they are spread', async ({ refusal }) => {
  const query = (aliases: string) => `
      query { ${aliases} }
      fragment Two on Customer { ...Page promotionConnection(first: 101) { nodes { promotionId } } }
      fragment Page on Customer { promotions { ...Items } }
      fragment Items on PromotionPage { items { promotionId } }`;
  const spread = (alias: string) => customer('...Two', '917406400033', `${alias}: `);
  expect(await refusal(query(`${spread('a')} ${spread('b')}`))).toEqual(tooExpensive(6));
  expect(await refusal(query(spread('a')))).toBeNull();
});

test('Fields left out by @skip and @include do not count', async ({ refusal, upstream }) => {
  const query = `query ($all: Boolean!) {
      ${customer('customerId', '917406400033')}
      more: customer(identifier: { name: MOBILE, value: "917406400034" }, source: INSTORE) @include(if: $all) {
        promotions(limit: 400) { items { promotionId } }
      }
      ... @skip(if: $all) { ${customer('customerId', '917406400035', 'other: ')} } }`;
  expect(await refusal(query, { all: true })).toEqual(tooExpensive(5));
  expect(await refusal(query, { all: false })).toBeNull();
  expect(upstream.calls).toHaveLength(2);
});

test('The limit applies to each execution of a cached document', async ({ refusal, upstream }) => {
  const query = `query Again($limit: Int!) { ${customer('promotions(limit: $limit) { items { promotionId } }')} }`;
  for (let i = 0; i < 3; i++) {
    expect(await refusal(query, { limit: 1000 })).toEqual(tooExpensive(10));
    expect(await refusal(query, { limit: 10 })).toBeNull();
    upstream.reset();
  }
});

test('Only the requested operation of a document counts', async ({ gateway }) => {
  const query = `query Small { ${customer('customerId')} } query Large { ${customer('promotions(limit: 900) { items { promotionId } }')} }`;
  const { errors } = await gateway.query(query, { operationName: 'Large' });
  expect(errors?.[0]?.extensions).toMatchObject(tooExpensive(9));
  expect((await gateway.query(query, { operationName: 'Small' })).errors).toBeUndefined();
});

test('The message says how many upstream calls the operation may need, and how many are allowed', async ({
  gateway,
}) => {
  const { errors } = await gateway.query(`{ ${customer('promotions(limit: 900) { items { promotionId } }')} }`);
  expect(errors?.[0]?.message).toBe('The operation may need at most 4 upstream calls, got 9. Request less.');
});

test('Totals and ids count as one upstream call', async ({ refusal }) => {
  expect(
    await refusal(`{ ${customer('customerId promotions(limit: 1000) { pageDetails { totalEntries } }')}
        ${customer('promotionConnection(first: 1000) { totalCount }', '917406400033', 'b: ')} }`),
  ).toBeNull();
});

test('Fragments that double each other forty times are counted in linear time', async ({ refusal, upstream }) => {
  const depth = 40;
  const fragments = Array.from(
    { length: depth },
    (_, i) => `fragment F${i} on Query { ${i + 1 < depth ? `...F${i + 1} ...F${i + 1}` : customer('customerId')} }`,
  );
  expect(await refusal(`{ ...F0 } ${fragments.join(' ')}`)).toBeNull();
  expect(upstream.calls).toHaveLength(1);
});
