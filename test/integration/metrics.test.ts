import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { METRICS as CATALOGUE } from '../../src/telemetry/metricCatalogue.ts';
import { API_KEY_CALLERS, SHOP, sha256, TILL } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { BASIC, customer, startTestGateway, type TestGateway } from '../support/gateway.ts';
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

test('/metrics describes every metric of the catalogue', async ({ startGateway }) => {
  const gateway = await startGateway(METRICS);
  const described = [...(await gateway.metrics()).matchAll(/^# HELP (gateway_\S+) (.*)$/gm)];
  expect(Object.fromEntries(described.map(([, name, help]) => [name, help]))).toEqual(
    Object.fromEntries(Object.entries(CATALOGUE).map(([name, { help }]) => [name, help])),
  );
});

test("METRICS_PORT serves /metrics there, and not on the API's port", async ({ startGateway }) => {
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

test('Callers who bring credentials for upstream are one group, and those who bring none another', async ({
  startGateway,
}) => {
  const gateway = await startGateway(METRICS);
  await askOne(gateway, undefined, { headers: { authorization: BASIC } });
  await askOne(gateway, undefined, { headers: { authorization: 'Bearer a.b.c' } });
  const callers = (await gateway.logs.operations(2)).map(({ caller }) => caller);
  expect(callers).toEqual(['passthrough', 'anonymous']);
  expect(
    await samples(
      gateway,
      'gateway_operations_total{caller="passthrough",outcome="OK"}',
      'gateway_operations_total{caller="anonymous",outcome="UNAUTHENTICATED"}',
      'gateway_upstream_calls_total{caller="passthrough"}',
    ),
  ).toEqual([1, 1, 1]);
});

test('Callers of a gateway with its own credentials are anonymous, whatever they send', async ({ startGateway }) => {
  const own = {
    UPSTREAM_AUTH: 'basic',
    UPSTREAM_USERNAME: 'own',
    UPSTREAM_PASSWORD: 'x',
    AUTH_ALLOW_ANONYMOUS: 'true',
  };
  const gateway = await startGateway({ ...METRICS, ...own });
  await askOne(gateway, undefined, { headers: { authorization: BASIC } });
  expect((await gateway.logs.operations(1)).map(({ caller }) => caller)).toEqual(['anonymous']);
  expect(await samples(gateway, 'gateway_operations_total{caller="anonymous",outcome="OK"}')).toEqual([1]);
});

test('A list counts once, as empty or not, by its first page', async ({ startGateway, upstream }) => {
  const gateway = await startGateway(METRICS);
  upstream.reply(pages(150));
  await gateway.query(`{ ${customer('promotions(limit: 150) { items { id } }')} }`);
  await gateway.query(`{ ${customer('promotions(limit: 10, offset: 200) { items { id } }')} }`);
  await gateway.query(`{ ${customer('promotions(limit: 1) { items { id } }')} }`);
  await gateway.query(`{ ${customer('promotions(limit: 0) { items { id } }')} }`);
  upstream.reply(pages(0));
  await gateway.query(`{ ${customer('promotions { items { id } }')} }`);
  expect(upstream.calls).toHaveLength(6);
  expect(
    await samples(
      gateway,
      'gateway_upstream_lists_total{entries="some"}',
      'gateway_upstream_lists_total{entries="none"}',
    ),
  ).toEqual([2, 1]);
});

test('An API key with the name of a group is told apart from the group', async ({ startGateway }) => {
  const AUTH_API_KEYS = `anonymous:${sha256('a-key')}`;
  const gateway = await startGateway({ ...METRICS, ...API_KEY_CALLERS, AUTH_API_KEYS });
  await askOne(gateway, undefined, { headers: { 'x-api-key': 'a-key' } });
  await askOne(gateway, undefined, { headers: { 'x-api-key': 'a-guess' } });
  await gateway.logs.operations(2);
  expect(
    await samples(
      gateway,
      'gateway_operations_total{caller="key:anonymous",outcome="OK"}',
      'gateway_operations_total{caller="anonymous",outcome="UNAUTHENTICATED"}',
    ),
  ).toEqual([1, 1]);
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
  await eventually('operations in flight', () => gateway.metric('gateway_operations_in_flight'), 0);
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

test('Calls of callers with tokens are counted together, as jwt', async ({ startGateway, provider }) => {
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

test('A dependency is shown from its first use on, as 0 while it fails and else as 1', async ({
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
  const keySetUp = async () => {
    await ask();
    return gateway.metric('gateway_dependency_up{dependency="key set"}');
  };
  await eventually('the key set is up', keySetUp, 1);
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

test('A trusted document without a name is counted with an empty one', async ({ startGateway }) => {
  const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const manifest = join(folder, 'documents.json');
  writeFileSync(manifest, JSON.stringify({ a: `{ ${customer('customerId')} }` }));
  const gateway = await startGateway({ ...METRICS, PERSISTED_OPERATIONS: manifest });
  await gateway.post({ documentId: 'a' });
  await gateway.logs.operations(1);
  for (const name of ['operations', 'upstream_calls']) {
    expect(await gateway.metric(`gateway_trusted_document_${name}_total{document="a",operation=""}`)).toBe(1);
  }
});

test('The bounds of each histogram rise', async ({ startGateway }) => {
  const gateway = await startGateway(METRICS);
  await gateway.query(`{ ${customer('customerId')} }`);
  await gateway.logs.operations(1);
  const lines = (await gateway.metrics()).matchAll(/^(gateway_\w+_bucket)\{le="([^"]+)"(.*)\} /gm);
  const series = Map.groupBy(lines, ([, name, , labels]) => `${name} ${labels}`);
  expect(series.size).toBeGreaterThan(1);
  for (const buckets of series.values()) {
    const bounds = buckets.map(([, , bound]) => (bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound)));
    expect(bounds).toEqual([...new Set(bounds)].toSorted((a, b) => a - b));
  }
});

test.for(['METRICS', 'METRICS_PORT'])(
  'An error of the gateway itself outside GraphQL is logged, and tells the client nothing, at the port of %s',
  async (variable, { upstream }) => {
    const port = await freePort();
    const gateway = await startTestGateway(
      upstream.url,
      variable === 'METRICS' ? METRICS : { METRICS_PORT: String(port) },
    );
    const usage = vi.spyOn(process, 'cpuUsage').mockImplementation(() => {
      throw new Error('of 917406400033');
    });
    onTestFinished(async () => {
      usage.mockRestore();
      await gateway.close();
    });
    const origin = variable === 'METRICS' ? gateway.origin : `http://127.0.0.1:${port}`;
    const response = await fetch(`${origin}/metrics`);
    const text = await response.text();
    expect([response.status, text.includes('917406400033')]).toEqual([500, false]);
    if (variable === 'METRICS') expect(JSON.parse(text).errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect(gateway.logs.unhandledErrors()).toMatchObject([{ err: { type: 'Error' } }]);
    expect(gateway.logs.text()).not.toContain('917406400033');
  },
);

test('The build and the settings are shown', async ({ startGateway }) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const gateway = await startGateway({ ...METRICS, ...API_KEY_CALLERS, CACHE_TTL_SECONDS: '10' });
  expect(await gateway.metrics()).toContain(
    `gateway_build_info{version="${version}",node="${process.versions.node}",upstream="real",upstream_auth="basic",` +
      'auth_mode="api-key",cache="memory",shared_state="memory",trusted_documents="false"} 1\n',
  );
});

test('The process, its event loop and dropped log lines are shown', async ({ startGateway }) => {
  const gateway = await startGateway(METRICS);
  expect(await gateway.metric('gateway_log_lines_dropped_total')).toBe(0);
  expect(await gateway.metric('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  expect(await gateway.metric('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
});

test('No metric holds an identifier or a credential', async ({ startGateway }) => {
  const gateway = await startGateway(METRICS);
  await gateway.query(`query Offers917406400033 { ${customer('customerId', '917406400033')} }`);
  await gateway.logs.operations(1);
  const text = await gateway.metrics();
  expect(text).toContain('gateway_operations_total{caller="passthrough",outcome="OK"} 1');
  for (const secret of ['917406400033', BASIC.slice('Basic '.length)]) expect(text).not.toContain(secret);
});
