import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { API_KEY_CALLERS, SHOP, TILL } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { BASIC, customer, type TestGateway } from '../support/gateway.ts';
import { bearer, jwtCallers, OWN_CLAIMS } from '../support/identityProvider.ts';
import { freePort } from '../support/process.ts';
import { askEach, askOne, askTogether, someone } from '../support/questions.ts';
import * as upstreams from '../support/upstream.ts';
import { gate, pages, type Reply } from '../support/upstream.ts';

const METRICS = { METRICS: 'true', UPSTREAM_RETRIES: '0' };
const down: Reply = upstreams.text('down', 503);

/** Resolves with the samples of these names and labels, in their order. */
const samples = (gateway: TestGateway, ...names: string[]) => Promise.all(names.map((name) => gateway.metric(name)));

test('/metrics is not served unless METRICS is set', async ({ startGateway }) => {
  const gateway = await startGateway();
  expect((await fetch(`${gateway.origin}/metrics`)).status).toBe(404);
});

test('METRICS_PORT serves /metrics there, and not beside the API', async ({ startGateway }) => {
  const port = await freePort();
  const gateway = await startGateway({ METRICS_PORT: String(port) });
  expect((await fetch(`${gateway.origin}/metrics`)).status).toBe(404);
  const own = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(own).toContain('\ngateway_operations_in_flight 0\n');
});

test('Operations are counted and timed by outcome, and counted by caller', async ({ startGateway, upstream }) => {
  const gateway = await startGateway({ ...METRICS, ...API_KEY_CALLERS });
  upstream.on('917406400033', down);
  await askOne(gateway, '917406400033', { headers: SHOP });
  await askEach(gateway, 2, { headers: TILL });
  await gateway.logs.operations(3);
  expect(
    await samples(
      gateway,
      'gateway_operation_duration_seconds_count{outcome="OK"}',
      'gateway_operation_duration_seconds_count{outcome="UPSTREAM_UNAVAILABLE"}',
      'gateway_operations_total{caller="shop",outcome="UPSTREAM_UNAVAILABLE"}',
      'gateway_operations_total{caller="till",outcome="OK"}',
    ),
  ).toEqual([2, 1, 1, 2]);
});

test('Requests that are refused before they are executed are counted with their code', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway({ ...METRICS, MAX_IN_FLIGHT: '1' });
  const held = gate(pages(1));
  upstream.reply(held.reply);
  const first = askOne(gateway);
  await upstream.callsReached(1);
  expect(await gateway.metric('gateway_operations_in_flight')).toBe(1);
  await gateway.query('{ __typename }');
  await gateway.logs.operations(1);
  expect(await gateway.metric('gateway_operation_duration_seconds_count{outcome="OVERLOADED"}')).toBe(1);
  held.open();
  await first;
  await eventually(async () => (await gateway.metric('gateway_operations_in_flight')) === 0);
});

test('Upstream calls are timed by status and outcome, and counted by the caller they are made for', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway({ ...METRICS, ...API_KEY_CALLERS, UPSTREAM_RETRIES: '1' });
  upstream.on('917406400033', down);
  upstream.on('917406400034', upstreams.errorBody(8015));
  for (const mobile of ['917406400033', '917406400034']) await askOne(gateway, mobile, { headers: SHOP });
  await askTogether(gateway, 4, { headers: TILL });
  await gateway.logs.operations(3);
  const count = 'gateway_upstream_call_duration_seconds_count';
  expect(
    await samples(
      gateway,
      `${count}{kind="lookup",status="200",outcome="OK"}`,
      `${count}{kind="lookup",status="200",outcome="CUSTOMER_NOT_FOUND"}`,
      `${count}{kind="lookup",status="503",outcome="UPSTREAM_UNAVAILABLE"}`,
      'gateway_upstream_calls_retried_total',
      'gateway_upstream_calls_total{caller="shop"}',
      'gateway_upstream_calls_total{caller="till"}',
    ),
  ).toEqual([4, 1, 2, 1, 3, 4]);
});

