import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { customer, type TestGateway } from '../support/gateway.ts';
import { askEach, askOne, askTogether, someone } from '../support/questions.ts';
import * as upstreams from '../support/upstream.ts';
import { gate, pages, type Reply } from '../support/upstream.ts';

const METRICS = { METRICS: 'true', UPSTREAM_RETRIES: '0' };
const down: Reply = upstreams.text('down', 503);

/** Resolves with the samples of these names and labels, in their order. */
const samples = (gateway: TestGateway, ...names: string[]) => Promise.all(names.map((name) => gateway.metric(name)));

test('Calls that are not made because the same call is in flight are counted', async ({ startGateway, upstream }) => {
  const gateway = await startGateway(METRICS);
  const held = gate(pages(1));
  upstream.reply(held.reply);
  const asked = [askOne(gateway, '917406400033')];
  await upstream.callsReached(1);
  asked.push(
    gateway.query(`{ ${customer('customerId', '917406400033')} ${customer('customerId', someone(), 'other: ')} }`),
  );
  await upstream.callsReached(2);
  held.open();
  await Promise.all(asked);
  await gateway.logs.operations(2);
  expect(await gateway.metric('gateway_upstream_calls_deduplicated_total')).toBe(1);
});

// 100 a minute: 10 at once, and then one every 666.7 ms.
test('The wait of calls for the budget is timed, and the remaining budget is shown', async ({ startGateway, time }) => {
  const gateway = await startGateway({
    ...METRICS,
    UPSTREAM_REQUESTS_PER_MINUTE: '100',
    UPSTREAM_QUEUE_MS: '5000',
  });
  const asked = askTogether(gateway, 4);
  await eventually('calls that wait for the budget', () => gateway.metric('gateway_upstream_calls_waiting'), 1);
  expect(await samples(gateway, 'gateway_upstream_budget_limit', 'gateway_upstream_budget_left')).toEqual([100, 0]);
  await time.pass(700);
  await asked;
  await gateway.logs.operations(1);
  expect(
    await samples(
      gateway,
      'gateway_upstream_calls_queued_total',
      'gateway_upstream_wait_duration_seconds_count{queue="budget"}',
      'gateway_upstream_wait_duration_seconds_bucket{le="0.5",queue="budget"}',
      'gateway_upstream_wait_duration_seconds_bucket{le="1",queue="budget"}',
    ),
  ).toEqual([1, 4, 3, 4]);
});

// 60 a minute: 2 at once, and then one a second. The third call waits, and the others would wait too long.
test('Under twenty times the budget, the waits for it are those of calls that were made, so that the alert on them fires', async ({
  startGateway,
  time,
}) => {
  const gateway = await startGateway({ ...METRICS, UPSTREAM_REQUESTS_PER_MINUTE: '60', UPSTREAM_QUEUE_MS: '1500' });
  const asked = askEach(gateway, 40);
  await gateway.logs.operations(39);
  await time.pass(1100);
  await asked;
  await gateway.logs.operations(40);
  const [refused, waits, wait = 0] = await samples(
    gateway,
    'gateway_operation_duration_seconds_count{outcome="UPSTREAM_RATE_LIMITED"}',
    'gateway_upstream_wait_duration_seconds_count{queue="budget"}',
    'gateway_upstream_wait_duration_seconds_sum{queue="budget"}',
  );
  expect({ refused, waits }).toEqual({ refused: 37, waits: 3 });
  expect(wait / 3).toBeGreaterThan(0.25);
});

test('No budget is shown if there is none', async ({ startGateway }) => {
  const gateway = await startGateway(METRICS);
  expect(await samples(gateway, 'gateway_upstream_budget_limit', 'gateway_upstream_budget_left')).toEqual([
    undefined,
    undefined,
  ]);
});

test('The wait of calls for a place under the concurrency limit is timed', async ({ startGateway, upstream, time }) => {
  const gateway = await startGateway({ ...METRICS, UPSTREAM_CONCURRENCY: '2' });
  const held = gate(pages(1));
  upstream.reply(held.reply);
  const asked = askTogether(gateway, 3);
  await upstream.callsReached(2);
  await eventually('calls that wait for a place', () => gateway.metric('gateway_upstream_concurrency_waiting'), 1);
  expect(await samples(gateway, 'gateway_upstream_concurrency_limit', 'gateway_upstream_calls_in_flight')).toEqual([
    2, 2,
  ]);
  await time.pass(300);
  held.open();
  await asked;
  expect(
    await samples(
      gateway,
      'gateway_upstream_wait_duration_seconds_count{queue="concurrency"}',
      'gateway_upstream_wait_duration_seconds_bucket{le="0.25",queue="concurrency"}',
      'gateway_upstream_wait_duration_seconds_bucket{le="0.5",queue="concurrency"}',
      'gateway_upstream_calls_in_flight',
    ),
  ).toEqual([3, 2, 3, 0]);
});

test('A pause after a 429 is shown with its remaining seconds, and since when it lasts', async ({
  startGateway,
  upstream,
  time,
}) => {
  const gateway = await startGateway(METRICS);
  const pause = () =>
    samples(gateway, 'gateway_upstream_paused_seconds', 'gateway_upstream_paused_since_timestamp_seconds');
  upstream.reply(upstreams.json({}, 429, { 'retry-after': '30' }));
  expect(await pause()).toEqual([0, undefined]);
  await askOne(gateway);
  const paused = Date.now() / 1000;
  await time.pass(10_000);
  await askOne(gateway);
  expect(await pause()).toEqual([20, paused]);
  // Nobody calls when it ends.
  await time.pass(20_000);
  expect(await pause()).toEqual([0, undefined]);
});

test('The state of the circuit is shown, and since when it is open', async ({ startGateway, upstream, time }) => {
  const gateway = await startGateway(METRICS);
  const since = () => gateway.metric('gateway_upstream_circuit_open_since_timestamp_seconds');
  const states = () =>
    samples(gateway, 'gateway_upstream_circuit{state="closed"}', 'gateway_upstream_circuit{state="open"}');
  expect(await states()).toEqual([1, 0]);
  upstream.reply(down);
  await askEach(gateway, 25);
  const opened = Date.now() / 1000;
  expect(await states()).toEqual([0, 1]);
  await time.pass(2000);
  await askOne(gateway);
  expect([await states(), await since()]).toEqual([[0, 1], opened]);
  upstream.reply(pages(1));
  await time.pass(2000);
  await askOne(gateway);
  expect([await states(), await since()]).toEqual([[1, 0], undefined]);
});

test('Undocumented values are counted by field and kind', async ({ startGateway, upstream }) => {
  const gateway = await startGateway(METRICS);
  const promotions = [{ promotionId: 1, pointsOfferType: 'NEW' }];
  upstream.reply(upstreams.json({ ...upstreams.pageBody(0, 0, 10), promotions }));
  await gateway.query(`{ ${customer('promotions { items { promotionId } }')} }`);
  expect(
    await gateway.metric('gateway_upstream_drift_total{field="promotions[].pointsOfferType",code="UNKNOWN_VALUE"}'),
  ).toBe(1);
});
