import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { BASIC, customer, type TestGateway } from '../support/gateway.ts';
import { askOne, codesOf, someone } from '../support/questions.ts';
import { refusesConnections } from '../support/rawHttp.ts';
import { json, pageBody } from '../support/upstream.ts';

const SHORT = { headersMs: 200, requestMs: 400, responseMs: 400, checkEveryMs: 50 };

async function open(gateway: TestGateway, text: string): Promise<Socket> {
  const { hostname, port } = new URL(gateway.origin);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** Resolves when the gateway has closed the connection, with or without a reset. */
function closed(socket: Socket): Promise<void> {
  socket.resume();
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

const head = (length: number) =>
  `POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\nauthorization: ${BASIC}\r\ncontent-length: ${length}\r\n\r\n`;

test('A request head that does not end is cut, and others are served meanwhile', async ({ startGateway }) => {
  const gateway = await startGateway({}, { timeouts: SHORT });
  const slow = await open(gateway, 'POST /graphql HTTP/1.1\r\nhost: gateway\r\nx-slow: ');
  expect(codesOf(await askOne(gateway))).toEqual([]);
  await closed(slow);
});

test('Half-sent bodies do not count as in flight, and are cut', async ({ startGateway }) => {
  const gateway = await startGateway({ MAX_IN_FLIGHT: '2' }, { timeouts: SHORT });
  const halves = await Promise.all(Array.from({ length: 20 }, () => open(gateway, `${head(100)}{`)));
  expect(codesOf(await askOne(gateway))).toEqual([]);
  expect((await fetch(`${gateway.origin}/readyz`)).status).toBe(200);
  await Promise.all(halves.map(closed));
});

test('A response that is not read is cut, and no longer counts as in flight', async ({ startGateway, upstream }) => {
  const long = 'x'.repeat(10_000);
  upstream.reply((call, response) => {
    const page = pageBody(100, 0, 100);
    const promotions = page.promotions.map((promotion) => ({ ...promotion, description: long }));
    return json({ ...page, promotions })(call, response);
  });
  const gateway = await startGateway({ MAX_IN_FLIGHT: '1', MAX_RESPONSE_BYTES: '20000000' }, { timeouts: SHORT });
  const aliases = Array.from({ length: 5 }, (_, i) => `a${i}: description`).join(' ');
  const query = `{ ${customer(`promotions(limit: 100) { items { ${aliases} } }`, someone())} }`;
  const body = JSON.stringify({ query });
  const unread = await open(gateway, head(Buffer.byteLength(body)) + body);
  unread.pause();
  await once(unread, 'readable');
  await eventually("another operation's errors", async () => codesOf(await askOne(gateway)), []);
  await closed(unread);
});

test('An address may hold a quarter of all connections, and further ones are closed at once', async ({
  startGateway,
  time,
}) => {
  const gateway = await startGateway({ MAX_CONNECTIONS: '40', METRICS: 'true' });
  const idle = await Promise.all(Array.from({ length: 10 }, () => open(gateway, '')));
  const eleventh = await open(gateway, '');
  await closed(eleventh);
  await closed(await open(gateway, ''));
  expect(idle.map((socket) => socket.destroyed)).toEqual(idle.map(() => false));
  for (const socket of idle) socket.destroy();
  // One line for all refusals of ten seconds.
  const lines = () => gateway.logs.lines().filter(({ msg }) => msg === 'connections refused');
  await time.pass(9_999);
  expect(lines()).toEqual([]);
  await time.pass(1);
  expect(lines()).toMatchObject([{ bound: 'address', refused: 2 }]);
  expect(await gateway.metric('gateway_connections_refused_total{bound="address"}')).toBe(2);
});

test('Thousands of idle connections do not harm others', async ({ startGateway }) => {
  const gateway = await startGateway({ MAX_CONNECTIONS: '8000' });
  const idle = await Promise.all(Array.from({ length: 1900 }, () => open(gateway, '')));
  const statuses = await Promise.all(Array.from({ length: 20 }, async () => codesOf(await askOne(gateway))));
  expect(statuses).toEqual(statuses.map(() => []));
  expect((await fetch(`${gateway.origin}/readyz`)).status).toBe(200);
  for (const socket of idle) socket.destroy();
});

test('A trusted proxy may hold more than a quarter of all connections', async ({ startGateway }) => {
  const gateway = await startGateway({ MAX_CONNECTIONS: '40', TRUSTED_PROXIES: 'loopback' });
  const idle = await Promise.all(Array.from({ length: 30 }, () => open(gateway, '')));
  expect(codesOf(await askOne(gateway))).toEqual([]);
  expect(idle.map((socket) => socket.destroyed)).toEqual(idle.map(() => false));
  for (const socket of idle) socket.destroy();
});

test.for([
  ['nothing', ''],
  ['half a head', 'POST /graphql HTTP/1.1\r\nhost: gateway\r\n'],
  ['a body byte by byte', `${head(9999)}{"query":`],
])('A client that sends %s loses its socket', async ([, beginning = ''], { startGateway }) => {
  const gateway = await startGateway({}, { timeouts: SHORT });
  const socket = await open(gateway, beginning);
  const drip = setInterval(() => socket.write(beginning.endsWith(':') ? ' ' : ''), 50);
  await closed(socket);
  clearInterval(drip);
  expect(codesOf(await askOne(gateway))).toEqual([]);
});

test.for([1, 2, 3, 4, 5, 6])(
  'The end waits for files that are requested, and for the rest of a head, %i turns after they came',
  async (turns, { startGateway }) => {
    const gateway = await startGateway({ PLAYGROUND: 'true' });
    const page = await (await fetch(gateway.url, { headers: { accept: 'text/html' } })).text();
    const [, file = ''] = /src="\.\/(playground\/[^"]+)"/.exec(page) ?? [];
    expect(file).not.toBe('');
    const get = (path: string) => `GET /${path} HTTP/1.1\r\nhost: gateway\r\n`;
    const [whole, half] = [await open(gateway, `${get('healthz')}\r\n`), await open(gateway, `${get('healthz')}\r\n`)];
    for (const socket of [whole, half]) expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 200/);
    const responses = [whole, half].map((socket) => once(socket, 'data'));
    whole.write(`${get(file)}\r\n`);
    half.write(get('healthz'));
    for (let i = 0; i < turns; i++) await nextTurn();
    const ended = gateway.close();
    await refusesConnections(gateway.origin);
    half.write('\r\n');
    for (const response of responses) expect(String(await response)).toMatch(/^HTTP\/1\.1 200/);
    for (const socket of [whole, half]) socket.destroy();
    await ended;
  },
);
