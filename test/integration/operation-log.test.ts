import { expect } from 'vitest';
import { API_KEY_CALLERS, SHOP } from '../support/credentials.ts';
import { test } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { someone } from '../support/questions.ts';
import { errorBody, text } from '../support/upstream.ts';

const REQUEST_ID = '1c5ae62b-6b0c-4ae1-9a55-0e3d1f4f6a10';

test('An operation is one line of JSON with caller, name, duration and cost', async ({ startGateway }) => {
  const gateway = await startGateway(API_KEY_CALLERS);
  const asked = [
    customer('customerId'),
    customer('customerId', '917406400033', 'again: '),
    customer('customerId', someone(), 'other: '),
  ];
  await gateway.query(`query Offers { ${asked.join(' ')} }`, {
    headers: { ...SHOP, 'x-request-id': REQUEST_ID, 'apollographql-client-name': 'storefront' },
  });
  const { time, durationMs, ...line } = await gateway.logs.logged(({ msg }) => msg === 'operation');
  expect(line).toEqual({
    level: 30,
    msg: 'operation',
    requestId: REQUEST_ID,
    caller: 'shop',
    client: 'storefront',
    operation: 'Offers',
    outcome: 'OK',
    upstreamCalls: 2,
    deduplicated: 0,
    cached: 0,
  });
  expect(Number.isFinite(Date.parse(String(time)))).toBe(true);
  expect(durationMs).toBeGreaterThan(0);
  expect(gateway.logs.lines()).toHaveLength(1);
});

test.for<[string, string, Record<string, string>, string]>([
  ['the first error', `{ ${customer('customerId', ' ')} }`, SHOP, 'BAD_USER_INPUT'],
  ['a document that is not valid', '{ nothing }', SHOP, 'GRAPHQL_VALIDATION_FAILED'],
  ['a limit that is exceeded', '{ ...A } fragment A on Query { ...A }', SHOP, 'FRAGMENT_CYCLE'],
  ['a caller that is not known', `{ ${customer('customerId')} }`, {}, 'UNAUTHENTICATED'],
  ['no operation at all', '', SHOP, 'BAD_REQUEST'],
])('The outcome in the log is the code of %s', async ([, query, headers, outcome], { startGateway }) => {
  const gateway = await startGateway(API_KEY_CALLERS);
  await gateway.query(query, { headers });
  expect(await gateway.logs.logged(({ msg }) => msg === 'operation')).toMatchObject({ outcome, upstreamCalls: 0 });
  expect(gateway.logs.lines()).toHaveLength(1);
});

test('A failed upstream call has its own line, an unknown customer has none', async ({ startGateway, upstream }) => {
  const [down, unknown] = [someone(), someone()];
  upstream.on(down, text('down', 503));
  upstream.on(unknown, errorBody(8015));
  const gateway = await startGateway({ ...API_KEY_CALLERS, UPSTREAM_RETRIES: '1' });
  await gateway.query(
    `{ ${customer('customerId', down, 'a: ')} ${customer('customerId', unknown, 'b: ')} ${customer('customerId')} }`,
    {
      headers: SHOP,
    },
  );
  const { requestId } = await gateway.logs.logged(({ msg }) => msg === 'operation');
  const failed = gateway.logs.lines().filter(({ msg }) => msg === 'upstream call failed');
  expect(failed).toHaveLength(2);
  for (const line of failed) {
    expect(line).toMatchObject({
      level: 40,
      requestId,
      status: 503,
      outcome: 'UPSTREAM_UNAVAILABLE',
      meaning: 'failing',
      cause: 'HTTP 503',
    });
    expect(line.durationMs).toBeGreaterThan(0);
  }
});
