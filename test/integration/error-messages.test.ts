import { describe, expect } from 'vitest';
import { testWith } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { expectRequestError } from '../support/requestErrors.ts';

const test = testWith({ NODE_ENV: 'production' });
const SECRET = 'alice@example.com';
const ONE = customer('promotions(limit: $n) { items { promotionId } }');

describe('A request error quotes nothing that a client sent as a value', () => {
  test('an unknown operation name', async ({ gateway, upstream }) => {
    const response = await gateway.post({ query: 'query A { __typename }', operationName: SECRET });
    const [error] = await expectRequestError(response, upstream, { status: 400, code: 'OPERATION_RESOLUTION_FAILURE' });
    expect(error.message).toBe('operationName must name an operation of the document.');
  });

  test('no operation name if there are several operations', async ({ gateway, upstream }) => {
    const response = await gateway.post({ query: 'query A { __typename } query B { __typename }' });
    await expectRequestError(response, upstream, { status: 400, code: 'OPERATION_RESOLUTION_FAILURE' });
  });

  test.for([
    ['a syntax error', `{ customer("${SECRET}`, 'GRAPHQL_PARSE_FAILED'],
    [
      'a literal',
      `{ customer(identifier: { name: ID, value: "1" }, source: "${SECRET}") { customerId } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ] as const)('%s', async ([, query, code], { gateway, upstream }) => {
    const errors = await expectRequestError(await gateway.post({ query }), upstream, { status: 400, code });
    expect(JSON.stringify(errors)).not.toContain('alice');
  });

  test('a literal of the wrong type, of which it names the coordinate', async ({ gateway, upstream }) => {
    const query = '{ customer(identifier: { name: ID, value: 917406400033 }, source: ALL) { customerId } }';
    const response = await gateway.post({ query });
    const code = 'GRAPHQL_VALIDATION_FAILED';
    const [error] = await expectRequestError(response, upstream, { status: 400, code });
    expect(error.message).toBe('"CustomerIdentifierInput.value" must be a value of type "String!".');
  });

  test.for([
    ['{ customer(', 12, ', where Name is expected'],
    [`{ customer: "${SECRET}" }`, 13, ', where Name is expected'],
    [`{ customer(identifier: "${SECRET}" ] }`, 44, ', where Name is expected'],
    [`{ __typename "${SECRET}" }`, 14, ', where Name is expected'],
    [`"${SECRET}, found "`, 28, ''],
  ] as const)(
    'a syntax error, of which it says what is expected: %s',
    async ([query, column, hint], { gateway, upstream }) => {
      const response = await gateway.post({ query });
      const [error] = await expectRequestError(response, upstream, { status: 400, code: 'GRAPHQL_PARSE_FAILED' });
      expect(error.message).toBe(`The document cannot be parsed at line 1, column ${column}${hint}.`);
    },
  );

  test.for([
    ['text as an Int', `917406400033 cannot represent x: y`],
    ['a long text', '; '.repeat(1000)],
    ['an object', { [`"${SECRET}"`]: SECRET }],
  ] as const)('a variable: %s', async ([, n], { gateway, upstream }) => {
    const response = await gateway.post({ query: `query ($n: Int!) { ${ONE} }`, variables: { n } });
    const [error] = await expectRequestError(response, upstream, { status: 400, code: 'BAD_USER_INPUT' });
    expect(error.message).toBe('The variable "$n" must be a value of type "Int!".');
  });

  test('a persisted query in another version', async ({ gateway, upstream }) => {
    for (const version of [2, '1', null, { [SECRET]: 1 }]) {
      const extensions = { persistedQuery: { version, sha256Hash: SECRET } };
      const response = await gateway.post({ query: '{ __typename }', extensions });
      const [error] = await expectRequestError(response, upstream, { status: 400, code: 'BAD_REQUEST' });
      expect(error.message).toBe('extensions.persistedQuery must have version 1 and the SHA-256 of the query.');
    }
  });
});

test('A null variable in a non-null argument is BAD_USER_INPUT at its field', async ({ gateway }) => {
  const { status, errors } = await gateway.query(
    'query ($n: Source = ALL) { customer(identifier: { name: ID, value: "1" }, source: $n) { source } }',
    { variables: { n: null } },
  );
  expect(status).toBe(200);
  expect(errors).toMatchObject([
    {
      message: 'The variable "$n" must not be null here.',
      path: ['customer'],
      extensions: { code: 'BAD_USER_INPUT' },
    },
  ]);
});

test.for([
  ['an object', '$v: String = "1"', 'customer(identifier: { name: ID, value: $v }, source: ALL) { source }'],
  ['a list', '$v: String = "1"', 'customers(identifiers: [{ name: ID, value: $v }], source: ALL) { source }'],
  ['the representations', '$v: _Any = 1', '_entities(representations: [$v]) { __typename }'],
  ['a data scope', '$v: ID = "1"', customer('promotions(dataScope: { scope: OTHER, orgIds: [$v] }) { items { id } }')],
])('A null variable in %s is BAD_USER_INPUT', async ([, declared, selected], { gateway }) => {
  const { errors } = await gateway.query(`query (${declared}) { ${selected} }`, { variables: { v: null } });
  expect(errors).toMatchObject([
    { message: 'The variable "$v" must not be null here.', extensions: { code: 'BAD_USER_INPUT' } },
  ]);
});

test('Of several variables in an object, all are named if one is null', async ({ gateway }) => {
  const { errors } = await gateway.query(
    'query ($n: IdentifierName = ID, $v: String = "1") { customer(identifier: { name: $n, value: $v }, source: ALL) { source } }',
    { variables: { v: null } },
  );
  expect(errors).toMatchObject([
    { message: 'One of the variables "$n", "$v" must not be null here.', extensions: { code: 'BAD_USER_INPUT' } },
  ]);
});

test('A condition that is null is BAD_USER_INPUT', async ({ gateway }) => {
  const query = `query ($n: Boolean = true) { ${customer('customerId')} source: __typename @skip(if: $n) }`;
  const { errors } = await gateway.query(query, { variables: { n: null } });
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
});
