import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import type { RunningSubgraph } from './subgraph.ts';

/**
 * The supergraph of these subgraphs.
 * @throws Error with all reasons why they do not compose
 */
export function composeSupergraph(subgraphs: readonly RunningSubgraph[]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (errors) throw new Error(`The subgraphs do not compose:\n${errors.map(({ message }) => message).join('\n')}`);
  return supergraphSdl;
}
