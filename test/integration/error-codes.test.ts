import { expect } from 'vitest';
import { test, testWith } from '../support/fixture.ts';
import { BASIC, customer } from '../support/gateway.ts';
import { askOne, codesOf, firstError, someone } from '../support/questions.ts';
import * as upstreams from '../support/upstream.ts';

const PUBLIC = { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) };
/** One gateway for all cases. Each case uses its own credentials, since a 429 pauses them. */
const shared = testWith({ UPSTREAM_RETRIES: '0', UPSTREAM_MAX_BYTES: '2000' });

shared.for<readonly [string, upstreams.Reply, Record<string, unknown>]>([
  ['8015', upstreams.errorBody(8015), { code: 'CUSTOMER_NOT_FOUND', upstream: { status: 200, code: 8015 } }],
  [
    '8015 with HTTP 400',
    upstreams.errorBody(8015, 400),
    { code: 'CUSTOMER_NOT_FOUND', upstream: { status: 400, code: 8015 } },
  ],
  [
    '8015 with HTTP 500',
    upstreams.errorBody(8015, 500),
    { code: 'CUSTOMER_NOT_FOUND', upstream: { status: 500, code: 8015 } },
  ],
  ['8015 as text', upstreams.errorBody('8015'), { code: 'CUSTOMER_NOT_FOUND', upstream: { status: 200, code: 8015 } }],
  ['8013', upstreams.errorBody(8013), { code: 'BAD_USER_INPUT', upstream: { status: 200, code: 8013 } }],
  ['8003', upstreams.errorBody(8003, 400), { code: 'BAD_USER_INPUT', upstream: { status: 400, code: 8003 } }],
  ['310144', upstreams.errorBody(310144), { code: 'DATA_SCOPE_REJECTED', upstream: { status: 200, code: 310144 } }],
  ['another code', upstreams.errorBody(999), { code: 'UPSTREAM_REJECTED', upstream: { status: 200, code: 999 } }],
  [
    'an error without a code',
    upstreams.json({ errors: [{ message: 'no' }] }),
    { code: 'UPSTREAM_REJECTED', upstream: { status: 200 } },
  ],
  ['HTTP 401', upstreams.text('', 401), { code: 'UNAUTHENTICATED', upstream: { status: 401 } }],
  ['HTTP 403', upstreams.text('', 403), { code: 'FORBIDDEN', upstream: { status: 403 } }],
  [
    'HTTP 429',
    upstreams.json({}, 429, { 'retry-after': '7' }),
    { code: 'UPSTREAM_RATE_LIMITED', upstream: { status: 429 }, retryAfterSeconds: 7 },
  ],
  ['HTTP 500', upstreams.text('oops', 500), { code: 'UPSTREAM_UNAVAILABLE', upstream: { status: 500 } }],
  ['HTTP 503', upstreams.json({}, 503), { code: 'UPSTREAM_UNAVAILABLE', upstream: { status: 503 } }],
  ['a cut connection', upstreams.cutOff, { code: 'UPSTREAM_UNAVAILABLE', upstream: { status: 200 } }],
  ['a reset connection', upstreams.reset, { code: 'UPSTREAM_UNAVAILABLE' }],
  ['HTML', upstreams.text('<h1>Hello</h1>'), { code: 'UPSTREAM_INVALID_RESPONSE', upstream: { status: 200 } }],
  ['a JSON list', upstreams.json([]), { code: 'UPSTREAM_INVALID_RESPONSE', upstream: { status: 200 } }],
  [
    'a JSON object of something else',
    upstreams.json({ a: 1 }),
    { code: 'UPSTREAM_INVALID_RESPONSE', upstream: { status: 200 } },
  ],
  ['nothing', upstreams.text('', 200), { code: 'UPSTREAM_INVALID_RESPONSE', upstream: { status: 200 } }],
  [
    'a redirect',
    upstreams.text('', 302, { location: 'http://127.0.0.1:1/elsewhere' }),
    { code: 'UPSTREAM_INVALID_RESPONSE', upstream: { status: 302 } },
  ],
  [
    'more bytes than allowed',
    upstreams.json({ ...upstreams.pageBody(1, 0, 1), filler: 'x'.repeat(3000) }),
    { code: 'UPSTREAM_INVALID_RESPONSE', upstream: { status: 200 } },
  ],
])('%s from upstream is one error of the catalogue', async ([, reply, expected], { upstream, gateway }) => {
  upstream.reply(reply);
  const mobile = someone();
  const { status, data, errors } = await gateway.query(
    `{ ${customer('customerId promotions { items { promotionId } }', mobile)} }`,
    {
      headers: { authorization: `Basic ${btoa(`${mobile}:x`)}` },
    },
  );
  expect(status).toBe(200);
  expect(data).toEqual({ customer: null });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.extensions).toEqual({ ...expected, ...PUBLIC });
  expect(errors?.[0]?.message).not.toMatch(/9174|917000|127\.0\.0\.1|not to be shown/);
});

const UNREADABLE_BODIES: readonly (readonly [string, (status: number, headers: object) => upstreams.Reply])[] = [
  [
    'is not unpackable',
    (status, headers) => upstreams.text('<h1>No</h1>', status, { ...headers, 'content-encoding': 'gzip' }),
  ],
  ['is too large', (status, headers) => upstreams.text('x'.repeat(3000), status, { ...headers })],
  [
    'is cut off',
    (status, headers) => (_, response) =>
      void response.writeHead(status, { ...headers, 'content-length': 99 }).write('{', () => response.destroy()),
  ],
];

