import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { EVENTS_TOKEN } from '../support/events.ts';
import { testWith } from '../support/fixture.ts';
import { BASIC, customer } from '../support/gateway.ts';
import { expectRequestError } from '../support/requestErrors.ts';

const test = testWith({});
const cached = testWith({ CACHE_TTL_SECONDS: '60', EVENTS_TOKEN });
const BAD_REQUEST = { status: 400, code: 'BAD_REQUEST' };
const QUERY = '{ __typename }';

// With a cache, bodies are parsed by other hooks.
describe.for([
  ['off', test],
  ['on', cached],
] as const)('With the cache %s,', ([, test]) => {
  test.for<[string, unknown]>([
    ['a batch', [{ query: QUERY }]],
    ['no JSON', '{'],
    ['JSON of something else', '"query"'],
    ['no query', {}],
    ['a query that is no text', { query: 7 }],
    ['variables that are no object', { query: QUERY, variables: 'x' }],
    ['no body', ''],
  ])('a request with %s is BAD_REQUEST', async ([, body], { gateway, upstream }) => {
    await expectRequestError(await gateway.post(body), upstream, BAD_REQUEST);
  });

  test.for([
    ['no body', '', 'application/json', 'The request body is empty. Send a JSON object with a query.'],
    ['no JSON', '{', 'application/json', 'The request body is not valid JSON. Send a JSON object with a query.'],
    ['an empty object', '{}', 'application/json', 'The request has no query. Send a JSON object with a query.'],
    ['no query', '{"variables": {}}', 'application/json', 'The request has no query. Send a JSON object with a query.'],
    [
      'a batch',
      '[{"query": "{ __typename }"}]',
      'application/json',
      'The request is a list of operations. Send one operation in a request.',
    ],
    ['another content type', '<query/>', 'application/xml', 'The Content-Type must be application/json.'],
    [
      "a content type that another site's page may send",
      '{"query":"{ __typename }"}',
      'text/plain',
      'The Content-Type must be application/json.',
    ],
  ])(
    'the message for a request with %s names what is wrong',
    async ([, body = '', type = '', message], { gateway, upstream }) => {
      const response = await gateway.post(body, { authorization: BASIC, 'content-type': type });
      expect(await expectRequestError(response, upstream, BAD_REQUEST)).toMatchObject([{ message }]);
    },
  );
});

test.for(['application/xml', 'application/json;q=0'])(
  'A request that accepts only "%s" is BAD_REQUEST, also in the log',
  async (accept, { gateway, upstream }) => {
    const response = await gateway.post({ query: `{ ${customer('customerId')} }` }, { accept, authorization: BASIC });
    const errors = await expectRequestError(response, upstream, { status: 406, code: 'BAD_REQUEST' });
    const message = 'Accept must allow application/json or application/graphql-response+json.';
    expect(errors).toMatchObject([{ message }]);
    const requestId = response.headers.get('x-request-id');
    const line = await gateway.logs.logged((each) => each.msg === 'operation' && each.requestId === requestId);
    expect(line).toMatchObject({ outcome: 'BAD_REQUEST' });
  },
);

test.for([
  ['application/graphql-response+json; charset=utf-8', 400, 'application/graphql-response+json; charset=utf-8'],
  [
    'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8',
    400,
    'application/graphql-response+json; charset=utf-8',
  ],
  ['application/json; charset=utf-8, application/graphql-response+json', 200, 'application/json; charset=utf-8'],
] as const)('An invalid document for "%s" has the status of its type', async ([accept, status, type], { gateway }) => {
  const response = await gateway.post({ query: '{ nope }' }, { accept });
  expect([response.status, response.headers.get('content-type')]).toEqual([status, type]);
  const refused = await gateway.post('{', { accept });
  expect([refused.status, refused.headers.get('content-type')]).toEqual([400, type]);
});

test('A parameter that comes twice is BAD_REQUEST, and none of the two counts', async ({ gateway, upstream }) => {
  for (const twice of [
    'variables={"v":true}&variables={"v":false}',
    'query={b}&query={c}',
    'operationName=A&operationName=B',
  ]) {
    const query = twice.startsWith('query')
      ? ''
      : `query=${encodeURIComponent('query A($v: Boolean) { a: __typename @skip(if: $v) }')}&`;
    const response = await fetch(`${gateway.url}?${query}${twice}`, { headers: { 'apollo-require-preflight': '1' } });
    await expectRequestError(response, upstream, BAD_REQUEST);
  }
});

test('A body over MAX_BODY_BYTES is BODY_TOO_LARGE', async ({ gateway, upstream }) => {
  const response = await gateway.post({ query: `{ ${customer('customerId')} }`, filler: 'x'.repeat(300_000) });
  const [error] = await expectRequestError(response, upstream, { status: 413, code: 'BODY_TOO_LARGE' });
  expect(error).toMatchObject({
    message: 'The request body must have at most 262144 bytes.',
    extensions: { limit: 262_144 },
  });
});

