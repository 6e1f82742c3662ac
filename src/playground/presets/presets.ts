import type { PlaygroundFacts } from '../../http/playgroundPage.ts';
import { SANDBOX_PRESETS } from './sandbox.ts';
import { SUPERGRAPH_PRESETS } from './supergraph.ts';
import { UPSTREAM_PRESETS } from './upstream.ts';

/** A query to start from, with its variables as JSON text. The name of its operation is also the title of its tab. */
export type Preset = { readonly query: string; readonly variables?: string };

/** The queries that the playground opens with, chosen by what is behind it. */
export function presetsFor({ supergraph, upstream }: PlaygroundFacts): readonly Preset[] {
  if (supergraph) return SUPERGRAPH_PRESETS;
  return upstream === 'sandbox' ? SANDBOX_PRESETS : UPSTREAM_PRESETS;
}

/** The name of a preset's operation. */
export function nameOf({ query }: Preset): string {
  return /^query (\w+)/m.exec(query)?.[1] ?? '';
}