test.for(
  [
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [429, 'UPSTREAM_RATE_LIMITED'],
    [503, 'UPSTREAM_UNAVAILABLE'],
  ].flatMap(([status, code]) => UNREADABLE_BODIES.map(([body, reply]) => [Number(status), body, code, reply] as const)),
)('HTTP %i whose body %s is %s', async ([status, , code, reply], { upstream, startGateway }) => {
  const gateway = await startGateway({ UPSTREAM_MAX_BYTES: '2000', UPSTREAM_RETRIES: '0' });
  upstream.reply(reply(status, { 'retry-after': '30' }));
  const answer = await askOne(gateway);
  expect(firstError(answer)).toMatchObject({
    code,
    upstream: { status },
    ...(status === 429 && { retryAfterSeconds: 30 }),
  });
  // A pause after a 429 is kept.
  expect(codesOf(await askOne(gateway))).toEqual([code]);
  expect(upstream.calls).toHaveLength(status === 429 ? 1 : 2);
});

test.for<readonly [string, upstreams.Reply]>([
  ['Silence', upstreams.silent],
  ['A response that drips for ever', upstreams.drip],
])('%s from upstream is UPSTREAM_TIMEOUT', async ([, reply], { upstream, startGateway, time }) => {
  const gateway = await startGateway({ UPSTREAM_TIMEOUT_MS: '1000', UPSTREAM_RETRIES: '0' });
  upstream.reply(reply);
  const asked = askOne(gateway);
  await upstream.callsReached(1);
  await time.pass(1000);
  const { status, data, errors } = await asked;
  expect([status, data]).toEqual([200, { customer: null }]);
  expect(errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'UPSTREAM_TIMEOUT', ...PUBLIC }]);
});

test('A 503 whose body takes the whole time is UPSTREAM_TIMEOUT, since it held its place so long', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway({ UPSTREAM_TIMEOUT_MS: '1000', UPSTREAM_RETRIES: '0' });
  upstream.reply((call, response) => {
    response.statusCode = 503;
    return upstreams.drip(call, response);
  });
  expect(firstError(await askOne(gateway))).toEqual({ code: 'UPSTREAM_TIMEOUT', upstream: { status: 503 }, ...PUBLIC });
});

test('A refused connection to upstream is UPSTREAM_UNAVAILABLE', async ({ startGateway }) => {
  const gone = await upstreams.startUpstream();
  const gateway = await startGateway({ UPSTREAM_URL: gone.url, UPSTREAM_RETRIES: '0' });
  await gone.close();
  expect(codesOf(await askOne(gateway))).toEqual(['UPSTREAM_UNAVAILABLE']);
});

shared('No credentials are UNAUTHENTICATED, and upstream is not asked', async ({ gateway, upstream }) => {
  const { status, data, errors } = await gateway.query(`{ ${customer('customerId')} }`, { headers: {} });
  expect([status, data, errors?.[0]?.extensions.code]).toEqual([200, { customer: null }, 'UNAUTHENTICATED']);
  expect(upstream.calls).toEqual([]);
});

shared('One customer that fails leaves the others whole', async ({ gateway, upstream }) => {
  upstream.on('917000000001', upstreams.errorBody(8015));
  const { data, errors } = await gateway.query(
    `{ customers(source: INSTORE, identifiers: [
        { name: MOBILE, value: "917406400033" }, { name: MOBILE, value: "917000000001" }, { name: MOBILE, value: " " }
      ]) { customerId promotions(limit: 1) { items { promotionId } } } }`,
  );
  expect(data.customers).toEqual([
    { customerId: '347297848', promotions: { items: [{ promotionId: '1000' }] } },
    null,
    null,
  ]);
  const failed = errors?.map(({ path, extensions }) => [path?.[1], extensions.code]).toSorted();
  expect(failed).toEqual([
    [1, 'CUSTOMER_NOT_FOUND'],
    [2, 'BAD_USER_INPUT'],
  ]);
});

shared('One entity that fails leaves the others whole', async ({ gateway }) => {
  const representations = [
    { __typename: 'Customer', identifier: { name: 'ID', value: '1' }, source: 'ALL' },
    { __typename: 'Customer', identifier: { name: 'FAX', value: '1' }, source: 'INSTORE' },
    { __typename: 'Customer', identifier: { name: 'EMAIL', value: 'a@x.com' }, source: 'WEBSITE' },
    { __typename: 'Customer' },
  ];
  const { data, errors } = await gateway.query(
    'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { customerId source } } }',
    { variables: { r: representations } },
  );
  expect(data._entities).toEqual([
    { customerId: '347297848', source: 'ALL' },
    null,
    { customerId: '347297848', source: 'WEBSITE' },
    null,
  ]);
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
});

shared("The client's request id is sent upstream, returned, and in the error", async ({ gateway, upstream }) => {
  upstream.reply(upstreams.errorBody(8015));
  const { headers, errors } = await gateway.query(`{ ${customer('customerId', '917111111111')} }`, {
    headers: { authorization: BASIC, 'x-request-id': '1c5ae62b-6b0c-4ae1-9a55-0e3d1f4f6a10' },
  });
  expect(headers.get('x-request-id')).toBe('1c5ae62b-6b0c-4ae1-9a55-0e3d1f4f6a10');
  expect(errors?.[0]?.extensions.requestId).toBe('1c5ae62b-6b0c-4ae1-9a55-0e3d1f4f6a10');
  expect(upstream.calls[0]?.headers['x-request-id']).toBe('1c5ae62b-6b0c-4ae1-9a55-0e3d1f4f6a10');
});
