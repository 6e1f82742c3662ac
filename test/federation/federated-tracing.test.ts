import { Trace } from '@apollo/usage-reporting-protobuf';
import { afterAll, expect } from 'vitest';
import { forwardedHeaders } from '../../examples/supergraph/forwarding.ts';
import { type Collector, startCollector } from '../support/collector.ts';
import { ask, BASIC, type GraphQLResult } from '../support/gateway.ts';
import { ROUTERS } from '../support/supergraph.ts';
import { testWithSupergraph } from './support/fixture.ts';

const TOKEN = 'd8f1c0a27be44c6f9a35';
const ENTITIES =
  '{ _entities(representations: [{ __typename: "Customer", id: "1" }]) { ... on Customer { id source } } }';
const ACCOUNT = '{ accounts(emails: ["a@example.com"]) { loyalty { id } } }';
const WANTS_TRACE = { authorization: BASIC, 'apollo-federation-include-trace': 'ftv1' };

/** The collector. Without one, the gateway does not continue its callers' traces. */
let collector: Collector;
afterAll(() => collector.close());

const test = testWithSupergraph(async () => {
  collector = await startCollector();
  return { DEBUG_TOKEN: TOKEN, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
});

/** The trace in a response, undefined if there is none. */
function traceOf({ extensions }: GraphQLResult): Trace | undefined {
  return extensions?.ftv1 === undefined ? undefined : Trace.decode(Buffer.from(extensions.ftv1, 'base64'));
}

/** The response names and indices of a trace's fields, as paths. */
function pathsOf(node: Trace.INode | null | undefined, path = ''): string[] {
  return (node?.child ?? []).flatMap((child) => {
    const own = `${path}${path && '.'}${child.responseName || child.index}`;
    return [own, ...pathsOf(child, own)];
  });
}

test('A caller who may debug gets a federated trace of each field', async ({ supergraph }) => {
  const headers = { ...WANTS_TRACE, 'x-gateway-debug': TOKEN };
  const trace = traceOf(await ask(supergraph.promotionsUrl, ENTITIES, { headers }));
  expect(pathsOf(trace?.root)).toEqual(['_entities', '_entities.0', '_entities.0.id', '_entities.0.source']);
  expect(Number(trace?.durationNs)).toBeGreaterThan(0);
});

test.for<[string, Record<string, string>]>([
  ['no debug header', {}],
  ['another token', { 'x-gateway-debug': `${TOKEN}0` }],
])('A caller with %s gets no federated trace', async ([, debug], { supergraph }) => {
  const answer = await ask(supergraph.promotionsUrl, ENTITIES, { headers: { ...WANTS_TRACE, ...debug } });
  expect(answer.errors).toBeUndefined();
  expect(JSON.parse(answer.text)).not.toHaveProperty('extensions');
});

test('A federated trace masks the message of an error', async ({ supergraph }) => {
  const query = '{ _entities(representations: [{ __typename: "Customer" }]) { ... on Customer { id } } }';
  const answer = await ask(supergraph.promotionsUrl, query, {
    headers: { ...WANTS_TRACE, 'x-gateway-debug': TOKEN },
  });
  const errors = JSON.stringify(traceOf(answer)?.toJSON());
  expect(answer.errors).toHaveLength(1);
  expect(errors).toContain('<masked>');
  expect(errors).not.toContain(answer.errors?.[0]?.message);
});

test("A federated trace is part of Apollo Gateway's own trace", async ({ supergraph }) => {
  const headers = { ...WANTS_TRACE, 'x-gateway-debug': TOKEN };
  const trace = traceOf(await supergraph.ask('Apollo Gateway', ACCOUNT, { headers }));
  const fetches = (trace?.queryPlan?.sequence?.nodes ?? []).map(({ fetch, flatten }) => fetch ?? flatten?.node?.fetch);
  const promotions = fetches.find((fetch) => fetch?.serviceName === 'promotions');
  expect(promotions?.traceParsingFailed).toBe(false);
  expect(pathsOf(promotions?.trace?.root)).toEqual(['_entities', '_entities.0', '_entities.0.id']);
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
