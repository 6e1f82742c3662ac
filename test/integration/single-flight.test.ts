import { expect } from 'vitest';
import { API_KEY_CALLERS, OTHER_BASIC, SHOP, sha256, TILL } from '../support/credentials.ts';
import { test } from '../support/fixture.ts';
import { BASIC, customer, type QueryOptions, type TestGateway } from '../support/gateway.ts';
import { askOne, dataOf, someone } from '../support/questions.ts';
import { errorBody, failing, gate, json, pageBody, pages, silent, type TestUpstream } from '../support/upstream.ts';

const MOBILE = '917406400033';

/**
 * Asks for that customer while its call is in flight, and for one more, whose call shows that the first one was asked
 * for too.
 */
async function askMeanwhile(gateway: TestGateway, upstream: TestUpstream, options?: QueryOptions) {
  const marker = someone();
  upstream.on(marker, pages(1));
  const before = upstream.calls.length;
  const response = gateway.query(
    `{ ${customer('customerId', MOBILE)} ${customer('customerId', marker, 'marker: ')} }`,
    options,
  );
  response.catch(() => {});
  await upstream.callsReached(before + 1);
  expect(upstream.calls.at(-1)?.query.identifierValue).toBe(marker);
  return { response };
}

test('Identical calls in flight are one for several operations, and each of them gets its response', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway();
  const held = gate(pages(3));
  upstream.reply(held.reply);
  const first = askOne(gateway, MOBILE);
  await upstream.callsReached(1);
  const second = await askMeanwhile(gateway, upstream, { headers: { authorization: BASIC, 'x-gateway-debug': '1' } });
  held.open();
  expect(dataOf(await first).customer.customerId).toBe('347297848');
  const { data, extensions } = await second.response;
  expect(data.customer.customerId).toBe('347297848');
  expect(extensions.upstreamCalls).toMatchObject({ made: 1, deduplicated: 1 });
});

test("Identical calls in flight are one for callers who share the gateway's credentials", async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway(API_KEY_CALLERS);
  const held = gate(pages(3));
  upstream.reply(held.reply);
  const first = askOne(gateway, MOBILE, { headers: SHOP });
  await upstream.callsReached(1);
  const second = await askMeanwhile(gateway, upstream, { headers: TILL });
  held.open();
  expect(dataOf(await first).customer.customerId).toBe('347297848');
  expect(dataOf(await second.response).customer.customerId).toBe('347297848');
  expect(upstream.calls).toHaveLength(2);
});

test('Calls in flight are never shared between credentials or data scopes', async ({ upstream, startGateway }) => {
  const gateway = await startGateway();
  const idFor = (...parts: unknown[]) => String(Number.parseInt(sha256(parts.join(' ')).slice(0, 12), 16));
  const held = gate(({ headers }, response) => {
    const id = idFor(headers.authorization, headers['data-scope'], headers['data-scope-org']);
    return json(pageBody(1, 0, 1, id))({} as never, response);
  });
  upstream.reply(held.reply);
  const scopes: Record<string, string>[] = [
    {},
    { 'data-scope': 'SELF' },
    { 'data-scope': 'ALL' },
    { 'data-scope': 'OTHER', 'data-scope-org': '1' },
    { 'data-scope': 'OTHER', 'data-scope-org': '2' },
  ];
  const callers = scopes.flatMap((scope) => [BASIC, OTHER_BASIC].map((authorization) => ({ authorization, ...scope })));
  const asked = callers.map((headers) => askOne(gateway, MOBILE, { headers }));
  await upstream.callsReached(10);
  held.open();
  const ids = (await Promise.all(asked)).map(({ data }) => data.customer.customerId);
  const expected = callers.map((headers: Record<string, string>) =>
    idFor(headers.authorization, headers['data-scope'], headers['data-scope-org']),
  );
  expect(ids).toEqual(expected);
  expect(new Set(ids).size).toBe(10);
});

/** Two clients share a call that is held, and the first of them leaves. Gives the second and the log line of the first. */
async function leaveASecond(gateway: TestGateway, upstream: TestUpstream) {
  const leaving = new AbortController();
  const first = askOne(gateway, MOBILE, { signal: leaving.signal });
  await upstream.callsReached(1);
  const second = await askMeanwhile(gateway, upstream);
  leaving.abort();
  await expect(first).rejects.toThrow(/abort/i);
  return { second, left: await gateway.logs.logged(({ outcome }) => outcome === 'CLIENT_GONE') };
}

test('A shared call continues when any of its clients leaves, also the first', async ({ upstream, startGateway }) => {
  const gateway = await startGateway();
  const held = gate(pages(3));
  upstream.reply(held.reply);
  const { second } = await leaveASecond(gateway, upstream);
  held.open();
  expect(dataOf(await second.response).customer.customerId).toBe('347297848');
  expect(upstream.aborted()).toBe(0);
});

test('A shared call is repeated after its first client has left, with the request id and the trace of that one', async ({
  upstream,
  startGateway,
  collector,
}) => {
  const gateway = await startGateway({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, UPSTREAM_RETRIES: '1' });
  const held = gate(failing(1, errorBody(500, 503)));
  upstream.on(MOBILE, held.reply);
  const { second, left } = await leaveASecond(gateway, upstream);
  const { requestId, traceId } = left;
  held.open();
  expect(dataOf(await second.response).customer.customerId).toBe('347297848');
  expect(await gateway.logs.logged(({ msg }) => msg === 'upstream call failed')).toMatchObject({ requestId, traceId });
  expect(upstream.calls.map(({ query }) => query.identifierValue).filter((value) => value === MOBILE)).toHaveLength(2);
  await gateway.close();
  const calls = collector.spans().filter((span) => span.name === 'GET promotionData' && span.traceId === traceId);
  expect(calls.map(({ status }) => status.code ?? 0).toSorted()).toEqual([0, 2]);
});

test('A shared call is aborted when its last client leaves, and the next client gets a new call', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway();
  upstream.reply(silent);
  const leaving = new AbortController();
  const first = askOne(gateway, MOBILE, { signal: leaving.signal });
  await upstream.callsReached(1);
  const second = await askMeanwhile(gateway, upstream, { signal: leaving.signal });
  leaving.abort();
  await Promise.allSettled([first, second.response]);
  await upstream.abortsReached(1);
  upstream.reply(pages(3));
  expect(dataOf(await askOne(gateway, MOBILE)).customer.customerId).toBe('347297848');
  expect(upstream.calls).toHaveLength(3);
});

test('A call is shared only while it is in flight, and without a cache no response is stored', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway();
  await askOne(gateway, MOBILE);
  upstream.reply(pages(1, 42));
  expect(dataOf(await askOne(gateway, MOBILE)).customer.customerId).toBe('42');
  expect(upstream.calls).toHaveLength(2);
});
