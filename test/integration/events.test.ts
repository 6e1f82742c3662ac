import { expect } from 'vitest';
import { OTHER_BASIC } from '../support/credentials.ts';
import { customerEvent, EVENTS_TOKEN, postEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { testWith } from '../support/fixture.ts';
import { BASIC, customer, type TestGateway } from '../support/gateway.ts';
import { codesOf, dataOf, someone } from '../support/questions.ts';
import { expectRequestError } from '../support/requestErrors.ts';
import { gate, json, pageBody, pages, reset } from '../support/upstream.ts';

const test = testWith({
  CACHE_TTL_SECONDS: '600',
  UPSTREAM_RETRIES: '0',
  METRICS: 'true',
  EVENTS_TOKEN,
});

const PROMOTIONS = 'promotions { items { id } }';
const promotionsOf = async (gateway: TestGateway, mobile: string, authorization = BASIC) => {
  const data = dataOf(await gateway.query(`{ ${customer(PROMOTIONS, mobile)} }`, { headers: { authorization } }));
  return data.customer.promotions.items.length as number;
};

test('Cached pages of a customer are not served after an event with its id', async ({ upstream, gateway }) => {
  const mobile = someone();
  upstream.reply(pages(1, mobile));
  expect(await promotionsOf(gateway, mobile)).toBe(1);
  upstream.reply(pages(2, mobile));
  expect(await promotionsOf(gateway, mobile)).toBe(1);
  const response = await postEvent(gateway.origin, customerEvent({ customerId: Number(mobile), instore: { mobile } }));
  expect([response.status, await response.json()]).toEqual([202, { status: 'accepted' }]);
  expect(await promotionsOf(gateway, mobile)).toBe(2);
  expect(await promotionsOf(gateway, mobile)).toBe(2);
  expect(upstream.calls).toHaveLength(2);
  const line = await gateway.logs.logged(({ msg }) => msg === 'event');
  expect(line).toMatchObject({ level: 30, outcome: 'accepted', requestId: response.headers.get('x-request-id') });
});

test('No client may keep a response that an event can end', async ({ upstream, gateway }) => {
  const mobile = someone();
  upstream.reply(pages(1, mobile));
  const url = `${gateway.url}?${new URLSearchParams({ query: `{ ${customer(PROMOTIONS, mobile)} }` })}`;
  for (const whole of ['fetched', 'cached']) {
    const response = await fetch(url, { headers: { authorization: BASIC } });
    expect(dataOf(await response.json()).customer.promotions.items, whole).toHaveLength(1);
    expect(response.headers.get('cache-control'), whole).toBe('no-store');
  }
  expect(upstream.calls).toHaveLength(1);
});

test('An event that identifies its customer without its id is refused, and one without a customer is accepted', async ({
  upstream,
  gateway,
}) => {
  const mobile = someone();
  await promotionsOf(gateway, mobile);
  const refused = await postEvent(gateway.origin, customerEvent({ instore: { mobile } }));
  expect(refused.status).toBe(400);
  const line = await gateway.logs.logged(({ msg }) => msg === 'event refused');
  expect(line).toMatchObject({ level: 40, outcome: 'invalid', requestId: refused.headers.get('x-request-id') });
  expect(await refused.text()).toContain(
    'data.customerIdentifiers must be an object that holds customerId, as digits.',
  );
  expect((await postEvent(gateway.origin, customerEvent({}))).status).toBe(202);
  await promotionsOf(gateway, mobile);
  expect(upstream.calls).toHaveLength(1);
});

test('A page without a customer id is not cached while events are on, since none could end it', async ({
  upstream,
  gateway,
  startGateway,
}) => {
  const mobile = someone();
  upstream.reply((call, response) => json({ ...pageBody(1, 0, 10), customerId: undefined })(call, response));
  for (let i = 0; i < 2; i++) await promotionsOf(gateway, mobile);
  expect(upstream.calls).toHaveLength(2);
  const without = await startGateway({ CACHE_TTL_SECONDS: '600' });
  for (let i = 0; i < 2; i++) await promotionsOf(without, mobile);
  expect(upstream.calls).toHaveLength(3);
});

test('An event invalidates pages of all credentials, data scopes, filters and windows', async ({
  upstream,
  gateway,
}) => {
  const mobile = someone();
  upstream.reply(pages(30, mobile));
  const selection = `promotions { items { id } } late: promotions(offset: 20) { items { id } }
    earn: promotions(status: AVAILABLE_TO_EARN) { items { id } }`;
  const scopes = [{ 'data-scope': 'SELF' }, { 'data-scope': 'ALL' }, { 'data-scope': 'OTHER', 'data-scope-org': '1' }];
  const askAll = async () => {
    for (const authorization of [BASIC, OTHER_BASIC]) {
      for (const scope of scopes) {
        const { errors } = await gateway.query(`{ ${customer(selection, mobile)} }`, {
          headers: { authorization, ...scope },
        });
        expect(errors).toBe(undefined);
      }
    }
  };
  await askAll();
  const calls = upstream.calls.length;
  await askAll();
  expect(upstream.calls).toHaveLength(calls);
  await postEvent(gateway.origin, customerEvent({ customerId: mobile }));
  await askAll();
  expect(upstream.calls).toHaveLength(2 * calls);
});

test('An event of another customer invalidates nothing', async ({ upstream, gateway }) => {
  const mobile = someone();
  await promotionsOf(gateway, mobile);
  await postEvent(gateway.origin, customerEvent({ customerId: 1, instore: { mobile: someone() } }));
  await promotionsOf(gateway, mobile);
  expect(upstream.calls).toHaveLength(1);
});

test('A call from before an event is not cached, and not shared with a later operation', async ({
  upstream,
  gateway,
}) => {
  const mobile = someone();
  const held = gate(pages(1, mobile));
  upstream.reply(held.reply);
  const before = promotionsOf(gateway, mobile);
  await upstream.callsReached(1);
  await postEvent(gateway.origin, customerEvent({ customerId: mobile }));
  const after = promotionsOf(gateway, mobile);
  await eventually('operations in flight', () => gateway.metric('gateway_operations_in_flight'), 2);
  upstream.reply(pages(2, mobile));
  held.open();
  expect(await before).toBe(1);
  expect(await after).toBe(2);
  expect(await promotionsOf(gateway, mobile)).toBe(2);
});

test('After an event, nothing older is served even while upstream fails', async ({ upstream, startGateway }) => {
  const gateway = await startGateway({
    CACHE_TTL_SECONDS: '600',
    CACHE_STALE_SECONDS: '600',
    UPSTREAM_RETRIES: '0',
    EVENTS_TOKEN,
  });
  const mobile = someone();
  upstream.reply(pages(1, mobile));
  await promotionsOf(gateway, mobile);
  upstream.reply(reset);
  await postEvent(gateway.origin, customerEvent({ customerId: mobile }));
  expect(codesOf(await gateway.query(`{ ${customer('customerId', mobile)} }`))).toEqual(['UPSTREAM_UNAVAILABLE']);
});

test('A repeated event does no harm', async ({ upstream, gateway }) => {
  const mobile = someone();
  const event = customerEvent({ customerId: 347297848, instore: { mobile } });
  await promotionsOf(gateway, mobile);
  for (let i = 0; i < 3; i++) expect((await postEvent(gateway.origin, event)).status).toBe(202);
  await promotionsOf(gateway, mobile);
  await promotionsOf(gateway, mobile);
  expect(upstream.calls).toHaveLength(2);
});

test.for([
  ['no JSON', '{', 400, 'BAD_REQUEST'],
  ['no event', '{"eventName":"x"}', 400, 'BAD_REQUEST'],
  ['too large', JSON.stringify(customerEvent({ padding: 'x'.repeat(70_000) })), 413, 'BODY_TOO_LARGE'],
] as const)('A body that is %s is refused', async ([, body, status, code], { gateway }) => {
  const response = await postEvent(gateway.origin, body);
  expect(response.status).toBe(status);
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  expect(errors.map(({ extensions }) => extensions.code)).toEqual([code]);
});

test('A body that is not an event is refused with what is expected', async ({ gateway }) => {
  const response = await postEvent(gateway.origin, { eventName: 'customerUpdated', customer: 'sample@example.com' });
  const text = await response.text();
  expect(text).toContain('data.customerIdentifiers must be an object that holds customerId');
  expect(text).not.toContain('sample@example.com');
});

test.for([
  ['no JSON', '{', 'The request body is not valid JSON. The body must be a JSON object with eventName and data'],
  ['empty', '', 'The request body is empty. The body must be a JSON object with eventName and data'],
] as const)(
  'The message for a body that is %s says what an event looks like',
  async ([, body, message], { gateway }) => {
    const response = await postEvent(gateway.origin, body);
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { message: string }[] };
    expect(errors).toMatchObject([{ message: expect.stringContaining(message) }]);
  },
);

