import type { AddressInfo } from 'node:net';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify from 'fastify';
import { type PlaygroundFacts, servePlayground } from '../../src/http/playgroundPage.ts';
import { listen } from '../../src/start/listen.ts';
import { type RouterContext, SubgraphSource } from './subgraphSource.ts';

/** The facts about the gateway behind the router: with its sandbox, for anonymous callers, without debug extensions. */
const FACTS: PlaygroundFacts = {
  upstream: 'sandbox',
  callers: 'none',
  upstreamAuth: 'passthrough',
  debug: 'off',
  supergraph: true,
};

export type Router = { readonly url: string; close(): Promise<void> };

/** Serves a supergraph through Apollo Gateway, with the playground, at `http://127.0.0.1:port/graphql`; 0 takes a free port. */
export async function startRouter(supergraphSdl: string, port: number): Promise<Router> {
  const apollo = new ApolloServer<RouterContext>({
    gateway: new ApolloGateway({ supergraphSdl, buildService: ({ name, url }) => new SubgraphSource(name, url) }),
    introspection: true,
    includeStacktraceInErrorResponses: false,
    plugins: [ApolloServerPluginLandingPageDisabled()],
    stopOnTerminationSignals: false,
  });
  await apollo.start();
  const server = Fastify({ forceCloseConnections: true });
  await servePlayground(server, FACTS);
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    handler: fastifyApolloHandler(apollo, { context: async ({ headers, ip }) => ({ headers, address: ip }) }),
  });
  await listen(server, { host: '127.0.0.1', port }, 'PORT');
  const address = server.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}/graphql`,
    async close() {
      await server.close();
      await apollo.stop();
    },
  };
}
