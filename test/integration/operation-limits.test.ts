import { expect } from 'vitest';
import { testWith } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { codesOf } from '../support/questions.ts';
import { expectRequestError } from '../support/requestErrors.ts';

const test = testWith({});
const ASKED = customer('customerId');

const times = (count: number, write: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => write(i)).join(' ');

test.for<readonly [what: string, code: string, query: string]>([
  [
    'nests fields too deep',
    'OPERATION_TOO_DEEP',
    `{ __schema { types { ${'fields { type { '.repeat(7)} name ${'} }'.repeat(7)} } } }`,
  ],
  [
    'nests fields of __type too deep',
    'OPERATION_TOO_DEEP',
    `{ __type(name: "Customer") { ${'fields { type { '.repeat(8)} name ${'} }'.repeat(8)} } }`,
  ],
  [
    'nests fragments too deep',
    'OPERATION_TOO_DEEP',
    `{ ...F0 } ${times(15, (i) => `fragment F${i} on __Type { ofType { ...F${i + 1} } }`)} fragment F15 on __Type { name }`,
  ],
  [
    'nests fields too deep that the schema does not have',
    'OPERATION_TOO_DEEP',
    `{ ${ASKED.replace('{ customerId }', `{ ${'a { '.repeat(15)} b ${'}'.repeat(15)} }`)} }`,
  ],
  ['has too many tokens', 'OPERATION_TOO_LARGE', `{ ${'__typename '.repeat(4100)} }`],
  ['selects a field too often in one place', 'OPERATION_TOO_LARGE', `{ ${'__typename '.repeat(3990)} }`],
  ['has too many aliases', 'TOO_MANY_ALIASES', `{ ${times(61, (i) => `a${i}: ${ASKED}`)} }`],
  ['has too many aliases of __typename', 'TOO_MANY_ALIASES', `{ ${times(61, (i) => `a${i}: __typename`)} }`],
  [
    'has too many aliases through fragments that double each other',
    'TOO_MANY_ALIASES',
    `{ ...F0 } ${times(30, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F30 on Query { a: __typename }`,
  ],
  ['has too many directives', 'TOO_MANY_DIRECTIVES', `{ __typename ${'@include(if: true) '.repeat(31)} }`],
  [
    'has too many directives on a fragment that it spreads twice',
    'TOO_MANY_DIRECTIVES',
    `{ ...F ...F } fragment F on Query ${'@own '.repeat(16)} { __typename }`,
  ],
  ['has a fragment that spreads itself', 'FRAGMENT_CYCLE', '{ ...A } fragment A on Query { ...A }'],
  [
    'has fragments that spread each other',
    'FRAGMENT_CYCLE',
    '{ ...A } fragment A on Query { ...B } fragment B on Query { __typename ...A }',
  ],
  [
    'has a fragment that spreads itself, and spreads it nowhere',
    'FRAGMENT_CYCLE',
    '{ __typename } fragment A on Customer { promotions { ...A } }',
  ],
  ['has a name of 257 characters', 'OPERATION_TOO_LARGE', `{ ${'a'.repeat(257)}: __typename }`],
  [
    'selects more than 10,000 fields through fragments',
    'OPERATION_TOO_LARGE',
    `{ ${times(50, (i) => `a${i}: ${customer('...F')}`)} } fragment F on Customer { ${times(220, (i) => `f${i}`)} }`,
  ],
  ['cannot be parsed', 'GRAPHQL_PARSE_FAILED', '{ customer('],
  ['asks for a field that the schema does not have', 'GRAPHQL_VALIDATION_FAILED', '{ nothing }'],
  [
    'uses a variable where its type does not fit',
    'GRAPHQL_VALIDATION_FAILED',
    'query ($n: Int!) { __type(name: "A") @skip(if: $n) { name } }',
  ],
])('A document that %s is %s', async ([, code, query], { gateway, upstream }) => {
  await expectRequestError(await gateway.post({ query }), upstream, { status: 400, code });
});

