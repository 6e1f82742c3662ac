import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { BASIC, customer } from '../support/gateway.ts';
import { askOne, firstError, outcomeOf } from '../support/questions.ts';
import { text } from '../support/upstream.ts';

const SCOPED = `{ ${customer('promotions(dataScope: { scope: OTHER, orgIds: ["50405"] }) { pageDetails { totalEntries } }')} }`;

test('UPSTREAM_ORG_HEADER sets the header that lists the organisations', async ({ upstream, startGateway }) => {
  const gateway = await startGateway({ UPSTREAM_ORG_HEADER: 'DATA-SCOPE-ORGS' });
  await gateway.query(SCOPED);
  const { headers } = upstream.calls[0] ?? {};
  expect([headers?.['data-scope-orgs'], headers?.['data-scope-org']]).toEqual(['50405', undefined]);
});

test('UPSTREAM_PATH sets the path of the lookup', async ({ upstream, startGateway }) => {
  const gateway = await startGateway({ UPSTREAM_PATH: '/v9.9/customers/lookup/promotionData' });
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
  expect(upstream.calls[0]?.path).toBe('/v9.9/customers/lookup/promotionData');
});

test('A data scope is refused with a reason if the path is for organisations that are not connected', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway({ UPSTREAM_PATH: '/v2/customers/lookup/promotionData', METRICS: 'true' });
  const refused = await gateway.query(SCOPED);
  expect(refused.errors?.[0]?.message).toBe(
    'Data scopes are not available, since this organisation is not connected to others. Leave the data scope out.',
  );
  expect(firstError(refused)?.code).toBe('BAD_USER_INPUT');
  const byHeader = await gateway.query(`{ ${customer('customerId')} }`, {
    headers: { authorization: BASIC, 'data-scope': 'ALL' },
  });
  expect(firstError(byHeader)?.code).toBe('BAD_USER_INPUT');
  expect(upstream.calls).toEqual([]);
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
  // What is refused is no call, so it uses up no budget.
  expect(await gateway.metric('gateway_upstream_calls_total{caller="passthrough"}')).toBe(1);
});

test('Calls with a token have the documented content type', async ({ upstream, startGateway }) => {
  const gateway = await startGateway();
  await askOne(gateway, undefined, { headers: { 'x-cap-api-oauth-token': 'token' } });
  await askOne(gateway);
  expect(upstream.calls.map(({ headers }) => headers['content-type'])).toEqual(['application/json', undefined]);
});

const CAP_ID = '4b63c1f0-6b0c-4ae1-9a55-0e3d1f4f6a10';

test("Upstream's own request id is in the error and in the log line", async ({ upstream, startGateway }) => {
  const gateway = await startGateway({ UPSTREAM_RETRIES: '0' });
  upstream.reply(text('', 503, { 'x-cap-requestid': CAP_ID }));
  expect(firstError(await askOne(gateway))?.upstream).toEqual({ status: 503, requestId: CAP_ID });
  const line = await gateway.logs.logged(({ msg }) => msg === 'upstream call failed');
  expect(line).toMatchObject({ status: 503, cause: 'HTTP 503', upstreamRequestId: CAP_ID });
});

test.for(['917406400033', 'cap-917406400033', '917406400033 or so', '1'.repeat(32), '', 'x'.repeat(65)])(
  "Upstream's request id is passed on only in the form that a client's own may have, not as %j",
  async (id, { upstream, startGateway }) => {
    const gateway = await startGateway({ UPSTREAM_RETRIES: '0' });
    upstream.reply(text('', 503, { 'x-cap-requestid': id }));
    expect(firstError(await askOne(gateway))?.upstream).toEqual({ status: 503 });
  },
);
