import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BASIC, customer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Expected, expectRequestError } from '../support/requestErrors.ts';
import { gate, pages, startUpstream, type TestUpstream } from '../support/upstream.ts';

let upstream: TestUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => upstream.reset());
afterAll(() => upstream.close());

const ASKED = customer('id');
const HEADERS = { authorization: BASIC, 'content-type': 'application/json' };

const refused = (response: Response, expected: Expected) => expectRequestError(response, upstream, expected);

const send = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(gateway.url, {
    method: 'POST',
    headers: { ...HEADERS, accept: 'application/graphql-response+json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('A request that is no GraphQL request is refused', () => {
  beforeAll(async () => {
    gateway = await startTestGateway(upstream);
  });
  afterAll(() => gateway.close());
  const badRequest = { status: 400, code: 'BAD_REQUEST' };

  test('with a body over MAX_BODY_BYTES', async () => {
    const response = await send({ query: `{ ${ASKED} }`, filler: 'x'.repeat(300_000) });
    await refused(response, { status: 413, code: 'BODY_TOO_LARGE' });
  });
  test('with a batch', async () => refused(await send([{ query: '{ __typename }' }]), badRequest));
  test('with no JSON', async () => refused(await send('{'), badRequest));
  test('with JSON of something else', async () => refused(await send('"query"'), badRequest));
  test('without a query', async () => refused(await send({}), badRequest));
  test('with a query that is no text', async () => refused(await send({ query: 7 }), badRequest));
  test('with variables that are no object', async () =>
    refused(await send({ query: '{ __typename }', variables: 'x' }), badRequest));
  test('with no body', async () => refused(await send(''), badRequest));
  test('with an unknown operation name', async () =>
    refused(await send({ query: 'query A { __typename } query B { __typename }', operationName: 'C' }), {
      status: 400,
      code: 'OPERATION_RESOLUTION_FAILURE',
    }));
  test('in a content type that a page of another site may send', async () =>
    refused(await send({ query: '{ __typename }' }, { 'content-type': 'text/plain' }), badRequest));
  test('as a simple GET, which a page of another site may send', async () => {
    const headers = { authorization: BASIC };
    await refused(await fetch(`${gateway.url}?query={__typename}`, { headers }), badRequest);
    const allowed = { ...headers, 'apollo-require-preflight': 'true' };
    expect((await fetch(`${gateway.url}?query={__typename}`, { headers: allowed })).status).toBe(200);
  });
  test('with a persisted query that is unknown, or not what its hash says', async () => {
    const persistedQuery = { version: 1, sha256Hash: 'a'.repeat(64) };
    await refused(await send({ extensions: { persistedQuery } }), { status: 200, code: 'PERSISTED_QUERY_NOT_FOUND' });
    await refused(await send({ query: '{ __typename }', extensions: { persistedQuery } }), {
      status: 400,
      code: 'BAD_REQUEST',
    });
  });
  test('as a mutation, over GET or not', async () => {
    const overGet = await fetch(`${gateway.url}?query=mutation{a}`, { headers: HEADERS });
    await refused(overGet, { status: 200, code: 'GRAPHQL_VALIDATION_FAILED' });
    const overPost = await send({ query: 'mutation { a }' });
    await refused(overPost, { status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
  });
  test('at another path or with another method', async () => {
    await refused(await fetch(`${gateway.origin}/admin`), { status: 404, code: 'NOT_FOUND' });
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const response = await fetch(gateway.url, { method });
      expect(response.headers.get('allow')).toBe('GET, POST');
      await refused(response, { status: 405, code: 'METHOD_NOT_ALLOWED' });
    }
  });
});

describe('Headers', () => {
  afterEach(() => gateway.close());

  test('keep answers out of caches and pages', async () => {
    gateway = await startTestGateway(upstream);
    const { headers } = await gateway.query(`{ ${ASKED} }`);
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age='),
    });
    expect(headers.has('x-powered-by')).toBe(false);
    expect(headers.has('server')).toBe(false);
  });

  const preflight = (origin: string) =>
    fetch(gateway.url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });

  test('let no page of another origin in', async () => {
    gateway = await startTestGateway(upstream);
    expect((await preflight('https://evil.example')).headers.has('access-control-allow-origin')).toBe(false);
    const { headers } = await gateway.query(`{ ${ASKED} }`, {
      headers: { authorization: BASIC, origin: 'https://evil.example' },
    });
    expect(headers.has('access-control-allow-origin')).toBe(false);
  });

  test('let those of CORS_ORIGINS in, and no others', async () => {
    gateway = await startTestGateway(upstream, { CORS_ORIGINS: 'https://shop.example, https://till.example' });
    const allowed = await preflight('https://till.example');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://till.example');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('content-type');
    const { headers } = await preflight('https://evil.example');
    expect(headers.get('access-control-allow-origin')).not.toBe('https://evil.example');
    expect(headers.get('access-control-allow-origin')).not.toBe('*');
  });
});

