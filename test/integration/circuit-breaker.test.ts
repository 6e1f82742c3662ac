import { expect } from 'vitest';
import { OTHER_BASIC } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { test, testWith } from '../support/fixture.ts';
import { BASIC, customer } from '../support/gateway.ts';
import { askEach, askOne, dataOf, firstError, outcomeOf } from '../support/questions.ts';
import * as upstreams from '../support/upstream.ts';
import { gate, pages, type Reply } from '../support/upstream.ts';

const down: Reply = upstreams.text('down', 503);

test('The circuit opens when upstream fails, refuses calls at once, probes two seconds later and closes', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({ UPSTREAM_RETRIES: '0' });
  upstream.reply(down);
  const failures = await askEach(gateway, 25);
  expect(new Set(failures.map(outcomeOf))).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
  const before = upstream.calls.length;
  expect(firstError(await askOne(gateway))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 2 });
  await time.pass(1999);
  expect(firstError(await askOne(gateway))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 1 });
  expect(upstream.calls).toHaveLength(before);

  upstream.reply(pages(10));
  await time.pass(1);
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
  expect(new Set((await askEach(gateway, 20)).map(outcomeOf))).toEqual(new Set(['OK']));
  expect(upstream.calls).toHaveLength(before + 21);
  const states = gateway.logs.lines().flatMap(({ circuit }) => circuit ?? []);
  expect(states).toEqual(['open', 'closed']);
  const [first, second, probe] = (await gateway.logs.operations(28)).slice(25);
  expect([first?.cause, second?.cause]).toEqual(['circuit open', 'circuit open']);
  expect(probe).toMatchObject({ outcome: 'OK', upstreamCalls: 1 });
});

test('The circuit opens again for two seconds when the probe fails', async ({ upstream, startGateway, time }) => {
  const gateway = await startGateway({ UPSTREAM_RETRIES: '0' });
  upstream.reply(down);
  await askEach(gateway, 25);
  const before = upstream.calls.length;
  await time.pass(2000);
  expect(outcomeOf(await askOne(gateway))).toBe('UPSTREAM_UNAVAILABLE');
  expect(firstError(await askOne(gateway))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 2 });
  expect(upstream.calls).toHaveLength(before + 1);
});

test('The last response is served from the cache while the circuit is open', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({
    CACHE_TTL_SECONDS: '60',
    CACHE_STALE_SECONDS: '600',
    UPSTREAM_RETRIES: '0',
    METRICS: 'true',
  });
  const known = '917406400033';
  const fresh = await askOne(gateway, known);
  await time.pass(60_000);
  upstream.reply(down);
  await askEach(gateway, 40);
  expect(await gateway.metric('gateway_upstream_circuit{state="open"}')).toBe(1);
  expect(dataOf(await askOne(gateway, known))).toEqual(fresh.data);
});

testWith({}).for<readonly [string, Reply]>([
  ['error bodies', upstreams.errorBody(8015)],
  ['error bodies with HTTP 500 that say what is wrong', upstreams.errorBody(8015, 500)],
  ['HTTP 400', upstreams.json({}, 400)],
  ['HTML', upstreams.text('<html>')],
])('The circuit stays closed for %s', async ([, reply], { upstream, gateway }) => {
  upstream.reply(reply);
  for (let i = 0; i < 4; i++) await askEach(gateway, 10);
  expect(upstream.calls).toHaveLength(40);
  upstream.reply(pages(10));
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
});

test('The circuit stays closed for one customer whose calls always fail, whatever is asked', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway();
  upstream.on('917406400033', down);
  for (let i = 0; i < 30; i++) {
    const answer = await gateway.query(`{ ${customer(`promotions(offset: ${i}) { items { promotionId } }`)} }`);
    expect(outcomeOf(answer)).toBe('UPSTREAM_UNAVAILABLE');
  }
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
});

