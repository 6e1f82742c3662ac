import { expect } from 'vitest';
import { testWith } from '../support/fixture.ts';
import { BASIC, customer, type GraphQLResult } from '../support/gateway.ts';
import { dataOf } from '../support/questions.ts';
import { errorBody, json, pageBody, pages, type Reply, type TestUpstream } from '../support/upstream.ts';

const test = testWith({ AUTH_DATA_SCOPES: 'SELF,OTHER:50405|50406', UPSTREAM_RETRIES: '0' });

const list = (alias: string, args: string) => `${alias}: promotions(${args}) { items { promotionId } }`;
const OK = list('ok', 'limit: 1');
const page = { items: [{ promotionId: '1000' }] };
const scopesOf = ({ calls }: TestUpstream) => calls.map(({ headers }) => headers['data-scope'] ?? 'none');
const errorsOf = ({ errors }: GraphQLResult) =>
  errors?.map(({ path, extensions }) => [path?.join('.'), extensions.code]);

/** Responds to calls in data scope OTHER with this reply, and to all others with pages. */
function inOther(reply: Reply): Reply {
  return (call, response) => (call.headers['data-scope'] === 'OTHER' ? reply : pages(10))(call, response);
}
const OTHER = 'dataScope: { scope: OTHER, orgIds: ["50405"] }';

test.for<readonly [string, string, string]>([
  ['a data scope that its caller may not name', 'dataScope: { scope: ALL }', 'FORBIDDEN'],
  ['an organisation that its caller may not name', 'dataScope: { scope: OTHER, orgIds: ["1"] }', 'FORBIDDEN'],
  ['a data scope that is none', 'dataScope: { scope: OTHER }', 'BAD_USER_INPUT'],
  ['a limit out of bounds', 'limit: 100000', 'BAD_USER_INPUT'],
])(
  'A list with %s is null, and the rest of its customer is not affected',
  async ([, args, code], { gateway, upstream }) => {
    const answer = await gateway.query(`{ ${customer(`customerId ${list('bad', args)} ${OK}`)} }`);
    expect(answer.data.customer).toEqual({ customerId: '347297848', bad: null, ok: page });
    expect(errorsOf(answer)).toEqual([['customer.bad', code]]);
    expect(upstream.calls).toHaveLength(1);
  },
);

test('A list that upstream refuses is null, and the rest of its customer is not affected', async ({
  gateway,
  upstream,
}) => {
  upstream.reply(inOther(errorBody(310144)));
  const answer = await gateway.query(`{ ${customer(`${list('bad', OTHER)} customerId ${OK}`)} }`);
  expect(answer.data.customer).toEqual({ bad: null, customerId: '347297848', ok: page });
  expect(errorsOf(answer)).toEqual([['customer.bad', 'DATA_SCOPE_REJECTED']]);
  expect(upstream.calls).toHaveLength(2);
});

test('A window without a response is null, and the other windows of the list are not affected', async ({
  gateway,
  upstream,
}) => {
  upstream.reply((call, response) => (call.query.offset === '500' ? json({}, 503) : pages(1000))(call, response));
  const answer = await gateway.query(`{ ${customer(`customerId ${list('bad', 'offset: 500')} ${OK}`)} }`);
  expect(answer.data.customer).toEqual({ customerId: '347297848', bad: null, ok: page });
  expect(errorsOf(answer)).toEqual([['customer.bad', 'UPSTREAM_UNAVAILABLE']]);
});

test('A large window fails with any of its pages, and fetches no other if its first has failed', async ({
  gateway,
  upstream,
}) => {
  upstream.reply((call, response) => (call.query.offset === '100' ? json({}, 503) : pages(250))(call, response));
  const answer = await gateway.query(`{ ${customer(`customerId ${list('bad', 'limit: 300')}`)} }`);
  expect(answer.data.customer).toEqual({ customerId: '347297848', bad: null });
  upstream.reset();
  upstream.reply(json({}, 503));
  await gateway.query(`{ ${customer(list('bad', 'limit: 300'))} }`);
  expect(upstream.calls).toHaveLength(1);
});

test('The id comes with a list in any data scope', async ({ gateway, upstream }) => {
  const data = dataOf(await gateway.query(`{ ${customer(`customerId ${list('ok', `${OTHER}, limit: 1`)}`)} }`));
  expect(data.customer).toEqual({ customerId: '347297848', ok: page });
  expect(scopesOf(upstream)).toEqual(['OTHER']);
});

test("The id without a list is fetched in the request's data scope", async ({ gateway, upstream }) => {
  const headers = { authorization: BASIC, 'data-scope': 'OTHER', 'data-scope-org': '50406' };
  await gateway.query(`{ ${customer('customerId')} }`, { headers });
  expect(upstream.calls.map((call) => call.headers['data-scope-org'])).toEqual(['50406']);
});