test.for(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
  '%s at /events is refused with the method that is accepted',
  async (method, { gateway, upstream }) => {
    const response = await fetch(`${gateway.origin}/events`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    if (method === 'HEAD') return;
    const errors = await expectRequestError(response, upstream, { status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(errors).toMatchObject([{ message: '/events accepts only POST.' }]);
  },
);

test.for(['', 'wrong', `${EVENTS_TOKEN}x`])(
  'An event with the token %o is refused and changes nothing',
  async (token, { upstream, gateway }) => {
    const mobile = someone();
    await promotionsOf(gateway, mobile);
    const response = await postEvent(gateway.origin, customerEvent({ customerId: 347297848 }), token);
    expect(response.status).toBe(401);
    await promotionsOf(gateway, mobile);
    expect(upstream.calls).toHaveLength(1);
  },
);

test('Without EVENTS_TOKEN nothing is served at /events', async ({ startGateway }) => {
  const gateway = await startGateway({ CACHE_TTL_SECONDS: '600' });
  expect((await postEvent(gateway.origin, customerEvent({ customerId: 1 }))).status).toBe(404);
});

test('Nothing of an event is logged', async ({ gateway }) => {
  const mobile = someone();
  await postEvent(
    gateway.origin,
    customerEvent({ customerId: 482579328, instore: { mobile, email: 'me@example.com' } }),
  );
  await postEvent(gateway.origin, { instore: { mobile } });
  for (const secret of [mobile, '482579328', 'me@example.com', EVENTS_TOKEN]) {
    expect(gateway.logs.text()).not.toContain(secret);
  }
});
