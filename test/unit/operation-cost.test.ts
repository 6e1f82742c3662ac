import { type FragmentDefinitionNode, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { costOf } from '../../src/graphql/limits/cost.ts';
import { mergesTooManyFields } from '../../src/graphql/limits/merging.ts';
import { buildGatewaySchema } from '../../src/graphql/schema.ts';

const SCHEMA = buildGatewaySchema();
const ONE = 'customer(identifier: { name: ID, value: "1" }, source: ALL)';

function costFor(query: string, variableValues: Record<string, unknown> = {}) {
  const { definitions } = parse(query);
  const operation = definitions.find((definition) => definition.kind === 'OperationDefinition');
  if (operation === undefined) throw new Error('no operation');
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const definition of definitions) {
    if (definition.kind === 'FragmentDefinition') fragments[definition.name.value] = definition;
  }
  return costOf(SCHEMA, operation, { fragments, variableValues }, { maxCustomers: 50, maxPromotions: 1000 });
}

const fields = (query: string, variables?: Record<string, unknown>) => costFor(query, variables).answerFields;
const calls = (query: string, variables?: Record<string, unknown>) => costFor(query, variables).upstreamCalls;
const doubling = (inner: string, times: number) =>
  Array.from({ length: times }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ') +
  ` fragment F${times} on Query { ${inner} }`;

describe('The fields of a response are counted before it is made', () => {
  test.each([
    ['{ __typename }', 1],
    [`{ ${ONE} { id source } }`, 3],
    [`{ ${ONE} { promotions(limit: 100) { items { id name } } } }`, 3 + 100 * 3],
    [`{ ${ONE} { promotions { items { id } } } }`, 3 + 10 * 2],
    [`{ ${ONE} { promotions(limit: 7) { items { metadata { key } } } } }`, 3 + 7 * (1 + 1 + 3 * 2)],
    [`{ ${ONE} { promotionConnection(first: 7) { edges { cursor node { id } } nodes { id } } } }`, 4 + 7 * (4 + 2)],
    [
      `{ ${ONE} { promotions(limit: 5) { ...P } } } fragment P on PromotionPage { items { ...Q ... { name } } } fragment Q on Promotion { id }`,
      3 + 5 * 3,
    ],
  ])('%s', (query, expected) => {
    expect(fields(query)).toBe(expected);
  });

  test('of every customer, and of every alias', () => {
    const query = (aliases: string) =>
      `query ($l: [CustomerIdentifierInput!]!, $n: Int!) { customers(identifiers: $l, source: ALL) { promotions(limit: $n) { items { ${aliases} } } } }`;
    const variables = { l: Array(20).fill({ name: 'ID', value: '1' }), n: 200 };
    const restrictions = '{ earn { kpi } issual { kpi } redemption { kpi } }';
    const aliases = Array.from({ length: 59 }, (_, i) => `a${i}: restrictions ${restrictions}`).join(' ');
    expect(fields(query(aliases), variables)).toBeGreaterThan(20 * 200 * 59 * 10);
    expect(fields(query('id'), variables)).toBe(1 + 20 * (3 + 200 * 2));
  });

  test('and more for long names', () => {
    expect(fields(`{ ${'x'.repeat(6400)}: __typename }`)).toBe(101);
  });

  test('without fields that @skip and @include leave out', () => {
    const query = `query ($yes: Boolean!) { ${ONE} { id @skip(if: $yes) source @include(if: $yes) ...F @skip(if: $yes) } } fragment F on Customer { promotions(limit: 1000) { items { id } } }`;
    expect(fields(query, { yes: true })).toBe(2);
  });

  test('with fields whose condition has no value', () => {
    expect(fields('query ($no: Boolean = true) { __typename @skip(if: $no) }', { no: null })).toBe(1);
  });
});

describe('Upstream calls are counted before they are made', () => {
  test.each([
    [`{ ${ONE} { identifier { value } source } }`, 0],
    [`{ ${ONE} { id } }`, 1],
    [`{ ${ONE} { id promotions { items { id } } } }`, 1],
    [`{ ${ONE} { promotions(limit: 250) { items { id } } } }`, 3],
    [`{ ${ONE} { promotions(limit: 250) { pageDetails { totalEntries } __typename } } }`, 1],
    [`{ ${ONE} { promotions(limit: 1001) { items { id } } a: promotions(limit: -1) { items { id } } } }`, 0],
    [`{ a: ${ONE} { id } b: ${ONE} { a: promotions { items { id } } b: promotionConnection { totalCount } } }`, 3],
  ])('%s', (query, expected) => {
    expect(calls(query)).toBe(expected);
  });
});

test('Representations are counted over all aliases', () => {
  const query =
    'query ($r: [_Any!]!) { a: _entities(representations: $r) { __typename } b: _entities(representations: $r) { __typename } }';
  expect(costFor(query, { r: Array(7).fill(1) })).toEqual({ representations: 14, upstreamCalls: 0, answerFields: 30 });
});

describe('Fragments that double each other', () => {
  test('are counted once in one place, as in the execution', () => {
    expect(costFor(`{ ...F0 } ${doubling(`${ONE} { id }`, 300)}`)).toEqual({
      representations: 0,
      upstreamCalls: 1,
      answerFields: 2,
    });
  });

  test('are counted in linear time, however deeply they nest', () => {
    const levels = Array.from(
      { length: 400 },
      (_, i) => `fragment F${i} on __Type { a: ofType { ...F${i + 1} } b: ofType { ...F${i + 1} } }`,
    );
    const query = `{ __type(name: "A") { ...F0 } } ${levels.join(' ')} fragment F400 on __Type { name }`;
    expect(fields(query)).toBeGreaterThan(2 ** 400);
  });
});

describe('A field that is selected too often in one place', () => {
  const tooMany = (query: string) => mergesTooManyFields(parse(query));
  const repeated = (text: string, times: number) => Array(times).fill(text).join(' ');

  test('is found among the fields', () => {
    expect(tooMany(`{ ${repeated('__typename', 50)} }`)).toBe(false);
    expect(tooMany(`{ ${repeated('__typename', 51)} }`)).toBe(true);
  });

  test('is found through fragments, and if fields of one name are merged', () => {
    const fragments = Array.from({ length: 51 }, (_, i) => `fragment F${i} on Query { ...{ __typename } }`).join(' ');
    expect(tooMany(`{ ${Array.from({ length: 51 }, (_, i) => `...F${i}`).join(' ')} } ${fragments}`)).toBe(true);
    expect(tooMany(`{ ${repeated(`${ONE} { id id }`, 26)} }`)).toBe(true);
    expect(tooMany(`{ ${repeated(`${ONE} { id id }`, 25)} }`)).toBe(false);
  });

  test('is found in bounded time in fragments that double each other', () => {
    const levels = Array.from(
      { length: 40 },
      (_, i) => `fragment F${i} on __Type { a: ofType { ...F${i + 1} } b: ofType { ...F${i + 1} } }`,
    );
    expect(tooMany(`{ __type(name: "A") { ...F0 } } ${levels.join(' ')} fragment F40 on __Type { name }`)).toBe(true);
  });
});
