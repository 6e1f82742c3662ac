import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { askEach, askOne, outcomeOf } from '../support/questions.ts';
import * as upstreams from '../support/upstream.ts';
import { failing, type Reply } from '../support/upstream.ts';

const down: Reply = upstreams.text('down', 503);

test.for<readonly [string, Reply]>([
  ['an HTTP 503', down],
  ['an HTTP 500 with an error body whose code says no more', upstreams.errorBody(500, 500)],
  ['an HTTP 500 with an error body of an unknown code', upstreams.errorBody(9999, 500)],
  ['a connection that broke', upstreams.reset],
  ['a response that was cut', upstreams.cutOff],
])('A call is retried after %s', async ([, reply], { upstream, startGateway }) => {
  const gateway = await startGateway();
  upstream.reply(failing(2, reply));
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
  expect(upstream.calls).toHaveLength(3);
});

test('A call is retried after an attempt that took UPSTREAM_TIMEOUT_MS', async ({ upstream, startGateway, time }) => {
  const gateway = await startGateway({ UPSTREAM_TIMEOUT_MS: '1000' });
  upstream.reply(failing(2, upstreams.silent));
  const asked = askOne(gateway);
  await upstream.callsReached(1);
  await time.pass(1000);
  await upstream.callsReached(2);
  await time.pass(1000);
  expect(outcomeOf(await asked)).toBe('OK');
  expect(upstream.calls).toHaveLength(3);
});

test('A call is retried at most UPSTREAM_RETRIES times', async ({ upstream, startGateway }) => {
  const gateway = await startGateway({ UPSTREAM_RETRIES: '1' });
  upstream.reply(failing(2, down));
  expect(outcomeOf(await askOne(gateway))).toBe('UPSTREAM_UNAVAILABLE');
  expect(upstream.calls).toHaveLength(2);
});

test.for<readonly [string, Reply, string]>([
  ['an error body', upstreams.errorBody(8015), 'CUSTOMER_NOT_FOUND'],
  ['an HTTP 400', upstreams.json({}, 400), 'UPSTREAM_REJECTED'],
  ['an HTTP 401', upstreams.json({}, 401), 'UNAUTHENTICATED'],
  ['an HTTP 403', upstreams.json({}, 403), 'FORBIDDEN'],
  ['an HTTP 429', upstreams.json({}, 429), 'UPSTREAM_RATE_LIMITED'],
  ['HTML', upstreams.text('<html>'), 'UPSTREAM_INVALID_RESPONSE'],
])('A call is not retried after %s', async ([, reply, code], { upstream, startGateway }) => {
  const gateway = await startGateway();
  upstream.reply(failing(1, reply));
  expect(outcomeOf(await askOne(gateway))).toBe(code);
  expect(upstream.calls).toHaveLength(1);
});

test('Retries add at most a tenth to the calls, so a failing upstream never gets double the load', async ({
  upstream,
  startGateway,
  time: _,
}) => {
  const gateway = await startGateway();
  await askEach(gateway, 100);
  upstream.reply(down);
  // Of one customer, whose calls open no circuit.
  for (let i = 0; i < 30; i++) {
    const failure = await gateway.query(`{ ${customer(`promotions(offset: ${i}) { items { promotionId } }`)} }`);
    expect(outcomeOf(failure)).toBe('UPSTREAM_UNAVAILABLE');
  }
  // A tenth of the 130 calls.
  expect(upstream.calls).toHaveLength(100 + 30 + 13);
});
