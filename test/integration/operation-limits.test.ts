import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BASIC, customer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Expected, expectRequestError } from '../support/requestErrors.ts';
import { startUpstream, type TestUpstream } from '../support/upstream.ts';

let upstream: TestUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => upstream.reset());
afterAll(() => upstream.close());

const times = (count: number, write: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => write(i)).join(' ');
const ASKED = customer('id');
const HEADERS = { authorization: BASIC, 'content-type': 'application/json' };
const refused = (response: Response, expected: Expected) => expectRequestError(response, upstream, expected);

const send = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(gateway.url, {
    method: 'POST',
    headers: { ...HEADERS, accept: 'application/graphql-response+json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const sendQuery = (query: string) => send({ query });

describe('A document that would cost too much is refused with 400 and its own code', () => {
  beforeAll(async () => {
    gateway = await startTestGateway(upstream);
  });
  afterAll(() => gateway.close());
  const tooDeep = { status: 400, code: 'OPERATION_TOO_DEEP' };

  test('for its depth', () =>
    refused0(`{ __schema { types { ${'fields { type { '.repeat(7)} name ${'} }'.repeat(7)} } } }`, tooDeep));
  test('for its depth through introspection by name', () =>
    refused0(`{ __type(name: "Customer") { ${'fields { type { '.repeat(8)} name ${'} }'.repeat(8)} } }`, tooDeep));
  test('for its depth through fragments', () =>
    refused0(
      `{ ...F0 } ${times(15, (i) => `fragment F${i} on __Type { ofType { ...F${i + 1} } }`)} fragment F15 on __Type { name }`,
      tooDeep,
    ));
  test('for its depth where no schema would have it', () =>
    refused0(`{ ${ASKED.replace('{ id }', `{ ${'a { '.repeat(15)} b ${'}'.repeat(15)} }`)} }`, tooDeep));
  test('for its tokens', () =>
    refused0(`{ ${'__typename '.repeat(4100)} }`, { status: 400, code: 'OPERATION_TOO_LARGE' }));
  test('for its aliases', () =>
    refused0(`{ ${times(61, (i) => `a${i}: ${ASKED}`)} }`, { status: 400, code: 'TOO_MANY_ALIASES' }));
  test('for its aliases of __typename', () =>
    refused0(`{ ${times(61, (i) => `a${i}: __typename`)} }`, { status: 400, code: 'TOO_MANY_ALIASES' }));
  test('for its aliases through fragments that double each other', () =>
    refused0(
      `{ ...F0 } ${times(30, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F30 on Query { a: __typename }`,
      { status: 400, code: 'TOO_MANY_ALIASES' },
    ));
  test('for its directives', () =>
    refused0(`{ __typename ${'@include(if: true) '.repeat(31)} }`, { status: 400, code: 'TOO_MANY_DIRECTIVES' }));
  test('for a fragment that spreads itself', () =>
    refused0('{ ...A } fragment A on Query { ...A }', { status: 400, code: 'FRAGMENT_CYCLE' }));
  test('for fragments that spread each other', () =>
    refused0('{ ...A } fragment A on Query { ...B } fragment B on Query { __typename ...A }', {
      status: 400,
      code: 'FRAGMENT_CYCLE',
    }));
  test('for a syntax error', () => refused0('{ customer(', { status: 400, code: 'GRAPHQL_PARSE_FAILED' }));
  test('for what the schema does not have', () =>
    refused0('{ nothing }', { status: 400, code: 'GRAPHQL_VALIDATION_FAILED' }));
  test('for more errors than MAX_ERRORS, which are not all told', async () => {
    const errors = await refused0(`{ ${times(500, (i) => `f${i}`)} }`, {
      status: 400,
      code: 'GRAPHQL_VALIDATION_FAILED',
    });
    expect(errors.length).toBeLessThanOrEqual(21);
  });
  test('for a variable that does not fit', async () => {
    const response = await send({ query: 'query ($n: Int!) { __type(name: "A") @skip(if: $n) { name } }' });
    await refused(response, { status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
    await refused(
      await send({
        query: `query ($n: Int!) { ${customer('promotions(limit: $n) { items { promotionId } }')} }`,
        variables: { n: 'x' },
      }),
      { status: 400, code: 'BAD_USER_INPUT' },
    );
  });

  test('and whoever says so soon enough is not kept busy', async () => {
    const asked = performance.now();
    await sendQuery(`{ ${'__typename '.repeat(3990)} }`);
    expect(performance.now() - asked).toBeLessThan(5000);
  });

  test('while the standard introspection query passes', async () => {
    const { data, errors } = await gateway.query(getIntrospectionQuery({ inputValueDeprecation: true }));
    expect(errors).toBeUndefined();
    expect(data.__schema.types.length).toBeGreaterThan(20);
  });

  async function refused0(query: string, expected: Expected) {
    return refused(await sendQuery(query), expected);
  }
});

describe('In production', () => {
  beforeAll(async () => {
    gateway = await startTestGateway(upstream, { NODE_ENV: 'production' });
  });
  afterAll(() => gateway.close());

  test.each([getIntrospectionQuery(), '{ __schema { types { name } } }', '{ _service { sdl } }'])(
    'the schema is not told: %.40s',
    async (query) => {
      const errors = await refused(await sendQuery(query), { status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
      expect(errors.length).toBeGreaterThan(0);
    },
  );

  test.each([
    '{ custome { id } }',
    '{ customer(identifie: 1) { id } }',
    `{ ${customer('promotionz')} }`,
    'query ($a: DataScopeInpu) { __typename }',
    '{ ... on Custome { id } }',
    '{ customer(identifier: { name: MOBIL, value: "1" }, source: INSTORE) { id } }',
  ])('no error suggests what there is instead: %s', async (query) => {
    const response = await sendQuery(query);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toMatch(/did you mean/i);
  });

  test('nobody is told what an operation cost, or traced', async () => {
    const { text } = await gateway.query(`{ ${ASKED} }`, {
      headers: { authorization: BASIC, 'x-gateway-debug': '1', 'apollo-federation-include-trace': 'ftv1' },
    });
    expect(JSON.parse(text)).not.toHaveProperty('extensions');
    upstream.reset();
  });
});
