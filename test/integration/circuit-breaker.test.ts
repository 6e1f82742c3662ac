import { expect } from 'vitest';
import { test, testWith } from '../support/fixture.ts';
import { askEach, askOne, firstError, outcomeOf } from '../support/questions.ts';
import * as upstreams from '../support/upstream.ts';
import { pages, type Reply } from '../support/upstream.ts';

const down: Reply = upstreams.text('down', 503);

test('The circuit opens when upstream fails, refuses calls at once, probes five seconds later and closes', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({ UPSTREAM_RETRIES: '0' });
  upstream.reply(down);
  const failures = await askEach(gateway, 25);
  expect(new Set(failures.map(outcomeOf))).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
  const before = upstream.calls.length;
  expect(firstError(await askOne(gateway))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 5 });
  await time.pass(4999);
  expect(firstError(await askOne(gateway))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 1 });
  expect(upstream.calls).toHaveLength(before);

  upstream.reply(pages(10));
  await time.pass(1);
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
  expect(new Set((await askEach(gateway, 20)).map(outcomeOf))).toEqual(new Set(['OK']));
  expect(upstream.calls).toHaveLength(before + 21);
  const states = gateway.logs.lines().flatMap(({ circuit }) => circuit ?? []);
  expect(states).toEqual(['open', 'half-open', 'closed']);
});

test('The circuit opens again for five seconds when the probe fails', async ({ upstream, startGateway, time }) => {
  const gateway = await startGateway({ UPSTREAM_RETRIES: '0' });
  upstream.reply(down);
  await askEach(gateway, 25);
  const before = upstream.calls.length;
  await time.pass(5000);
  expect(outcomeOf(await askOne(gateway))).toBe('UPSTREAM_UNAVAILABLE');
  expect(firstError(await askOne(gateway))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 5 });
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
  expect((await askOne(gateway, known)).data).toEqual(fresh.data);
});

testWith({}).for<readonly [string, Reply]>([
  ['error bodies', upstreams.errorBody(8015)],
  ['HTTP 400', upstreams.json({}, 400)],
  ['HTML', upstreams.text('<html>')],
])('The circuit stays closed for %s', async ([, reply], { upstream, gateway }) => {
  upstream.reply(reply);
  await askEach(gateway, 40);
  expect(upstream.calls).toHaveLength(40);
  upstream.reply(pages(10));
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
});

test('The circuit stays closed for one customer whose calls always fail', async ({ upstream, startGateway }) => {
  const gateway = await startGateway();
  upstream.on('917406400033', down);
  for (let i = 0; i < 30; i++) expect(outcomeOf(await askOne(gateway, '917406400033'))).toBe('UPSTREAM_UNAVAILABLE');
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
});
