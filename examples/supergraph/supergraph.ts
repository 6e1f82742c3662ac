import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { accounts } from './accounts.ts';
import { content } from './content.ts';
import { members } from './members.ts';
import type { RunningSubgraph } from './subgraph.ts';

/** The subgraphs of the example beside the promotions gateway. */
export const OTHERS = [accounts, members, content];

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
