import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';

/** A subgraph of the example: its SDL file and its resolvers. */
export type SubgraphModule = {
  readonly name: string;
  readonly sdl: URL;
  readonly resolvers: Record<string, Record<string, unknown>>;
};

/** A subgraph for composition: its name, URL and SDL. */
export type RunningSubgraph = { readonly name: string; readonly url: string; readonly sdl: string };

export type StartedSubgraph = RunningSubgraph & { close(): Promise<void> };

/** Serves a subgraph on a free loopback port. */
export async function startSubgraph({ name, sdl, resolvers }: SubgraphModule): Promise<StartedSubgraph> {
  const text = readFileSync(sdl, 'utf8');
  const modules: unknown = [{ typeDefs: parse(text), resolvers }];
  const server = new ApolloServer({
    schema: buildSubgraphSchema(modules as Parameters<typeof buildSubgraphSchema>[0]),
    plugins: [ApolloServerPluginInlineTraceDisabled(), ApolloServerPluginLandingPageDisabled()],
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
  return { name, url, sdl: text, close: () => server.stop() };
}
