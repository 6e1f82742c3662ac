import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Trace } from '@apollo/usage-reporting-protobuf';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { forwardedHeaders } from '../../examples/supergraph/forwarding.ts';
import { ask, BASIC, type GraphQLAnswer } from '../support/gateway.ts';
import { ROUTERS, startTestSupergraph, type TestSupergraph } from '../support/supergraph.ts';

const TOKEN = 'd8f1c0a27be44c6f9a35';
const ENTITIES =
  '{ _entities(representations: [{ __typename: "Customer", id: "1" }]) { ... on Customer { id source } } }';
const ACCOUNT = '{ accounts(emails: ["a@example.com"]) { loyalty { id } } }';
const WANTS_TRACE = { authorization: BASIC, 'apollo-federation-include-trace': 'ftv1' };

let supergraph: TestSupergraph;
/** Where spans go: without a collector the gateway takes no part in its callers' traces. */
let collector: Server;
beforeAll(async () => {
  collector = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  supergraph = await startTestSupergraph({ DEBUG_TOKEN: TOKEN, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
});
beforeEach(() => supergraph.upstream.reset());
afterAll(async () => {
  await supergraph.close();
  collector.closeAllConnections();
  collector.close();
});

function traceOf({ text }: GraphQLAnswer): Trace | undefined {
  const { extensions } = JSON.parse(text);
  return extensions?.ftv1 === undefined ? undefined : Trace.decode(Buffer.from(extensions.ftv1, 'base64'));
}

/** The response names and indices of a trace's fields, as paths. */
function pathsOf(node: Trace.INode | null | undefined, path = ''): string[] {
  return (node?.child ?? []).flatMap((child) => {
    const own = `${path}${path && '.'}${child.responseName || child.index}`;
    return [own, ...pathsOf(child, own)];
  });
}

describe('A federated trace (ftv1)', () => {
  test('tells those who may debug about each field', async () => {
    const headers = { ...WANTS_TRACE, 'x-gateway-debug': TOKEN };
    const trace = traceOf(await ask(supergraph.promotionsUrl, ENTITIES, { headers }));
    expect(pathsOf(trace?.root)).toEqual(['_entities', '_entities.0', '_entities.0.id', '_entities.0.source']);
    expect(Number(trace?.durationNs)).toBeGreaterThan(0);
  });

  test.each([
    ['no debug header', {}],
    ['another token', { 'x-gateway-debug': `${TOKEN}0` }],
  ])('is not answered to %s', async (_, debug) => {
    const answer = await ask(supergraph.promotionsUrl, ENTITIES, { headers: { ...WANTS_TRACE, ...debug } });
    expect(answer.errors).toBeUndefined();
    expect(JSON.parse(answer.text)).not.toHaveProperty('extensions');
  });

  test("says nothing of an error's words", async () => {
    const query = '{ _entities(representations: [{ __typename: "Customer" }]) { ... on Customer { id } } }';
    const answer = await ask(supergraph.promotionsUrl, query, {
      headers: { ...WANTS_TRACE, 'x-gateway-debug': TOKEN },
    });
    const errors = JSON.stringify(traceOf(answer)?.toJSON());
    expect(answer.errors).toHaveLength(1);
    expect(errors).toContain('<masked>');
    expect(errors).not.toContain(answer.errors?.[0]?.message);
  });

  test("is part of Apollo Gateway's own", async () => {
    const headers = { ...WANTS_TRACE, 'x-gateway-debug': TOKEN };
    const trace = traceOf(await supergraph.ask('Apollo Gateway', ACCOUNT, { headers }));
    const fetches = (trace?.queryPlan?.sequence?.nodes ?? []).map(
      ({ fetch, flatten }) => fetch ?? flatten?.node?.fetch,
    );
    const promotions = fetches.find((fetch) => fetch?.serviceName === 'promotions');
    expect(promotions?.traceParsingFailed).toBe(false);
    expect(pathsOf(promotions?.trace?.root)).toEqual(['_entities', '_entities.0', '_entities.0.id']);
  });
});

describe.each(ROUTERS)("The caller's trace goes through %s", (router) => {
  test('and on to upstream', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { authorization: BASIC, traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const { errors } = await supergraph.ask(router, ACCOUNT, { headers });
    expect(errors).toBeUndefined();
    expect(supergraph.upstream.calls[0]?.headers.traceparent).toMatch(new RegExp(`^00-${traceId}-`));
  });
});

test('Credentials, data scope and debug token go to no other subgraph', () => {
  const others = ['accounts', 'members', 'content'].map((name) => forwardedHeaders(name, (header) => `its ${header}`));
  for (const headers of others) expect(Object.keys(headers)).toEqual(['x-request-id', 'traceparent']);
});
