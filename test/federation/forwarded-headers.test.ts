import { afterAll, describe, expect, test as plainTest } from 'vitest';
import { forwardedHeaders } from '../../examples/supergraph/forwarding.ts';
import { type Collector, startCollector } from '../support/collector.ts';
import { BASIC } from '../support/gateway.ts';
import { codesOf } from '../support/questions.ts';
import { ROUTERS } from '../support/supergraph.ts';
import { testWithSupergraph } from './support/fixture.ts';

const JOIN = '{ accounts(emails: ["a@example.com"]) { loyalty { customerId } } }';
const PER_MINUTE = 20;

/** The collector. Without one, the gateway does not continue its callers' traces. */
let collector: Collector;
afterAll(() => collector.close());

const test = testWithSupergraph(async () => {
  collector = await startCollector();
  return { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, RATE_LIMIT_PER_MINUTE: String(PER_MINUTE) } };
});

describe.each(ROUTERS)('By %s', (router) => {
  test('Credentials, data scope and request id are forwarded to the gateway', async ({ supergraph, upstream }) => {
    const headers = {
      authorization: BASIC,
      'data-scope': 'OTHER',
      'data-scope-org': '50405',
      'x-request-id': '1c5ae62b-6b0c-4ae1-9a55-0e3d1f4f6a10',
    };
    const { errors } = await supergraph.ask(router, JOIN, { headers });
    expect(errors).toBeUndefined();
    expect(upstream.calls.map((call) => call.headers)).toEqual([expect.objectContaining(headers)]);
  });

  test("An OAuth token of Capillary's is forwarded", async ({ supergraph, upstream }) => {
    const headers = { 'x-cap-api-oauth-token': 'token-1' };
    const { errors } = await supergraph.ask(router, JOIN, { headers });
    expect(errors).toBeUndefined();
    expect(upstream.calls.map((call) => call.headers)).toEqual([expect.objectContaining(headers)]);
    expect(upstream.calls[0]?.headers).not.toHaveProperty('authorization');
  });

  test("The caller's trace is forwarded, and the gateway continues it", async ({ supergraph, upstream }) => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { authorization: BASIC, traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const { errors } = await supergraph.ask(router, JOIN, { headers });
    expect(errors).toBeUndefined();
    expect(upstream.calls.map((call) => call.headers.traceparent)).toEqual([
      expect.stringMatching(new RegExp(`^00-${traceId}-`)),
    ]);
  });

  test("The client's address is forwarded, so one client's rate limit is not another's", async ({ supergraph }) => {
    const client = ROUTERS.indexOf(router) + 1;
    // Hive Gateway sends equal requests at the same time once, so each is for somebody else.
    const askFrom = (address: string, person = 0) =>
      supergraph.ask(router, JOIN.replace('a@', `a${person}@`), {
        headers: { authorization: BASIC, 'x-forwarded-for': address },
      });
    const many = await Promise.all(
      Array.from({ length: PER_MINUTE + 1 }, (_, person) => askFrom(`203.0.113.${client}`, person)),
    );
    expect(many.flatMap(codesOf)).toEqual(['RATE_LIMITED']);
    expect((await askFrom(`198.51.100.${client}`)).errors).toBeUndefined();
  });
});

plainTest('Only the promotions subgraph gets what its caller is known by', () => {
  const client = {
    authorization: BASIC,
    'x-api-key': 'key',
    'data-scope': 'ALL',
    'x-request-id': 'a',
    traceparent: 'b',
  };
  for (const name of ['accounts', 'members', 'content']) {
    expect(forwardedHeaders(name, client, '203.0.113.1')).toEqual({ 'x-request-id': 'a', traceparent: 'b' });
  }
  expect(forwardedHeaders('promotions', client, '203.0.113.1')).toEqual({
    ...client,
    'x-forwarded-for': '203.0.113.1',
  });
});
