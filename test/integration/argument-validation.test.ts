import { expect } from 'vitest';
import { testWith } from '../support/fixture.ts';
import { BASIC, customer, type QueryOptions, type TestGateway } from '../support/gateway.ts';
import { codesOf, dataOf } from '../support/questions.ts';
import type { TestUpstream } from '../support/upstream.ts';

const test = testWith({ DEFAULT_DATA_SCOPE: 'ALL' });

type Fixture = { readonly gateway: TestGateway; readonly upstream: TestUpstream };

/** Sends a query, checks that it is refused before any call, and returns the error's message. */
async function refusalOf({ gateway, upstream }: Fixture, query: string, options?: QueryOptions): Promise<string> {
  const answer = await gateway.query(query, options);
  expect(upstream.calls).toEqual([]);
  expect(answer.status).toBe(200);
  expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
  return answer.errors?.[0]?.message ?? '';
}

const ONE = `query ($identifier: CustomerIdentifierInput!, $dataScope: DataScopeInput) {
  customer(identifier: $identifier, source: ALL) { promotions(dataScope: $dataScope) { pageDetails { totalEntries } } }
}`;
const identifier = { name: 'ID', value: '1' };

test.for<readonly [string, string, RegExp]>([
  ['is empty', '', /blank/],
  ['has only spaces', '   ', /blank/],
  ['is too long', '9'.repeat(255), /at most 254/],
  ['has a line break', '91\r\nDATA-SCOPE: ALL', /line break/],
  ['has a NUL', '91\u0000', /control character/],
])('An identifier that %s is refused before any call', async ([, value, message], { gateway, upstream }) => {
  const variables = { identifier: { name: 'MOBILE', value } };
  expect(await refusalOf({ gateway, upstream }, ONE, { variables })).toMatch(message);
});

test.for<readonly [string, Record<string, unknown>, RegExp]>([
  ['OTHER without an organisation', { scope: 'OTHER' }, /requires 1 or 2/],
  ['OTHER with an empty list', { scope: 'OTHER', orgIds: [] }, /requires 1 or 2/],
  ['SELF with an organisation', { scope: 'SELF', orgIds: ['1'] }, /accepts no organisations/],
  ['ALL with three organisations', { scope: 'ALL', orgIds: ['1', '2', '3'] }, /at most 2 organisations, got 3/],
  ['OTHER with an organisation that is no number', { scope: 'OTHER', orgIds: ['five'] }, /must be a number/],
  ['OTHER with a line break', { scope: 'OTHER', orgIds: ['5\n6'] }, /must be a number/],
])('The data scope %s is refused before any call', async ([, dataScope, message], { gateway, upstream }) => {
  const variables = { identifier, dataScope };
  expect(await refusalOf({ gateway, upstream }, ONE, { variables })).toMatch(message);
});

test.for<readonly [string, Record<string, string>]>([
  ['an unknown scope', { 'data-scope': 'EVERYTHING' }],
  ['organisations without a scope', { 'data-scope-org': '50405' }],
  ['OTHER without organisations', { 'data-scope': 'OTHER' }],
])('Data scope headers with %s are refused before any call', async ([, headers], { gateway, upstream }) => {
  const options = { variables: { identifier }, headers: { authorization: BASIC, ...headers } };
  expect(await refusalOf({ gateway, upstream }, ONE, options)).not.toBe('');
});

test('A DATA-SCOPE-ORG header that is empty names no organisation', async ({ gateway, upstream }) => {
  const headers = { authorization: BASIC, 'data-scope': 'SELF', 'data-scope-org': '' };
  const answer = await gateway.query(`{ ${customer('customerId')} }`, { headers });
  expect(codesOf(answer)).toEqual([]);
  expect(upstream.calls.map((call) => [call.headers['data-scope'], call.headers['data-scope-org']])).toEqual([
    ['SELF', undefined],
  ]);
});

