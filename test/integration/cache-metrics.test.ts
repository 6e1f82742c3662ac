import { expect } from 'vitest';
import { API_KEY_CALLERS, SHOP, TILL } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { BASIC, type TestGateway } from '../support/gateway.ts';
import { askOne, someone } from '../support/questions.ts';
import * as upstreams from '../support/upstream.ts';

const METRICS = { METRICS: 'true', UPSTREAM_RETRIES: '0' };

/** Resolves with the samples of these names and labels, in their order. */
const samples = (gateway: TestGateway, ...names: string[]) => Promise.all(names.map((name) => gateway.metric(name)));

test('A renewal of the cache in the background counts for the caller that caused it', async ({
  startGateway,
  upstream,
  time,
}) => {
  const gateway = await startGateway({
    ...METRICS,
    ...API_KEY_CALLERS,
    CACHE_TTL_SECONDS: '10',
    CACHE_STALE_SECONDS: '60',
  });
  const known = someone();
  await askOne(gateway, known, { headers: SHOP });
  await askOne(gateway, known, { headers: SHOP });
  await time.pass(11_000);
  await askOne(gateway, known, { headers: TILL });
  await upstream.callsReached(2);
  await eventually('calls of the till', () => gateway.metric('gateway_upstream_calls_total{caller="till"}'), 1);
  expect(
    await samples(
      gateway,
      'gateway_cache_lookups_total{state="miss"}',
      'gateway_cache_lookups_total{state="hit"}',
      'gateway_cache_lookups_total{state="stale"}',
      'gateway_upstream_calls_total{caller="shop"}',
    ),
  ).toEqual([1, 1, 1, 1]);
});

test('The memory of the cache is shown, and its evictions are counted', async ({ startGateway, upstream }) => {
  const gateway = await startGateway({ ...METRICS, CACHE_TTL_SECONDS: '60', CACHE_MAX_MB: '2' });
  const large = {
    ...upstreams.pageBody(0, 0, 10),
    promotions: [{ promotionId: 1, promotionName: 'x'.repeat(600_000) }],
  };
  upstream.reply(upstreams.json(large));
  const sizes = () => samples(gateway, 'gateway_cache_bytes', 'gateway_cache_evictions_total');
  expect(await sizes()).toEqual([0, 0]);
  await askOne(gateway);
  const [bytes, evictions] = await sizes();
  expect(bytes).toBeGreaterThan(600_000);
  expect(evictions).toBe(0);
  await askOne(gateway);
  const [bytesThen, evictionsThen] = await sizes();
  expect(bytesThen).toBeLessThan(1_200_000);
  expect(evictionsThen).toBe(1);
});

test('A cached page that is fetched anew for a request is counted as a renewal', async ({ startGateway }) => {
  const gateway = await startGateway({ ...METRICS, CACHE_TTL_SECONDS: '60', CACHE_CLIENT_CONTROL: 'all' });
  const known = someone();
  await askOne(gateway, known);
  await askOne(gateway, known, { headers: { authorization: BASIC, 'cache-control': 'no-cache' } });
  await gateway.logs.operations(2);
  expect(await samples(gateway, 'gateway_cache_renewals_total', 'gateway_cache_lookups_total{state="miss"}')).toEqual([
    1, 2,
  ]);
});

test('Notifications of changed customers are counted by outcome', async ({ startGateway }) => {
  const token = 'e'.repeat(32);
  const gateway = await startGateway({ ...METRICS, CACHE_TTL_SECONDS: '60', EVENTS_TOKEN: token });
  const send = (headers: Record<string, string>, body: unknown) =>
    fetch(`${gateway.origin}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  await send({}, {});
  await send({ 'x-events-token': token }, { eventName: 'customerUpdated', data: {} });
  expect(
    await samples(
      gateway,
      'gateway_customer_events_total{outcome="unauthenticated"}',
      'gateway_customer_events_total{outcome="no_customer"}',
    ),
  ).toEqual([1, 1]);
});
