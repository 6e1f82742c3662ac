import { afterAll, expect } from 'vitest';
import { forwardedHeaders } from '../../examples/supergraph/forwarding.ts';
import { type Collector, startCollector } from '../support/collector.ts';
import { BASIC } from '../support/gateway.ts';
import { ROUTERS } from '../support/supergraph.ts';
import { testWithSupergraph } from './support/fixture.ts';

const ACCOUNT = '{ accounts(emails: ["a@example.com"]) { loyalty { customerId } } }';

/** The collector. Without one, the gateway does not continue its callers' traces. */
let collector: Collector;
afterAll(() => collector.close());

const test = testWithSupergraph(async () => {
  collector = await startCollector();
  return { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
});

test.for(ROUTERS)(
  "The caller's trace is forwarded by %s and by the gateway",
  async (router, { supergraph, upstream }) => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { authorization: BASIC, traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const { errors } = await supergraph.ask(router, ACCOUNT, { headers });
    expect(errors).toBeUndefined();
    expect(upstream.calls.map((call) => call.headers.traceparent)).toEqual([
      expect.stringMatching(new RegExp(`^00-${traceId}-`)),
    ]);
  },
);

test('Credentials, data scope and debug token go only to the promotions subgraph', () => {
  const others = ['accounts', 'members', 'content'].map((name) => forwardedHeaders(name, (header) => `its ${header}`));
  for (const headers of others) expect(Object.keys(headers)).toEqual(['x-request-id', 'traceparent']);
});