test.for([
  ['promotions(limit: -1) { items { promotionId } }', 'limit must be at least 0, got -1.'],
  ['promotions(offset: -1) { items { promotionId } }', 'offset must be at least 0, got -1.'],
  ['promotions(limit: 100000) { items { promotionId } }', 'limit must be at most 1000, got 100000.'],
  ['promotions(limit: 1001) { items { promotionId } }', 'limit must be at most 1000, got 1001.'],
  ['promotionConnection(first: 1001) { nodes { promotionId } }', 'first must be at most 1000, got 1001.'],
  ['promotionConnection(first: -1) { nodes { promotionId } }', 'first must be at least 0, got -1.'],
  ['promotionConnection(after: "x") { nodes { promotionId } }', 'after must be an endCursor, unchanged.'],
  ['promotionConnection(after: "") { nodes { promotionId } }', 'after must be an endCursor, unchanged.'],
] as const)('%s is refused before any call: %s', async ([selection, message], { gateway, upstream }) => {
  expect(await refusalOf({ gateway, upstream }, `{ ${customer(selection)} }`)).toBe(message);
});

test.for(['status: EXPIRED', 'includeAlternateCurrencyUsage: true', 'dataScope: { scope: SELF }'])(
  'A cursor from a connection without %s is refused in one with it, before any call',
  async (argument, { gateway, upstream }) => {
    const data = dataOf(await gateway.query(`{ ${customer('promotionConnection { pageInfo { endCursor } }')} }`));
    upstream.reset();
    const after = data.customer.promotionConnection.pageInfo.endCursor;
    const selection = `promotionConnection(${argument}, after: "${after}") { nodes { promotionId } }`;
    expect(await refusalOf({ gateway, upstream }, `{ ${customer(selection)} }`)).toBe(
      'The cursor was created with a different dataScope, status or includeAlternateCurrencyUsage. Use it with the same values.',
    );
  },
);

test('More than 50 identifiers are refused before any call', async ({ gateway, upstream }) => {
  const identifiers = Array.from({ length: 51 }, (_, n) => ({ name: 'ID', value: String(n + 1) }));
  const query =
    'query ($ids: [CustomerIdentifierInput!]!) { customers(identifiers: $ids, source: ALL) { customerId } }';
  expect(await refusalOf({ gateway, upstream }, query, { variables: { ids: identifiers } })).toBe(
    'customers accepts at most 50 identifiers, got 51.',
  );
});

test('An identifier with an unknown field is refused before any call, also where it stands for a list of one', async ({
  gateway,
  upstream,
}) => {
  const query =
    'query ($ids: [CustomerIdentifierInput!]!) { customers(identifiers: $ids, source: ALL) { customerId } }';
  const identifier = { name: 'ID', value: '1', nameOfTheCustomer: 'x' };
  for (const [ids, at] of [
    [identifier, ''],
    [[identifier], ' at "[0]"'],
  ]) {
    const { status, errors } = await gateway.query(query, { variables: { ids } });
    expect([status, errors?.map(({ message }) => message)]).toEqual([
      400,
      [`The variable "$ids"${at} has a field that is not defined by type "CustomerIdentifierInput".`],
    ]);
  }
  expect(upstream.calls).toEqual([]);
});

test('An argument that is null means its default, as a literal and as a variable', async ({ gateway, upstream }) => {
  const lists = (
    value: string,
  ) => `promotions(limit: ${value}, offset: ${value}, includeAlternateCurrencyUsage: ${value}) { items { id } }
    promotionConnection(first: ${value}, includeAlternateCurrencyUsage: ${value}) { nodes { id } }`;
  const left = await gateway.query(
    `{ ${customer('promotions { items { id } } promotionConnection { nodes { id } }')} }`,
  );
  const literal = await gateway.query(`{ ${customer(lists('null'))} }`);
  const query = `query ($n: Int, $b: Boolean) { ${customer(lists('$n').replaceAll('Usage: $n', 'Usage: $b'))} }`;
  const variable = await gateway.query(query, { variables: { n: null, b: null } });
  expect(left.errors).toBeUndefined();
  expect(left.data.customer.promotions.items).toHaveLength(10);
  expect([literal.errors, literal.data]).toEqual([undefined, left.data]);
  expect([variable.errors, variable.data]).toEqual([undefined, left.data]);
  expect(new Set(upstream.calls.map(({ rawUrl }) => rawUrl)).size).toBe(1);
});