test('Calls of bearers of tokens are counted together, as jwt', async ({ startGateway, provider }) => {
  const gateway = await startGateway({ ...METRICS, ...jwtCallers(provider) });
  for (const sub of ['customer-1', 'customer-2']) {
    const headers = bearer(await provider.token({ ...OWN_CLAIMS, sub }));
    await askOne(gateway, '917406400033', { headers });
  }
  await gateway.logs.operations(2);
  expect(
    await samples(
      gateway,
      'gateway_upstream_calls_total{caller="jwt"}',
      'gateway_operations_total{caller="jwt",outcome="OK"}',
    ),
  ).toEqual([2, 2]);
});

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
  await eventually(async () => (await gateway.metric('gateway_upstream_calls_total{caller="till"}')) === 1);
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

test('What the cache holds in memory is shown, and what it dropped for it is counted', async ({
  startGateway,
  upstream,
}) => {
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

test('A page that is cached but not young enough for the request is counted as a renewal', async ({ startGateway }) => {
  const gateway = await startGateway({ ...METRICS, CACHE_TTL_SECONDS: '60', CACHE_CLIENT_CONTROL: 'all' });
  const known = someone();
  await askOne(gateway, known);
  await askOne(gateway, known, { headers: { authorization: BASIC, 'cache-control': 'no-cache' } });
  await gateway.logs.operations(2);
  expect(await samples(gateway, 'gateway_cache_renewals_total', 'gateway_cache_lookups_total{state="miss"}')).toEqual([
    1, 2,
  ]);
});

test('Notifications of changed customers are counted by what became of them', async ({ startGateway }) => {
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

test('Calls that are not made because the same call is in flight are counted', async ({ startGateway, upstream }) => {
  const gateway = await startGateway(METRICS);
  const held = gate(pages(1));
  upstream.reply(held.reply);
  const asked = [askOne(gateway, '917406400033')];
  await upstream.callsReached(1);
  asked.push(gateway.query(`{ ${customer('id', '917406400033')} ${customer('id', someone(), 'other: ')} }`));
  await upstream.callsReached(2);
  held.open();
  await Promise.all(asked);
  await gateway.logs.operations(2);
  expect(await gateway.metric('gateway_upstream_calls_deduplicated_total')).toBe(1);
});

// 100 a minute: 10 at once, and then one every 666.7 ms.
test('What calls wait for the budget is timed, and what is left of it is shown', async ({ startGateway, time }) => {
  const gateway = await startGateway({
    ...METRICS,
    UPSTREAM_REQUESTS_PER_MINUTE: '100',
    UPSTREAM_QUEUE_MS: '5000',
  });
  const asked = askTogether(gateway, 4);
  await eventually(async () => (await gateway.metric('gateway_upstream_calls_waiting')) === 1);
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

test('No budget is shown if there is none', async ({ startGateway }) => {
  const gateway = await startGateway(METRICS);
  expect(await samples(gateway, 'gateway_upstream_budget_limit', 'gateway_upstream_budget_left')).toEqual([
    undefined,
    undefined,
  ]);
});

test('What calls wait for a place under the concurrency limit is timed', async ({ startGateway, upstream, time }) => {
  const gateway = await startGateway({ ...METRICS, UPSTREAM_CONCURRENCY: '2' });
  const held = gate(pages(1));
  upstream.reply(held.reply);
  const asked = askTogether(gateway, 3);
  await upstream.callsReached(2);
  await eventually(async () => (await gateway.metric('gateway_upstream_concurrency_waiting')) === 1);
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

test('A pause after a 429 is shown with the seconds that are left of it', async ({ startGateway, upstream, time }) => {
  const gateway = await startGateway(METRICS);
  upstream.reply(upstreams.json({}, 429, { 'retry-after': '30' }));
  expect(await gateway.metric('gateway_upstream_paused_seconds')).toBe(0);
  await askOne(gateway);
  await time.pass(10_000);
  expect(await gateway.metric('gateway_upstream_paused_seconds')).toBe(20);
  await time.pass(20_000);
  expect(await gateway.metric('gateway_upstream_paused_seconds')).toBe(0);
});

test('The circuit is shown by the state it is in', async ({ startGateway, upstream }) => {
  const gateway = await startGateway(METRICS);
  const states = () =>
    samples(gateway, 'gateway_upstream_circuit{state="closed"}', 'gateway_upstream_circuit{state="open"}');
  expect(await states()).toEqual([1, 0]);
  upstream.reply(down);
  await askEach(gateway, 25);
  expect(await states()).toEqual([0, 1]);
});

test('Values that are not as documented are counted by field and kind', async ({ startGateway, upstream }) => {
  const gateway = await startGateway(METRICS);
  const promotions = [{ promotionId: 1, pointsOfferType: 'NEW' }];
  upstream.reply(upstreams.json({ ...upstreams.pageBody(0, 0, 10), promotions }));
  await gateway.query(`{ ${customer('promotions { items { promotionId } }')} }`);
  expect(
    await gateway.metric('gateway_upstream_drift_total{field="promotions[].pointsOfferType",code="UNKNOWN_VALUE"}'),
  ).toBe(1);
});

test('A dependency is shown from its first use on: 0 while it is failing, else 1', async ({
  startGateway,
  upstream,
  provider,
}) => {
  const gateway = await startGateway({
    ...METRICS,
    ...jwtCallers(provider),
    UPSTREAM_AUTH: 'oauth',
    UPSTREAM_USERNAME: '',
    UPSTREAM_PASSWORD: '',
    UPSTREAM_OAUTH_KEY: 'key',
    UPSTREAM_OAUTH_SECRET: 'secret',
  });
  const headers = bearer(await provider.token(OWN_CLAIMS));
  const ask = () => askOne(gateway, '917406400033', { headers });
  const up = () =>
    samples(
      gateway,
      ...['Redis', 'key set', 'token endpoint', 'own credentials'].map(
        (dependency) => `gateway_dependency_up{dependency="${dependency}"}`,
      ),
    );
  expect(await up()).toEqual([undefined, undefined, undefined, undefined]);
  provider.fail(true);
  await ask();
  expect(await up()).toEqual([undefined, 0, undefined, undefined]);
  provider.fail(false);
  upstream.reply(down);
  await eventually(async () => {
    await ask();
    return (await gateway.metric('gateway_dependency_up{dependency="key set"}')) === 1;
  });
  expect(await up()).toEqual([undefined, 1, 0, undefined]);
});

test('A Redis that cannot be reached is shown as failing', async ({ startGateway }) => {
  const gateway = await startGateway({
    ...METRICS,
    REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
    CACHE_SECRET: 'c'.repeat(32),
  });
  expect(await gateway.metric('gateway_dependency_up{dependency="Redis"}')).toBe(0);
});

test('Operations and upstream calls of trusted documents are counted by document', async ({ startGateway }) => {
  const manifest = 'examples/storefront/persisted-operations.json';
  const [document] = JSON.parse(readFileSync(manifest, 'utf8')).operations;
  const gateway = await startGateway({ ...METRICS, PERSISTED_OPERATIONS: manifest });
  const persistedQuery = { version: 1, sha256Hash: document.id };
  const variables = { identifier: { name: 'MOBILE', value: someone() }, first: 1 };
  await gateway.post({ extensions: { persistedQuery }, variables });
  await gateway.post({ query: '{ __typename }' });
  await gateway.logs.operations(2);
  const labels = `{document="${document.id}",operation="${document.name}"}`;
  const text = await gateway.metrics();
  expect(text).toContain(`gateway_trusted_document_operations_total${labels} 1\n`);
  expect(text).toContain(`gateway_trusted_document_upstream_calls_total${labels} 1\n`);
  expect(text.match(/^gateway_trusted_document_operations_total\{/gm)).toHaveLength(1);
});

test('The build and the settings are shown', async ({ startGateway }) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const gateway = await startGateway({ ...METRICS, ...API_KEY_CALLERS, CACHE_TTL_SECONDS: '10' });
  expect(await gateway.metrics()).toContain(
    `gateway_build_info{version="${version}",node="${process.versions.node}",upstream="real",upstream_auth="basic",` +
      'auth_mode="api-key",cache="memory",shared_state="memory",trusted_documents="false"} 1\n',
  );
});

test('The process, its event loop and the lines that its log has lost are shown', async ({ startGateway }) => {
  const gateway = await startGateway(METRICS);
  expect(await gateway.metric('gateway_log_lines_dropped_total')).toBe(0);
  expect(await gateway.metric('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  expect(await gateway.metric('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
});

test('No metric holds an identifier or a credential', async ({ startGateway }) => {
  const gateway = await startGateway(METRICS);
  await gateway.query(`query Offers917406400033 { ${customer('id', '917406400033')} }`);
  await gateway.logs.operations(1);
  const text = await gateway.metrics();
  expect(text).toContain('gateway_operations_total{caller="anonymous",outcome="OK"} 1');
  for (const secret of ['917406400033', BASIC.slice('Basic '.length)]) expect(text).not.toContain(secret);
});
