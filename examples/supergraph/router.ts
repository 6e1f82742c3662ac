import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify from 'fastify';
import { type PlaygroundFacts, servePlayground } from '../../src/http/playgroundPage.ts';
import { forwardedHeaders } from './forwarding.ts';

/** The facts about the gateway behind the router: with its sandbox, for anonymous callers, without debug extensions. */
const FACTS: PlaygroundFacts = {
  upstream: 'sandbox',
  callers: 'none',
  upstreamAuth: 'passthrough',
  debug: 'off',
  introspection: true,
  supergraph: true,
};

type RouterContext = { readonly headers: IncomingHttpHeaders };

export type Router = { readonly url: string; close(): Promise<void> };

/** Serves a supergraph through Apollo Gateway, with the playground, at `http://127.0.0.1:port/graphql`; 0 takes a free port. */
export async function startRouter(supergraphSdl: string, port: number): Promise<Router> {
  const apollo = new ApolloServer<RouterContext>({
    gateway: new ApolloGateway({ supergraphSdl, buildService: ({ name, url }) => dataSource(name, url) }),
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
    handler: fastifyApolloHandler(apollo, { context: async ({ headers }) => ({ headers }) }),
  });
  await server.listen({ host: '127.0.0.1', port });
  const address = server.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}/graphql`,
    async close() {
      await server.close();
      await apollo.stop();
    },
  };
}

function dataSource(name: string, url: string | undefined): RemoteGraphQLDataSource<RouterContext> {
  return new RemoteGraphQLDataSource<RouterContext>({
    ...(url !== undefined && { url }),
    willSendRequest(options) {
      // The router's own requests, such as a health check, have no client request.
      if (options.kind !== 'incoming operation') return;
      const { headers } = options.context;
      const forwarded = forwardedHeaders(name, (header) => single(headers[header]));
      for (const [header, value] of Object.entries(forwarded)) options.request.http?.headers.set(header, value);
    },
  });
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? undefined : value;
}