cached.for([
  ['too large', 413, Buffer.alloc(3_000_000, ' '), {}],
  ['too large in pieces', 413, Buffer.alloc(3_000_000, ' '), { 'transfer-encoding': 'chunked' }],
  ['too large unpacked', 413, gzipSync(Buffer.alloc(3_000_000, ' ')), { 'content-encoding': 'gzip' }],
  ['in an unknown encoding', 415, Buffer.alloc(60_000, ' '), { 'content-encoding': 'zstd' }],
] as const)(
  'A client or proxy that is refused a body %s gets its response, and keeps its connection',
  async ([, status, body, more], { gateway }) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const headers = { 'content-type': 'application/json', 'x-events-token': EVENTS_TOKEN, ...more };
    const post = async (url: string) => {
      const sent = request(url, { method: 'POST', agent, headers });
      sent.end(body);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      await once(response.resume(), 'end');
      return [response.statusCode, sent.reusedSocket];
    };
    expect(await post(gateway.url)).toEqual([status, false]);
    for (const url of [gateway.url, `${gateway.origin}/events`]) expect(await post(url)).toEqual([status, true]);
    agent.destroy();
  },
);

test('An unknown operation name is OPERATION_RESOLUTION_FAILURE', async ({ gateway, upstream }) => {
  const response = await gateway.post({ query: 'query A { __typename } query B { __typename }', operationName: 'C' });
  await expectRequestError(response, upstream, { status: 400, code: 'OPERATION_RESOLUTION_FAILURE' });
});

test("A simple GET, which another site's page may send, is BAD_REQUEST", async ({ gateway, upstream }) => {
  await expectRequestError(await fetch(`${gateway.url}?query=${QUERY}`), upstream, BAD_REQUEST);
  for (const headers of [{ authorization: BASIC }, { 'apollo-require-preflight': 'true' }]) {
    expect((await fetch(`${gateway.url}?query=${QUERY}`, { headers })).status).toBe(200);
  }
});

test('An unknown persisted query is PERSISTED_QUERY_NOT_FOUND', async ({ gateway, upstream }) => {
  const persistedQuery = { version: 1, sha256Hash: 'a'.repeat(64) };
  const response = await gateway.post({ extensions: { persistedQuery } });
  await expectRequestError(response, upstream, { status: 200, code: 'PERSISTED_QUERY_NOT_FOUND' });
});

test('A persisted query that does not match its hash is BAD_REQUEST', async ({ gateway, upstream }) => {
  const persistedQuery = { version: 1, sha256Hash: 'a'.repeat(64) };
  const response = await gateway.post({ query: QUERY, extensions: { persistedQuery } });
  await expectRequestError(response, upstream, BAD_REQUEST);
});

test('A mutation is GRAPHQL_VALIDATION_FAILED, over GET and over POST', async ({ gateway, upstream }) => {
  const code = 'GRAPHQL_VALIDATION_FAILED';
  const headers = { authorization: BASIC, 'content-type': 'application/json' };
  const overGet = await fetch(`${gateway.url}?query=mutation{a}`, { headers });
  await expectRequestError(overGet, upstream, { status: 200, code });
  await expectRequestError(await gateway.post({ query: 'mutation { a }' }), upstream, { status: 400, code });
});

test('Another path is NOT_FOUND', async ({ gateway, upstream }) => {
  const response = await fetch(`${gateway.origin}/admin`);
  await expectRequestError(response, upstream, { status: 404, code: 'NOT_FOUND' });
  const requestId = response.headers.get('x-request-id');
  expect(await gateway.logs.logged((line) => line.requestId === requestId)).toMatchObject({ msg: 'no such path' });
});

test.for<[string, Record<string, string>]>([
  ['that is no JSON', {}],
  ['that is not compressed as it says', { 'content-encoding': 'gzip' }],
])('Another path is NOT_FOUND whatever a body holds, such as one %s', async ([, headers], { gateway, upstream }) => {
  const sent = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{' };
  const response = await fetch(`${gateway.origin}/admin`, sent);
  await expectRequestError(response, upstream, { status: 404, code: 'NOT_FOUND' });
});

test('A path that cannot be decoded is BAD_REQUEST, and is not repeated', async ({ gateway, upstream }) => {
  const response = await fetch(`${gateway.origin}/%ff917406400033`);
  const copy = response.clone();
  await expectRequestError(response, upstream, BAD_REQUEST);
  expect(await copy.text()).not.toContain('917406400033');
});

test.for(['PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s is METHOD_NOT_ALLOWED', async (method, { gateway, upstream }) => {
  const response = await fetch(gateway.url, { method });
  expect(response.headers.get('allow')).toBe('GET, POST');
  await expectRequestError(response, upstream, { status: 405, code: 'METHOD_NOT_ALLOWED' });
});

test('HEAD is 405 too', async ({ gateway }) => {
  const response = await fetch(gateway.url, { method: 'HEAD' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
});