test("The id is fetched in the request's data scope if all lists have another one and fail", async ({
  gateway,
  upstream,
}) => {
  upstream.reply(inOther(errorBody(310144)));
  const answer = await gateway.query(`{ ${customer(`customerId ${list('bad', OTHER)}`)} }`);
  expect(answer.data.customer).toEqual({ customerId: '347297848', bad: null });
  expect(errorsOf(answer)).toEqual([['customer.bad', 'DATA_SCOPE_REJECTED']]);
  expect(scopesOf(upstream)).toEqual(['OTHER', 'none']);
});

test("A request's data scope that its caller may not read fails only the fields that need it", async ({
  gateway,
  upstream,
}) => {
  const headers = { authorization: BASIC, 'data-scope': 'ALL' };
  const alone = await gateway.query(`{ ${customer('customerId')} }`, { headers });
  expect(errorsOf(alone)).toEqual([['customer.customerId', 'FORBIDDEN']]);
  expect(upstream.calls).toEqual([]);
  const beside = await gateway.query(
    `{ ${customer(`customerId source ${list('bad', 'limit: 1')} ${list('ok', `${OTHER}, limit: 1`)}`)} }`,
    { headers },
  );
  expect(beside.data.customer).toEqual({ customerId: '347297848', source: 'INSTORE', bad: null, ok: page });
  expect(errorsOf(beside)).toEqual([['customer.bad', 'FORBIDDEN']]);
});

test('An unknown customer has one error, however many of its fields fail', async ({ gateway, upstream }) => {
  upstream.reply(errorBody(8015));
  const fields = `${list('a', 'limit: 1')} ${list('b', 'offset: 500')} first: customerId second: customerId`;
  const answer = await gateway.query(`{ ${customer(fields)} ${customer(fields, '917406400034', 'other: ')} }`);
  expect(answer.data).toEqual({ customer: null, other: null });
  expect(errorsOf(answer)).toEqual([
    ['customer.first', 'CUSTOMER_NOT_FOUND'],
    ['other.first', 'CUSTOMER_NOT_FOUND'],
  ]);
});

test('The lists of an unknown customer have one error each if no other field fails', async ({ gateway, upstream }) => {
  upstream.reply(errorBody(8015));
  const answer = await gateway.query(`{ ${customer(`source ${list('a', 'limit: 1')} ${list('b', 'offset: 500')}`)} }`);
  expect(answer.data.customer).toEqual({ source: 'INSTORE', a: null, b: null });
  expect(errorsOf(answer)).toEqual([
    ['customer.a', 'CUSTOMER_NOT_FOUND'],
    ['customer.b', 'CUSTOMER_NOT_FOUND'],
  ]);
});

test("A page without a customer id still has promotion ids, and the customer's id is an error", async ({
  gateway,
  upstream,
}) => {
  const { customerId: _, ...body } = pageBody(2, 0, 10);
  upstream.reply(json(body));
  const data = dataOf(await gateway.query(`{ ${customer('promotions { items { id promotionId } }')} }`));
  expect(data.customer.promotions.items.map(({ promotionId }: { promotionId: string }) => promotionId)).toEqual([
    '1000',
    '1001',
  ]);
  expect(new Set(data.customer.promotions.items.map(({ id }: { id: string }) => id)).size).toBe(2);
  const alone = await gateway.query(`{ ${customer('customerId')} }`);
  expect(errorsOf(alone)).toEqual([['customer.customerId', 'UPSTREAM_INVALID_RESPONSE']]);
});

test("A customer's id comes with a list that has it, if another list lacks it", async ({ gateway, upstream }) => {
  upstream.reply(inOther(json({ ...pageBody(10, 0, 1), customerId: null })));
  const answer = await gateway.query(`{ ${customer(`${list('without', `${OTHER}, limit: 1`)} ${OK} customerId`)} }`);
  expect(dataOf(answer).customer).toEqual({ without: page, ok: page, customerId: '347297848' });
  expect(scopesOf(upstream).toSorted()).toEqual(['OTHER', 'none']);
});

test('If the only list fails, no other call is made for the id', async ({ gateway, upstream }) => {
  upstream.reply(json({}, 503));
  const answer = await gateway.query(`{ ${customer(`customerId ${list('a', 'limit: 1')}`)} }`);
  expect(errorsOf(answer)).toEqual([['customer.customerId', 'UPSTREAM_UNAVAILABLE']]);
  expect(upstream.calls).toHaveLength(1);
});
