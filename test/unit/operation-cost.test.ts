import { type FragmentDefinitionNode, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { mergingOf } from '../../src/graphql/limits/documentLimits.ts';
import { costOf } from '../../src/graphql/limits/operationCost.ts';
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

const calls = (query: string, variables?: Record<string, unknown>) => costFor(query, variables).upstreamCalls;
const doubling = (inner: string, times: number) =>
  Array.from({ length: times }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ') +
  ` fragment F${times} on Query { ${inner} }`;

describe('Upstream calls are counted before they are made', () => {
  test.each([
    [`{ ${ONE} { id identifier { value } source } }`, 0],
    [`{ ${ONE} { customerId } }`, 1],
    [`{ ${ONE} { customerId promotions { items { id } } } }`, 1],
    [`{ ${ONE} { promotions(limit: null) { items { id } } promotionConnection(first: null) { nodes { id } } } }`, 2],
    [`{ ${ONE} { promotions(limit: 250) { items { id } } } }`, 3],
    [`{ ${ONE} { promotionConnection(first: 250) { nodes { id } } } }`, 3],
    [`{ ${ONE} { promotions(limit: 250) { pageDetails { totalEntries } __typename } } }`, 1],
    [`{ ${ONE} { promotions { items { id } } promotionConnection { nodes { id } } } }`, 2],
    [`{ ${ONE} { promotions(limit: 1001) { items { id } } a: promotions(limit: -1) { items { id } } } }`, 0],
    [
      `{ ${ONE} { ...P } } fragment P on Customer { customerId promotions(dataScope: { scope: ALL }) { ...Q } } fragment Q on PromotionPage { items { id } }`,
      2,
    ],
    ['{ __typename _service { sdl } __type(name: "A") { name } }', 0],
    [
      `{ a: ${ONE} { customerId } b: ${ONE} { a: promotions { items { id } } b: promotionConnection { totalCount } } }`,
      3,
    ],
  ])('%s', (query, expected) => {
    expect(calls(query)).toBe(expected);
  });
});

test('Fields that @skip and @include leave out cost nothing, nor does what fails for a condition without a value', () => {
  const query = `query ($yes: Boolean!, $no: Boolean = true) { a: ${ONE} @skip(if: $yes) { customerId } b: ${ONE} @include(if: $yes) { customerId } c: ${ONE} @skip(if: $no) { customerId } }`;
  expect([true, false].map((no) => calls(query, { yes: true, no }))).toEqual([1, 2]);
  expect(calls(query, { yes: true, no: null })).toBe(0);
});

test('Equal references count once in the whole operation, and their calls are counted as they are planned', () => {
  const query =
    'query ($r: [_Any!]!) { a: _entities(representations: $r) { ... on Customer { customerId } } b: _entities(representations: $r) { __typename } }';
  const identifier = { name: 'ID', value: '1' };
  const r = [
    { __typename: 'Customer', identifier, source: 'ALL' },
    { __typename: 'Customer', source: 'ALL', identifier: { ...identifier } },
    { __typename: 'Customer', identifier, source: 'INSTORE' },
    { __typename: 'Customer' },
    { __typename: 'Customer' },
    7,
    7,
  ];
  expect(costFor(query, { r })).toEqual({ upstreamCalls: 0, references: 5, lookups: 21 });
});

test('Arguments count with their defaults, and as the execution reads them', () => {
  const lists = (query: string, variables?: Record<string, unknown>) =>
    calls(
      `query ($n: Int, $d: DataScopeInput, $s: Source = ALL) { customer(identifier: { name: ID, value: "1" }, source: $s) { ${query} } }`,
      variables,
    );
  expect(lists('promotions(limit: $n) { items { id } }')).toBe(1);
  expect(lists('promotions(limit: $n) { items { id } }', { n: 250 })).toBe(3);
  expect(lists('promotionConnection(first: $n) { nodes { id } }', { n: 101 })).toBe(2);
  expect(lists('customerId promotions(dataScope: $d) { items { id } }', { d: null })).toBe(1);
  expect(lists('customerId promotions(dataScope: $d) { items { id } }', { d: { scope: 'ALL' } })).toBe(2);
  expect(calls('{ customers(identifiers: { name: ID, value: "1" }, source: ALL) { customerId } }')).toBe(1);
  // The execution refuses this customer, which then has an error.
  expect(lists('promotions { items { id } }', { s: null })).toBe(1);
});

test('Customers and their lists count under every alias, also if they cost no call', () => {
  const query = `query ($l: [CustomerIdentifierInput!]!) { ${ONE} { source } a: customers(identifiers: $l, source: ALL) { source } b: customers(identifiers: $l, source: ALL) { source } }`;
  expect(costFor(query, { l: Array(50).fill({ name: 'ID', value: '1' }) }).lookups).toBe(101);
  expect(costFor(query, { l: Array(51).fill({ name: 'ID', value: '1' }) }).lookups).toBe(1);
  expect(
    costFor(
      `{ ${ONE} { customerId a: customerId id source promotions(limit: -1) { items { id } } promotionConnection { totalCount } } }`,
    ).lookups,
  ).toBe(5);
});

test('Fragments that double each other are counted once in one place, as in the execution', () => {
  expect(costFor(`{ ...F0 } ${doubling(`${ONE} { customerId }`, 300)}`)).toEqual({
    upstreamCalls: 1,
    references: 0,
    lookups: 2,
  });
});

describe('A field that is selected too often in one place', () => {
  const tooMany = (query: string) => mergingOf(parse(query)) !== 'within the limits';
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
