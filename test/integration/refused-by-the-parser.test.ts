import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import Fastify, { type FastifyReply } from 'fastify';
import { expect } from 'vitest';
import { UnroutedRequests } from '../../src/http/unroutedRequests.ts';
import { test } from '../support/fixture.ts';
import { BASIC, customer } from '../support/gateway.ts';
import { connectRaw, readRaw, sendRaw } from '../support/rawHttp.ts';
import { expectRequestError } from '../support/requestErrors.ts';
import { silent } from '../support/upstream.ts';

const BODY = '{"query":"{ __typename }"}';
const JSON_TYPE = 'content-type: application/json';

/** A POST to /graphql as it is written to a connection, which closes after it. */
function post(headers: readonly string[], version = '1.1'): string {
  const lines = [JSON_TYPE, 'connection: close', `content-length: ${BODY.length}`, ...headers];
  return `POST /graphql HTTP/${version}\r\n${lines.join('\r\n')}\r\n\r\n${BODY}`;
}

test.for([
  ['a host that cannot be decoded', post(['host: a%zz'])],
  ['an empty host', post(['host:'])],
  ['half an IPv6 address as a host', post(['host: ['])],
  ['a host with a space and a path', post(['host: a b:c/d'])],
  ['no host, in HTTP/1.0', post([], '1.0')],
  ['a forwarded host that cannot be decoded', post(['host: a', 'x-forwarded-host: a%zz'])],
  ['a forwarded protocol that is none', post(['host: a', 'x-forwarded-proto: ht!tp'])],
  ['an expectation that nobody knows', post(['host: a', 'expect: tea'])],
])('A request with %s is answered', async ([, bytes = ''], { startGateway }) => {
  const gateway = await startGateway({ TRUSTED_PROXIES: 'loopback' });
  const response = await sendRaw(gateway.origin, bytes);
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('"__typename":"Query"')]);
});

const SHORT = { headersMs: 200, requestMs: 400, checkEveryMs: 50 };

test.for([
  ['no host, in HTTP/1.1', post([]), 400, 'BAD_REQUEST'],
  ['headers over 16 KB', post(['host: a', `x-long: ${'x'.repeat(17_000)}`]), 431, 'HEADERS_TOO_LARGE'],
  ['a header without a name', post(['host: a', ': value']), 400, 'BAD_REQUEST'],
  ['two lengths', post(['host: a', 'transfer-encoding: chunked']), 400, 'BAD_REQUEST'],
  ['half a head', 'POST /graphql HTTP/1.1\r\nhost: a\r\n', 408, 'REQUEST_TIMEOUT'],
  ['half a body', post(['host: a']).slice(0, -9), 408, 'REQUEST_TIMEOUT'],
  ['another protocol', 'SSH-2.0-client\r\n\r\n', 400, 'BAD_REQUEST'],
] as const)(
  'A request with %s gets an error in the documented shape, a log line and a count',
  async ([, bytes, status, code], { startGateway, upstream }) => {
    const gateway = await startGateway({ METRICS: 'true', CORS_ORIGINS: 'https://shop.example' }, { timeouts: SHORT });
    const response = await sendRaw(gateway.origin, bytes);
    await expectRequestError(response.clone(), upstream, { status, code });
    const requestId = response.headers.get('x-request-id');
    await expect
      .poll(() => gateway.logs.lines().filter((line) => line.requestId === requestId))
      .toMatchObject([{ outcome: code }]);
    expect(gateway.logs.lines()).toHaveLength(1);
    expect(await gateway.metrics()).toMatch(new RegExp(`gateway_operations_total{[^}]*outcome="${code}"[^}]*} 1`));
  },
);

test('A body that is shorter than its Content-Length is refused if the client sends no more', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway();
  const response = await sendRaw(gateway.origin, post(['host: a']).slice(0, -9), { andEnd: true });
  await expectRequestError(response, upstream, { status: 400, code: 'BAD_REQUEST' });
  expect(await gateway.logs.operations(1)).toMatchObject([{ outcome: 'BAD_REQUEST' }]);
});

test('An operation that is followed by what is no HTTP is refused, and its log line and count say why', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway({ METRICS: 'true' });
  upstream.reply(silent);
  const body = JSON.stringify({ query: `{ ${customer('customerId')} }` });
  const lines = ['host: a', JSON_TYPE, `authorization: ${BASIC}`, `content-length: ${body.length}`];
  const bytes = `POST /graphql HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}no HTTP\r\n\r\n`;
  expect((await sendRaw(gateway.origin, bytes)).status).toBe(400);
  expect(await gateway.logs.operations(1)).toMatchObject([
    { outcome: 'BAD_REQUEST', cause: expect.stringMatching(/^HPE_/) },
  ]);
  expect(await gateway.metrics()).not.toContain('INTERNAL_SERVER_ERROR');
});