test('A document that is too large is told what it has too much of', async ({ gateway }) => {
  const messageFor = async (query: string) => (await gateway.query(query)).errors?.[0]?.message;
  expect(await messageFor(`{ ${'a'.repeat(300)}: __typename }`)).toBe(
    'A name must have at most 256 characters, got 300. Shorten it.',
  );
  expect(
    await messageFor(
      `{ ${times(50, (i) => `a${i}: ${customer('...F')}`)} } fragment F on Customer { ${times(220, (i) => `f${i}`)} }`,
    ),
  ).toBe('The operation must select at most 10000 fields, each fragment as often as it is spread. Split it.');
  expect(await messageFor(`{ ${'__typename '.repeat(51)} }`)).toBe(
    'The operation must select "__typename" at most 50 times in one place, fragments included, got 51. Split it.',
  );
});

test('A document that is nested too deeply is told how many levels it has', async ({ gateway }) => {
  const { errors } = await gateway.query(
    `{ ${ASKED.replace('{ customerId }', `{ ${'a { '.repeat(15)} b ${'}'.repeat(15)} }`)} }`,
  );
  expect(errors?.[0]?.message).toBe('The operation must have at most 15 levels, got 17. Select fewer levels.');
});

test('The log says which limit a document exceeds that is too large', async ({ startGateway }) => {
  const gateway = await startGateway();
  await gateway.query(`{ ${'__typename '.repeat(4100)} }`);
  await gateway.query(`{ ${'a'.repeat(300)}: __typename }`);
  await gateway.query(
    `{ ${times(50, (i) => `a${i}: ${customer('...F')}`)} } fragment F on Customer { ${times(220, (i) => `f${i}`)} }`,
  );
  await gateway.query(`{ ${'__typename '.repeat(51)} }`);
  const lines = await gateway.logs.operations(4);
  expect(lines.map(({ outcome, cause }) => [outcome, cause])).toEqual(
    ['tokens', 'names', 'selections', 'one field'].map((cause) => ['OPERATION_TOO_LARGE', cause]),
  );
});

test('A name may have 256 characters', async ({ gateway }) => {
  const name = 'a'.repeat(256);
  expect((await gateway.query(`{ ${name}: __typename }`)).data).toEqual({ [name]: 'Query' });
});

test('A document with 60 aliases, 30 directives and many fields without either is answered', async ({ gateway }) => {
  const aliases = times(60, (i) => `a${i}: __typename ${i < 30 ? '@include(if: true)' : ''}`);
  const { data, errors } = await gateway.query(`{ ${aliases} ${'__typename '.repeat(50)} }`);
  expect(errors).toBe(undefined);
  expect(Object.keys(data)).toHaveLength(61);
});

test('A variable with a value of the wrong type is BAD_USER_INPUT', async ({ gateway, upstream }) => {
  const response = await gateway.post({
    query: `query ($n: Int!) { ${customer('promotions(limit: $n) { items { promotionId } }')} }`,
    variables: { n: 'x' },
  });
  await expectRequestError(response, upstream, { status: 400, code: 'BAD_USER_INPUT' });
});

test('A document with 500 mistakes gets only the first errors', async ({ gateway, upstream }) => {
  const response = await gateway.post({ query: `{ ${times(500, (i) => `f${i}`)} }` });
  const errors = await expectRequestError(response, upstream, { status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
  expect(errors).toHaveLength(21);
});

test('Where MAX_CUSTOMERS allows more than a thousand customers, each of them may have four lists', async ({
  startGateway,
}) => {
  const gateway = await startGateway({ MAX_CUSTOMERS: '1200' });
  const who = Array.from({ length: 1200 }, (_, i) => ({ name: 'ID', value: `${1 + i}` }));
  // Lists that are refused cost no call, but count.
  const codesWith = async (lists: number) => {
    const fields = times(lists, (i) => `a${i}: promotions(limit: -1) { items { id } }`);
    const query = `query ($who: [CustomerIdentifierInput!]!) { customers(source: ALL, identifiers: $who) { ${fields} } }`;
    return new Set(codesOf(await gateway.query(query, { variables: { who } })));
  };
  expect(await codesWith(4)).toEqual(new Set(['BAD_USER_INPUT', 'TOO_MANY_ERRORS']));
  expect(await codesWith(5)).toEqual(new Set(['OPERATION_TOO_EXPENSIVE']));
});