describe('Too much', () => {
  afterEach(() => gateway.close());

  test('of one caller is 429 with the standard headers, and other callers go on', async () => {
    gateway = await startTestGateway(upstream, {
      RATE_LIMIT_PER_MINUTE: '2',
      AUTH_MODE: 'api-key',
      AUTH_API_KEYS: [
        'shop:2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683',
        'till:683d6de3f80ad17c9f5ec0d28d8d2d5ddcd8a4f6d4d1e3c5a5d8b5d5e7a6c9f0',
      ].join(','),
    });
    const asShop = () => send({ query: '{ __typename }' }, { 'x-api-key': 'key' });
    const first = await asShop();
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit-limit')).toBe('2');
    expect(first.headers.get('ratelimit-remaining')).toBe('1');
    expect((await asShop()).status).toBe(200);
    const third = await asShop();
    const [error] = await refused(third, { status: 429, code: 'RATE_LIMITED' });
    expect(third.headers.get('retry-after')).toBe(String(error.extensions.retryAfterSeconds));
    expect(third.headers.get('ratelimit-remaining')).toBe('0');
  });

  test('at once is 503 with Retry-After; /readyz says so, /healthz stays, and it passes', async () => {
    gateway = await startTestGateway(upstream, { MAX_IN_FLIGHT: '2' });
    const held = gate(pages(1));
    upstream.reply(held.reply);
    const readiness = async () => {
      const response = await fetch(`${gateway.origin}/readyz`);
      return [response.status, (await response.json()) as unknown];
    };
    expect(await readiness()).toEqual([200, { status: 'ready' }]);
    const under = ['917000000001', '917000000002'].map((value) => gateway.query(`{ ${customer('id', value)} }`));
    await upstream.callsReached(2);
    const { status, headers, errors } = await gateway.query(`{ ${ASKED} }`);
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'OVERLOADED', retryAfterSeconds: 1 });
    expect(await readiness()).toEqual([503, { status: 'overloaded' }]);
    expect((await fetch(`${gateway.origin}/healthz`)).status).toBe(200);
    held.open();
    for (const answer of await Promise.all(under)) expect(answer.errors).toBeUndefined();
    expect(await readiness()).toEqual([200, { status: 'ready' }]);
    expect((await gateway.query(`{ ${ASKED} }`)).errors).toBeUndefined();
  });
});

test('An event loop that lags is 503 too, until it has caught up', async () => {
  gateway = await startTestGateway(upstream, { MAX_EVENT_LOOP_DELAY_MS: '100' });
  const answering = async () => (await fetch(`${gateway.origin}/readyz`)).status;
  while ((await answering()) !== 200);
  const until = performance.now() + 1500;
  while (performance.now() < until);
  await refused(await send({ query: '{ __typename }' }), { status: 503, code: 'OVERLOADED' });
  while ((await answering()) !== 200);
  expect((await send({ query: '{ __typename }' })).status).toBe(200);
  await gateway.close();
});

describe('A client that sends slowly', () => {
  const TIMES = { headersMs: 300, requestMs: 600, responseMs: 600, checkEveryMs: 100 };
  afterEach(() => gateway.close());

  test.each([
    ['nothing', ''],
    ['half a head', 'POST /graphql HTTP/1.1\r\nHost: gateway\r\n'],
    [
      'a body byte by byte',
      'POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{"query":',
    ],
  ])('%s loses its socket', async (_, beginning) => {
    gateway = await startTestGateway(upstream, {}, undefined, TIMES);
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(beginning);
    const drip = setInterval(() => socket.write(beginning.endsWith(':') ? ' ' : ''), 50);
    socket.resume();
    await once(socket, 'close');
    clearInterval(drip);
    expect((await gateway.query(`{ ${ASKED} }`)).errors).toBeUndefined();
  });
});
