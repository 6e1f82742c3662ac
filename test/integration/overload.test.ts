import { once } from 'node:events';
import { expect } from 'vitest';
import { API_KEY_CALLERS, SHOP, TILL } from '../support/credentials.ts';
import { A_MINUTE, eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { customer, type TestGateway } from '../support/gateway.ts';
import { askOne, codesOf, someone } from '../support/questions.ts';
import { connectRaw, readRaw } from '../support/rawHttp.ts';
import { expectRequestError } from '../support/requestErrors.ts';
import { gate, pages } from '../support/upstream.ts';

async function readiness(gateway: TestGateway) {
  const response = await fetch(`${gateway.origin}/readyz`);
  return [response.status, await response.json()];
}

test('An operation over MAX_IN_FLIGHT gets 503 with Retry-After, until another one ends', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway({ MAX_IN_FLIGHT: '2' });
  const held = gate(pages(1));
  upstream.reply(held.reply);
  expect(await readiness(gateway)).toEqual([200, { status: 'ready' }]);
  const under = [askOne(gateway), askOne(gateway)];
  await upstream.callsReached(2);
  const { status, headers, errors } = await gateway.query(`{ ${customer('customerId', someone())} }`);
  expect([status, headers.get('retry-after')]).toEqual([503, '1']);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'OVERLOADED', retryAfterSeconds: 1 });
  expect(await readiness(gateway)).toEqual([503, { status: 'overloaded' }]);
  expect((await fetch(`${gateway.origin}/healthz`)).status).toBe(200);
  held.open();
  expect((await Promise.all(under)).map(codesOf)).toEqual([[], []]);
  expect(await readiness(gateway)).toEqual([200, { status: 'ready' }]);
  expect(codesOf(await askOne(gateway))).toEqual([]);
});

test('One caller has at most three quarters of MAX_IN_FLIGHT, so that others are answered', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway({ ...API_KEY_CALLERS, MAX_IN_FLIGHT: '4' });
  const held = gate(pages(1));
  upstream.on('917000000001', held.reply);
  const loud = [1, 2, 3].map(() => askOne(gateway, '917000000001', { headers: SHOP }));
  await upstream.callsReached(1);
  const refusedOne = async () => codesOf(await askOne(gateway, '917000000002', { headers: SHOP }));
  await eventually('the refusal of a fourth one', refusedOne, ['OVERLOADED']);
  expect(codesOf(await askOne(gateway, '917000000002', { headers: TILL }))).toEqual([]);
  expect(await readiness(gateway)).toEqual([200, { status: 'ready' }]);
  held.open();
  expect((await Promise.all(loud)).map(codesOf)).toEqual([[], [], []]);
  expect(codesOf(await askOne(gateway, '917000000002', { headers: SHOP }))).toEqual([]);
});

test('An operation whose body comes when MAX_IN_FLIGHT is reached gets 503', async ({ startGateway, upstream }) => {
  const gateway = await startGateway({ ...API_KEY_CALLERS, MAX_IN_FLIGHT: '1' });
  const body = '{"query":"{ __typename }"}';
  const headers = [
    'host: a',
    'content-type: application/json',
    'x-api-key: till-key',
    'connection: close',
    `content-length: ${body.length}`,
    'expect: 100-continue',
  ];
  const socket = await connectRaw(gateway.origin);
  socket.write(`POST /graphql HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
  // From now on, only the body is awaited.
  expect(String((await once(socket, 'data'))[0])).toContain('100 Continue');
  const held = gate(pages(1));
  upstream.reply(held.reply);
  const other = askOne(gateway, someone(), { headers: SHOP });
  await upstream.callsReached(1);
  socket.write(body);
  const response = await readRaw(socket);
  expect([response.status, codesOf(await response.json())]).toEqual([503, ['OVERLOADED']]);
  held.open();
  expect(codesOf(await other)).toEqual([]);
});

test('Operations get 503 while the event loop lags too much', async ({ startGateway, upstream }) => {
  const gateway = await startGateway({}, { timeouts: { eventLoopDelayMs: 300 } });
  const status = async () => (await readiness(gateway))[0];
  // The machine may lag too.
  await eventually('the status of /readyz', status, 200, A_MINUTE);
  // Only synchronous work blocks an event loop. A sample that has begun long before does not show it.
  const askAfterBlock = () => {
    const until = performance.now() + 1500;
    while (performance.now() < until);
    return gateway.post({ query: '{ __typename }' });
  };
  const response = await eventually('the response after a lag', askAfterBlock, ({ status }) => status === 503);
  await expectRequestError(response, upstream, { status: 503, code: 'OVERLOADED' });
  await gateway.logs.logged(({ cause }) => cause === 'event loop lag');
  await eventually('the status of /readyz', status, 200, A_MINUTE);
});
