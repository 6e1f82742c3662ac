import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { customer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { collectLogs, type Logs } from '../support/logs.ts';
import * as upstreams from '../support/upstream.ts';
import { gate, pages, startUpstream, type TestUpstream } from '../support/upstream.ts';

let upstream: TestUpstream;
let gateway: TestGateway;
let logs: Logs;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => upstream.reset());
afterEach(() => gateway.close());
afterAll(() => upstream.close());

const API_KEYS = {
  UPSTREAM_AUTH: 'basic',
  UPSTREAM_USERNAME: 'till',
  UPSTREAM_PASSWORD: 'secret',
  AUTH_MODE: 'api-key',
  AUTH_API_KEYS: `shop:${createHash('sha256').update('key').digest('hex')}`,
};
const SHOP = { 'x-api-key': 'key' };

async function start(env: Record<string, string> = {}) {
  logs = collectLogs('info');
  gateway = await startTestGateway(upstream, { ...API_KEYS, UPSTREAM_RETRIES: '0', ...env }, logs.logger);
}
const ask = (query: string, headers: Record<string, string> = SHOP) => gateway.query(query, { headers });

/** The value of a sample, by its name and labels as Prometheus writes them; undefined where there is none. */
async function scrape(origin = gateway.origin) {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const samples = new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
  return (sample: string) => samples.get(sample);
}

describe('Metrics', () => {
  test('are off unless they are asked for', async () => {
    await start();
    expect((await fetch(`${gateway.origin}/metrics`)).status).toBe(404);
  });

  test('count operations and upstream calls by outcome, and what was spared', async () => {
    await start({ METRICS: 'true', UPSTREAM_RETRIES: '1', UPSTREAM_REQUESTS_PER_MINUTE: '600' });
    upstream.on('917000000001', upstreams.text('down', 503));
    upstream.on('917000000002', upstreams.errorBody(8015));
    upstream.on(
      '917000000003',
      upstreams.json({ ...upstreams.pageBody(0, 0, 10), promotions: [{ promotionId: 1, pointsOfferType: 'NEW' }] }),
    );
    await ask(`{ ${customer('id', '917000000001')} }`);
    await ask(`{ ${customer('id', '917000000002')} }`);
    await ask(`{ ${customer('promotions { items { promotionId } }', '917000000003')} }`);
    await ask(`{ ${customer('id')} }`);
    const held = gate(pages(1));
    upstream.reply(held.reply);
    const both = [ask(`{ ${customer('id', '917000000004')} }`)];
    await upstream.callsReached(6);
    both.push(ask(`{ ${customer('id', '917000000004')} ${customer('id', '917000000005', 'marker: ')} }`));
    await upstream.callsReached(7);
    const meanwhile = await scrape();
    held.open();
    await Promise.all(both);
    const later = await scrape();

    expect(meanwhile('gateway_operations_in_flight')).toBe(2);
    expect(later('gateway_operations_in_flight')).toBe(0);
    expect(later('gateway_operation_duration_seconds_count{outcome="OK"}')).toBe(4);
    expect(later('gateway_operation_duration_seconds_count{outcome="UPSTREAM_UNAVAILABLE"}')).toBe(1);
    expect(later('gateway_operations_total{caller="shop",outcome="CUSTOMER_NOT_FOUND"}')).toBe(1);
    expect(later('gateway_upstream_call_duration_seconds_count{kind="lookup",status="200",outcome="OK"}')).toBe(4);
    expect(
      later('gateway_upstream_call_duration_seconds_count{kind="lookup",status="503",outcome="UPSTREAM_UNAVAILABLE"}'),
    ).toBe(2);
    expect(
      later('gateway_upstream_call_duration_seconds_count{kind="lookup",status="200",outcome="CUSTOMER_NOT_FOUND"}'),
    ).toBe(1);
    expect(later('gateway_upstream_calls_collapsed_total')).toBe(1);
    expect(later('gateway_upstream_calls_retried_total')).toBe(1);
    expect(later('gateway_upstream_calls_queued_total')).toBe(0);
    expect(later('gateway_upstream_calls_waiting')).toBe(0);
    expect(later('gateway_upstream_retries_left')).toBe(4);
    expect(later('gateway_upstream_budget_left')).toBeLessThanOrEqual(60);
    expect(later('gateway_upstream_budget_left')).toBeGreaterThan(50);
    expect(later('gateway_upstream_circuit{state="closed"}')).toBe(1);
    expect(later('gateway_upstream_circuit{state="open"}')).toBe(0);
    expect(later('gateway_upstream_drift_total{field="promotions[].pointsOfferType",code="UNKNOWN_VALUE"}')).toBe(1);
    expect(later('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
    expect(later('nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);
  });

  test('count what is refused at the door', async () => {
    await start({ METRICS: 'true', MAX_IN_FLIGHT: '1' });
    const held = gate(pages(1));
    upstream.reply(held.reply);
    const under = ask(`{ ${customer('id')} }`);
    await upstream.callsReached(1);
    expect((await ask('{ __typename }')).status).toBe(503);
    await logs.logged(({ outcome }) => outcome === 'OVERLOADED');
    held.open();
    await under;
    expect((await scrape())('gateway_operation_duration_seconds_count{outcome="OVERLOADED"}')).toBe(1);
  });

  test('count what waited for the budget', async () => {
    await start({ METRICS: 'true', UPSTREAM_REQUESTS_PER_MINUTE: '100', UPSTREAM_QUEUE_MS: '5000' });
    await ask(`{ ${Array.from({ length: 11 }, (_, i) => customer('id', `91700000000${i}`, `a${i}: `)).join(' ')} }`);
    const metric = await scrape();
    expect(metric('gateway_upstream_calls_queued_total')).toBe(1);
    expect(metric('gateway_upstream_budget_left')).toBe(0);
  });

  test('show the circuit', async () => {
    await start({ METRICS: 'true' });
    upstream.reply(upstreams.text('down', 503));
    await Promise.all(Array.from({ length: 20 }, (_, i) => ask(`{ ${customer('id', `9170000000${i}`)} }`)));
    expect((await scrape())('gateway_upstream_circuit{state="open"}')).toBe(1);
  });

  test('may have a port of their own', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as { port: number };
    free.close();
    await start({ METRICS_PORT: String(port) });
    expect((await fetch(`${gateway.origin}/metrics`)).status).toBe(404);
    const metric = await scrape(`http://127.0.0.1:${port}`);
    expect(metric('gateway_operations_in_flight')).toBe(0);
  });
});