test.for([
  ['does not come in time', ''],
  ['is no HTTP', 'no HTTP\r\n'],
])(
  'A refused request whose rest %s has one response, one log line and one count',
  async ([, rest = ''], { startGateway }) => {
    const gateway = await startGateway({ METRICS: 'true' }, { timeouts: SHORT });
    const socket = await connectRaw(gateway.origin);
    const lines = ['host: a', JSON_TYPE, `authorization: ${BASIC}`, 'transfer-encoding: chunked'];
    socket.write(`POST /graphql HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n493e0\r\n${' '.repeat(300_000)}\r\n`);
    const [first] = await once(socket, 'data');
    const others: unknown[] = [];
    socket.on('data', (data) => others.push(String(data)));
    socket.write(rest);
    await once(socket, 'close');
    expect([String(first).slice(0, 12), others]).toEqual(['HTTP/1.1 413', []]);
    expect(gateway.logs.lines().map(({ outcome }) => outcome)).toEqual(['BODY_TOO_LARGE']);
    expect(await gateway.metrics()).not.toMatch(/outcome="(BAD_REQUEST|REQUEST_TIMEOUT)"/);
  },
);

test('What is no HTTP is refused in the documented shape also behind a request that has its response', async ({
  startGateway,
  upstream,
}) => {
  const { origin } = await startGateway();
  const socket = await connectRaw(origin);
  socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n');
  const [first] = await once(socket, 'data');
  expect(String(first)).toContain('{"status":"ok"}');
  socket.write('no HTTP\r\n\r\n');
  await expectRequestError(await readRaw(socket), upstream, { status: 400, code: 'BAD_REQUEST' });
});

test('No error is written into a response that has begun', async () => {
  const unrouted = new UnroutedRequests({}, false, () => {});
  let newest: FastifyReply | undefined;
  const server = Fastify({
    clientErrorHandler: (error, socket) => unrouted.refusedByParser(error, socket, newest),
  });
  const file = new PassThrough();
  server.get('/', (_, reply) => {
    newest = reply;
    return reply.send(file);
  });
  file.write('the begin');
  const socket = await connectRaw(await server.listen());
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  const [begin] = await once(socket, 'data');
  expect(String(begin)).toContain('HTTP/1.1 200');
  socket.write('no HTTP\r\n\r\n');
  expect(await text(socket)).not.toContain('HTTP/1.1 400');
  await server.close();
});

test('What the parser or the router refuses may be read by pages of any origin if CORS is on, else by none', async ({
  startGateway,
}) => {
  const requests = ['GET / HTTP/1.1\r\n: x\r\n\r\n', 'GET /%ff HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'];
  const allowedBy = async (env: Record<string, string>) => {
    const { origin } = await startGateway(env);
    const responses = await Promise.all(requests.map((bytes) => sendRaw(origin, bytes)));
    return responses.map(({ status, headers }) => [status, headers.get('access-control-allow-origin')]);
  };
  expect(await allowedBy({ CORS_ORIGINS: 'https://shop.example' })).toEqual([
    [400, '*'],
    [400, '*'],
  ]);
  expect(await allowedBy({})).toEqual([
    [400, null],
    [400, null],
  ]);
});

test('Pages of allowed origins may read the headers that clients need', async ({ startGateway }) => {
  const gateway = await startGateway({ CORS_ORIGINS: 'https://shop.example', RATE_LIMIT_PER_MINUTE: '5' });
  const response = await gateway.post({ query: '{ __typename }' }, { origin: 'https://shop.example' });
  expect(response.headers.get('access-control-expose-headers')).toBe(
    'x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset',
  );
});

test('OPTIONS without the headers of a preflight is answered while CORS is on', async ({ startGateway }) => {
  const gateway = await startGateway({ CORS_ORIGINS: 'https://shop.example' });
  expect((await fetch(gateway.url, { method: 'OPTIONS' })).status).toBe(204);
});

test.for(['PUT', 'PATCH', 'DELETE'])('%s is 405, whatever its body is', async (method, { startGateway, upstream }) => {
  const gateway = await startGateway();
  const response = await fetch(gateway.url, { method, headers: { 'content-type': 'text/plain' }, body: 'no JSON' });
  expect(response.headers.get('allow')).toBe('GET, POST');
  await expectRequestError(response, upstream, { status: 405, code: 'METHOD_NOT_ALLOWED' });
});

test.for(['TRACE', 'PROPFIND', 'SEARCH', 'M-SEARCH'])('%s is 405', async (method, { startGateway, upstream }) => {
  const gateway = await startGateway();
  const response = await sendRaw(gateway.origin, `${method} /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
  expect(response.headers.get('allow')).toBe('GET, POST');
  await expectRequestError(response, upstream, { status: 405, code: 'METHOD_NOT_ALLOWED' });
});