test('A probe holds its place as long as its call lasts, and its client gets the response', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({ UPSTREAM_CONCURRENCY: '1', UPSTREAM_RETRIES: '0' });
  const callers = ['b25lOng=', 'dHdvOng='].map((text) => ({ headers: { authorization: `Basic ${text}` } }));
  upstream.reply(down);
  for (const caller of callers) for (let i = 0; i < 10; i++) await askOne(gateway, undefined, caller);
  await time.pass(2000);
  const held = gate(pages(10));
  upstream.reply(held.reply);
  const asked = Promise.all(callers.map((caller) => askOne(gateway, undefined, caller)));
  await upstream.callsReached(21);
  await time.pass(1500);
  expect(upstream.calls).toHaveLength(21);
  held.open();
  expect((await asked).map(outcomeOf)).toEqual(['OK', 'OK']);
  expect(upstream.calls).toHaveLength(22);
});

test.for<readonly [string, Reply]>([
  ['HTTP 500 with an error body', upstreams.errorBody(500, 500)],
  ['HTTP 500 with a code that nobody knows', upstreams.errorBody(9999, 500)],
  ['HTTP 200 with the code 500', upstreams.errorBody(500, 200)],
])('The circuit opens for %s', async ([, reply], { upstream, startGateway, time: _ }) => {
  const gateway = await startGateway({ UPSTREAM_RETRIES: '0' });
  upstream.reply(reply);
  await askEach(gateway, 25);
  const before = upstream.calls.length;
  upstream.reply(pages(10));
  expect(firstError(await askOne(gateway))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 2 });
  expect(upstream.calls).toHaveLength(before);
});

test("The circuit of one caller's credentials is open for that caller only", async ({
  upstream,
  startGateway,
  time: _,
}) => {
  const gateway = await startGateway({ UPSTREAM_RETRIES: '0' });
  upstream.reply((call, response) => (call.headers.authorization === BASIC ? down : pages(10))(call, response));
  await askEach(gateway, 25);
  expect(firstError(await askOne(gateway))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 2 });
  const other = { headers: { authorization: OTHER_BASIC } };
  expect(new Set((await askEach(gateway, 20, other)).map(outcomeOf))).toEqual(new Set(['OK']));
});

test('A silent upstream opens the circuit after its first timeouts, even after many successes', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({ UPSTREAM_TIMEOUT_MS: '1000' });
  await askEach(gateway, 100);
  upstream.reply(upstreams.silent);
  const asked = askEach(gateway, 40);
  await upstream.callsReached(116);
  await time.pass(1000);
  expect(firstError(await askOne(gateway))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 2 });
  // The calls before the tenth timeout.
  await time.pass(1000);
  expect((await asked).map(outcomeOf)).not.toContain('OK');
});

test('An operation that ends at its deadline does not open the circuit', async ({ upstream, startGateway, time }) => {
  const gateway = await startGateway({ UPSTREAM_DEADLINE_MS: '1000', UPSTREAM_CONCURRENCY: '16', METRICS: 'true' });
  const held = gate(pages(10));
  upstream.reply(held.reply);
  const first = askEach(gateway, 16);
  await upstream.callsReached(16);
  const asked = askEach(gateway, 16);
  await eventually('waiting calls', () => gateway.metric('gateway_upstream_concurrency_waiting'), 16);
  await time.pass(600);
  upstream.reply(upstreams.silent);
  held.open();
  await upstream.callsReached(32);
  await time.pass(400);
  expect(new Set((await first).map(outcomeOf))).toEqual(new Set(['OK']));
  expect(new Set((await asked).map(outcomeOf))).toEqual(new Set(['UPSTREAM_TIMEOUT']));
  upstream.reply(pages(10));
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
});

test('A silent upstream opens the circuit also if UPSTREAM_DEADLINE_MS is shorter than an attempt', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({ UPSTREAM_DEADLINE_MS: '1000', UPSTREAM_RETRIES: '0' });
  upstream.reply(upstreams.silent);
  const asked = askEach(gateway, 16);
  await upstream.callsReached(16);
  await time.pass(900);
  expect(new Set((await asked).map(outcomeOf))).toEqual(new Set(['UPSTREAM_TIMEOUT']));
  expect(firstError(await askOne(gateway))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 2 });
});
