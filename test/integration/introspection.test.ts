import { getIntrospectionQuery } from 'graphql';
import { expect } from 'vitest';
import { test, testWith } from '../support/fixture.ts';
import { BASIC, customer } from '../support/gateway.ts';
import { expectRequestError } from '../support/requestErrors.ts';

const inProduction = testWith({ NODE_ENV: 'production' });

test('Outside production, the standard introspection query gets the schema', async ({ startGateway }) => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(getIntrospectionQuery({ inputValueDeprecation: true }));
  expect(errors).toBeUndefined();
  expect(data.__schema.types.length).toBeGreaterThan(20);
});

inProduction.for([
  ['the standard introspection query', getIntrospectionQuery()],
  ['__schema', '{ __schema { types { name } } }'],
  ['_service', '{ _service { sdl } }'],
] as const)('In production %s does not show the schema', async ([, query], { gateway, upstream }) => {
  const response = await gateway.post({ query });
  const errors = await expectRequestError(response, upstream, { status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
  expect(errors.length).toBeGreaterThan(0);
});

inProduction.for([
  '{ custome { id } }',
  '{ customer(identifie: 1) { customerId } }',
  `{ ${customer('promotionz')} }`,
  'query ($a: DataScopeInpu) { __typename }',
  '{ ... on Custome { id } }',
  '{ customer(identifier: { name: MOBIL, value: "1" }, source: INSTORE) { customerId } }',
])('In production, no error suggests names of the schema: %s', async (query, { gateway }) => {
  const response = await gateway.post({ query });
  expect(response.status).toBe(400);
  expect(await response.text()).not.toMatch(/did you mean/i);
});

inProduction('In production no response says what its operation cost', async ({ gateway }) => {
  const { data, text } = await gateway.query(`{ ${customer('customerId')} }`, {
    headers: { authorization: BASIC, 'x-gateway-debug': '1' },
  });
  expect(data.customer.customerId).toBe('347297848');
  expect(JSON.parse(text)).not.toHaveProperty('extensions');
});
