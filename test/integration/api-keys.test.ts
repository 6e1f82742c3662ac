import { expect } from 'vitest';
import { API_KEY_CALLERS } from '../support/credentials.ts';
import { testWith } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { codesOf, dataOf } from '../support/questions.ts';

const test = testWith(API_KEY_CALLERS);

test.for(['shop-key', 'till-key'])('The API key %s reads any customer', async (key, { gateway }) => {
  const data = dataOf(await gateway.query(`{ ${customer('customerId')} }`, { headers: { 'x-api-key': key } }));
  expect(data).toEqual({ customer: { customerId: '347297848' } });
});

test.for<Record<string, string>>([
  {},
  { 'x-api-key': 'guess' },
  { 'x-api-key': '' },
  { authorization: 'Bearer shop-key' },
])(
  'A caller with %j has no API key, so it is refused without an upstream call',
  async (headers, { gateway, upstream }) => {
    const response = await gateway.query(`{ ${customer('customerId')} }`, { headers });
    expect(codesOf(response)).toEqual(['UNAUTHENTICATED']);
    expect(upstream.calls).toEqual([]);
  },
);
