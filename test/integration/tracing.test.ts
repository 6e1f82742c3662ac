import { expect } from 'vitest';
import { attributesOf } from '../support/collector.ts';
import { API_KEY_CALLERS, SHOP } from '../support/credentials.ts';
import { test } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { bearer, jwtCallers, OWN_CLAIMS } from '../support/identityProvider.ts';
import { someone } from '../support/questions.ts';
import { json } from '../support/upstream.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const CAP_ID = '4b63c1f0-6b0c-4ae1-9a55-0e3d1f4f6a10';

test("An operation is a child span of the client's, and each call is a child span of the operation's", async ({
  startGateway,
  upstream,
  collector,
}) => {
  const failing = someone();
  const gateway = await startGateway({
    ...API_KEY_CALLERS,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    UPSTREAM_RETRIES: '0',
  });
  upstream.on(failing, json({ errors: [{ code: 500 }] }, 503, { 'X-Cap-Requestid': CAP_ID }));
  await gateway.query(`query Offers { ${customer('customerId')} ${customer('customerId', failing, 'b: ')} }`, {
    headers: {
      ...SHOP,
      traceparent: `00-${TRACE}-${PARENT}-01`,
      tracestate: 'a=917406400033',
      'apollographql-client-name': 'storefront',
    },
  });
  const line = await gateway.logs.logged(({ msg }) => msg === 'operation');
  expect(line.traceId).toBe(TRACE);
  expect(await gateway.logs.logged(({ msg }) => msg === 'upstream call failed')).toMatchObject({ traceId: TRACE });
  await gateway.close();
  const spans = collector.spans();
  expect(spans.map(({ name }) => name).toSorted()).toEqual(['GET promotionData', 'GET promotionData', 'POST /graphql']);
  const operation = spans.find(({ name }) => name === 'POST /graphql');
  expect(operation).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, kind: 2, status: { code: 2 } });
  expect(operation && attributesOf(operation)).toEqual({
    'http.request.method': 'POST',
    'http.route': '/graphql',
    'http.response.status_code': 200,
    'url.path': '/graphql',
    'url.scheme': 'http',
    'error.type': 'UPSTREAM_UNAVAILABLE',
    'gateway.request_id': line.requestId,
    'gateway.caller': 'shop',
    'gateway.outcome': 'UPSTREAM_UNAVAILABLE',
    'gateway.upstream_calls': 2,
    'gateway.cache.hits': 0,
    'gateway.cache.stale': 0,
    'gateway.cache.misses': 0,
    'gateway.cache.whole_response': false,
    'graphql.client.name': 'storefront',
    'graphql.operation.type': 'query',
    'graphql.operation.name': 'Offers',
    'graphql.document.hash': expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const { hostname, port } = new URL(upstream.url);
  const calls = spans.filter(({ name }) => name === 'GET promotionData');
  for (const call of calls) {
    expect(call).toMatchObject({ traceId: TRACE, parentSpanId: operation?.spanId, kind: 3 });
    expect(attributesOf(call)).toMatchObject({
      'http.request.method': 'GET',
      'server.address': hostname,
      'server.port': Number(port),
      'url.full': `${upstream.url}/v2.1/customers/lookup/promotionData`,
    });
    const sent = upstream.calls.filter(({ headers }) => headers.traceparent === `00-${TRACE}-${call.spanId}-01`);
    expect(sent.map(({ headers }) => headers.tracestate)).toEqual([undefined]);
  }
  expect(calls.map((call) => attributesOf(call)['http.response.status_code']).toSorted()).toEqual([200, 503]);
  expect(calls.flatMap((call) => attributesOf(call)['error.type'] ?? [])).toEqual(['503']);
  expect(calls.flatMap((call) => attributesOf(call)['upstream.request_id'] ?? [])).toEqual([CAP_ID]);
});

