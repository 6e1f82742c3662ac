import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler as rustPlanner } from '@graphql-hive/router-runtime';
import { forwardedHeaders } from '../../examples/supergraph/forwarding.ts';
import { type Router, startRouter } from '../../examples/supergraph/router.ts';
import { type StartedSubgraph, type SubgraphModule, startSubgraph } from '../../examples/supergraph/subgraph.ts';
import { composeSupergraph, OTHERS } from '../../examples/supergraph/supergraph.ts';
import { readTypeDefs } from '../../src/graphql/schema.ts';
import { ask, type GraphQLResult, type QueryOptions } from './gateway.ts';
import { startGatewayProgram } from './process.ts';
import type { TestUpstream } from './upstream.ts';

/** The routers that are tested with the same queries. */
export const ROUTERS = ['Apollo Gateway', 'Hive Gateway', "Hive Gateway's Rust planner"] as const;

export type TestSupergraph = {
  /** The supergraph's SDL. */
  readonly sdl: string;
  /** The address of the promotions gateway without a router. */
  readonly promotionsUrl: string;
  /** Sends a query through a router, with credentials unless the options have other headers. */
  ask(router: (typeof ROUTERS)[number], query: string, options?: QueryOptions): Promise<GraphQLResult>;
  close(): Promise<void>;
};

type HiveOptions = Partial<Parameters<typeof createGatewayRuntime>[0]>;

export type SupergraphOptions = {
  /** The gateway's settings. */
  readonly env?: Record<string, string>;
  /** The subgraphs beside the gateway, if they are not the example's. */
  readonly others?: readonly SubgraphModule[];
  /** Further options of both Hive Gateways. */
  readonly hive?: HiveOptions;
};

/**
 * The example's supergraph with the programmable upstream, served by all routers over real sockets. The gateway is a separate
 * process, since composition blocks this one, which the gateway would report as overload.
 */
export async function startTestSupergraph(
  upstream: TestUpstream,
  { env = {}, others: modules = OTHERS, hive = {} }: SupergraphOptions,
): Promise<TestSupergraph> {
  const gateway = await startGatewayProgram({ UPSTREAM_URL: upstream.url, TRUSTED_PROXIES: 'loopback', ...env });
  const promotionsUrl = gateway.url;
  const others = await Promise.all(modules.map(startSubgraph));
  const supergraph = composeSupergraph([
    { name: 'promotions', url: promotionsUrl, sdl: readTypeDefs() },
    ...others.map(({ name, url, sdl }: StartedSubgraph) => ({ name, url, sdl })),
  ]);
  const routers = {
    'Apollo Gateway': await startRouter(supergraph, 0),
    'Hive Gateway': await startHive(supergraph, hive),
    "Hive Gateway's Rust planner": await startHive(supergraph, { ...hive, unifiedGraphHandler: rustPlanner }),
  };
  return {
    sdl: supergraph,
    promotionsUrl,
    ask: (router, query, options) => ask(routers[router].url, query, options),
    async close() {
      await Promise.all(Object.values(routers).map((router) => router.close()));
      await Promise.all(others.map((each) => each.close()));
      await gateway.program.stop();
    },
  };
}

/** Hive Gateway, configured to forward what the example's router forwards. Its own planner is in JavaScript. */
async function startHive(supergraph: string, options: HiveOptions): Promise<Router> {
  const runtime = createGatewayRuntime({
    supergraph,
    ...options,
    propagateHeaders: {
      fromClientToSubgraphs: ({ subgraphName, context: { req } }) =>
        forwardedHeaders(subgraphName, req.headers, req.socket.remoteAddress ?? ''),
    },
    logging: false,
  });
  const server = createServer(runtime);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await runtime[Symbol.asyncDispose]();
    },
  };
}
