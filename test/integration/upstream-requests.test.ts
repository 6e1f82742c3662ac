import { expect } from 'vitest';
import { testWith } from '../support/fixture.ts';
import { BASIC, customer, type TestGateway } from '../support/gateway.ts';
import type { TestUpstream } from '../support/upstream.ts';

const test = testWith({ DEFAULT_DATA_SCOPE: 'ALL' });

const QUERY = `query ($identifier: CustomerIdentifierInput!, $dataScope: DataScopeInput) {
  customer(identifier: $identifier, source: INSTORE) { customerId promotions(dataScope: $dataScope) { pageDetails { totalEntries } } }
}`;
const ask = (gateway: TestGateway, variables: Record<string, unknown>, headers: Record<string, string> = {}) =>
  gateway.query(QUERY, {
    variables: { identifier: { name: 'ID', value: '1' }, ...variables },
    headers: { authorization: BASIC, ...headers },
  });

test.for([
  ['MOBILE', '917406400033', 'mobile', '917406400033'],
  ['MOBILE', '+91 (740) 640-00.33', 'mobile', '917406400033'],
  ['ID', '347297848', 'id', '347297848'],
  ['EMAIL', 'a+b%&=#@x.com', 'email', 'a%2Bb%25%26%3D%23%40x.com'],
  ['EMAIL', 'Someone@Example.COM', 'email', 'someone%40example.com'],
  ['EXTERNAL_ID', '000003873354', 'externalid', '000003873354'],
  ['EXTERNAL_ID', 'MP QSP/100', 'externalid', 'MP%20QSP%2F100'],
  ['EXTERNAL_ID', 'ключ', 'externalid', encodeURIComponent('ключ')],
])('The identifier %s %s is sent as %s %s', async ([name, value, restName, restValue], { gateway, upstream }) => {
  await ask(gateway, { identifier: { name, value } });
  expect(upstream.calls[0]?.rawUrl).toBe(
    `/v2.1/customers/lookup/promotionData?identifierName=${restName}&identifierValue=${restValue}&source=INSTORE&limit=0&offset=0`,
  );
});

test('Source, status, currency flag, limit and offset are sent in the query string', async ({ gateway, upstream }) => {
  await gateway.query(
    `{ customer(identifier: { name: ID, value: "1" }, source: WEB_ENGAGE) {
      promotions(status: AVAILABLE_TO_ENROL, includeAlternateCurrencyUsage: true, limit: 7, offset: 3) { items { promotionId } } } }`,
  );
  expect(upstream.calls[0]?.query).toEqual({
    identifierName: 'id',
    identifierValue: '1',
    source: 'WEB_ENGAGE',
    promotionStatusForCustomer: 'AVAILABLE_TO_ENROL',
    includeAlternateCurrencyUsage: 'true',
    limit: '7',
    offset: '3',
  });
});

test('An entity is looked up by the identifier and source of its reference', async ({ gateway, upstream }) => {
  await gateway.query(
    '{ _entities(representations: [{ __typename: "Customer", identifier: { name: "ID", value: "5" }, source: "ALL" }]) { ... on Customer { customerId } } }',
  );
  expect(upstream.calls[0]?.query).toMatchObject({ identifierName: 'id', identifierValue: '5', source: 'ALL' });
});

const scopeHeaders = ({ calls }: TestUpstream) => [
  calls[0]?.headers['data-scope'],
  calls[0]?.headers['data-scope-org'],
];

test("The argument dataScope is sent in headers, instead of the client's headers", async ({ gateway, upstream }) => {
  await ask(gateway, { dataScope: { scope: 'OTHER', orgIds: ['50405', '50406'] } }, { 'data-scope': 'SELF' });
  expect(scopeHeaders(upstream)).toEqual(['OTHER', '50405,50406']);
});

test("The client's data scope headers are sent if there is no argument", async ({ gateway, upstream }) => {
  await ask(gateway, {}, { 'data-scope': 'OTHER', 'data-scope-org': '50405' });
  expect(scopeHeaders(upstream)).toEqual(['OTHER', '50405']);
});

test('DEFAULT_DATA_SCOPE is sent if there is neither an argument nor a header', async ({ gateway, upstream }) => {
  await ask(gateway, {});
  expect(scopeHeaders(upstream)).toEqual(['ALL', undefined]);
});

test('No data scope is sent if none is given', async ({ startGateway, upstream }) => {
  const gateway = await startGateway();
  await gateway.query(`{ ${customer('customerId')} }`);
  expect(scopeHeaders(upstream)).toEqual([undefined, undefined]);
});