test("The span of a call for the key set names the key set's server and path", async ({
  startGateway,
  provider,
  collector,
}) => {
  const gateway = await startGateway({ ...jwtCallers(provider), OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  await gateway.query('{ __typename }', { headers: bearer(await provider.token(OWN_CLAIMS)) });
  await gateway.close();
  const call = collector.spans().find(({ name }) => name === 'GET key set');
  expect(call && attributesOf(call)).toEqual({
    'http.request.method': 'GET',
    'http.response.status_code': 200,
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(provider.jwksUrl).port),
    'url.full': provider.jwksUrl,
    'gateway.outcome': 'OK',
  });
});

test.for([
  ['http://127.0.0.1', 80],
  ['https://127.0.0.1', 443],
] as const)('The span of a call to %s has the port %i', async ([UPSTREAM_URL, port], { startGateway, collector }) => {
  const env = { UPSTREAM_URL, UPSTREAM_RETRIES: '0', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const gateway = await startGateway(env);
  await gateway.query(`{ ${customer('customerId')} }`);
  await gateway.close();
  const call = collector.spans().find(({ name }) => name === 'GET promotionData');
  expect(call && attributesOf(call)['server.port']).toBe(port);
});

test("A caller's mistake is no error of the operation's span", async ({ startGateway, collector }) => {
  const gateway = await startGateway({ ...API_KEY_CALLERS, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  await gateway.query(`{ ${customer('customerId', ' ')} }`, { headers: SHOP });
  await gateway.close();
  const [span] = collector.spans();
  expect(span?.status.code ?? 0).toBe(0);
  expect(span && attributesOf(span)).toMatchObject({ 'gateway.outcome': 'BAD_USER_INPUT' });
  expect(span && attributesOf(span)).not.toHaveProperty('error.type');
});

test('A request that is refused before it is executed has a span', async ({ startGateway, collector }) => {
  const gateway = await startGateway({ ...API_KEY_CALLERS, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  await gateway.query('{ __typename }', { headers: { traceparent: `00-${TRACE}-${PARENT}-01` } });
  const [line] = await gateway.logs.operations(1);
  await gateway.close();
  const [span] = collector.spans();
  expect([line?.traceId, span?.traceId, span?.parentSpanId]).toEqual([TRACE, TRACE, PARENT]);
  expect(span && attributesOf(span)).toMatchObject({
    'http.response.status_code': 401,
    'gateway.outcome': 'UNAUTHENTICATED',
    'gateway.caller': 'anonymous',
  });
});

test('The span of an operation says what was in the cache', async ({ startGateway, collector, upstream, time }) => {
  const gateway = await startGateway({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    CACHE_TTL_SECONDS: '10',
    CACHE_STALE_SECONDS: '10',
  });
  const ask = (mobile: string) => gateway.query(`{ ${customer('customerId', mobile)} }`);
  const mobile = someone();
  await ask(mobile);
  await ask(mobile);
  await gateway.query(`{ ${customer('customerId', mobile, 'a: ')} ${customer('customerId', someone(), 'b: ')} }`);
  await time.pass(11_000);
  await ask(mobile);
  await upstream.callsReached(3);
  await gateway.close();
  const operations = collector.spans().filter(({ kind }) => kind === 2);
  const members = ['hits', 'stale', 'misses', 'whole_response'].map((member) => `gateway.cache.${member}`);
  expect(operations.map(attributesOf).map((attributes) => members.map((member) => attributes[member]))).toEqual([
    [0, 0, 1, false],
    [1, 0, 0, true],
    [1, 0, 1, false],
    [0, 1, 0, false],
  ]);
});

test('The hash of a document reveals no identifier in it', async ({ startGateway, collector }) => {
  const gateway = await startGateway({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  await gateway.query(`{ ${customer('customerId', someone())} }`);
  await gateway.query(`# another layout\n{ ${customer('customerId', someone())} }`);
  await gateway.query(`{ ${customer('source', someone())} }`);
  await gateway.close();
  const hashes = collector
    .spans()
    .filter(({ kind }) => kind === 2)
    .map((span) => attributesOf(span)['graphql.document.hash']);
  expect(hashes).toHaveLength(3);
  expect(new Set(hashes).size).toBe(2);
});

test('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is enough for traces', async ({ startGateway, collector }) => {
  const { url } = collector;
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = `${url}/v1/traces`;
  try {
    const gateway = await startGateway({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/v1/traces` });
    await gateway.query('{ __typename }');
    await gateway.close();
  } finally {
    delete process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  }
  expect(collector.spans().map(({ name }) => name)).toEqual(['POST /graphql']);
});

test('OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES name the service', async ({ startGateway, collector }) => {
  process.env.OTEL_SERVICE_NAME = 'loyalty-promotions';
  process.env.OTEL_RESOURCE_ATTRIBUTES = 'deployment.environment.name=staging';
  try {
    const gateway = await startGateway({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await gateway.query('{ __typename }');
    await gateway.close();
  } finally {
    delete process.env.OTEL_SERVICE_NAME;
    delete process.env.OTEL_RESOURCE_ATTRIBUTES;
  }
  expect(collector.text()).toContain('"loyalty-promotions"');
  expect(collector.text()).toContain('"staging"');
  expect(collector.text()).not.toContain('"stringValue":"promotions-gateway"');
});
