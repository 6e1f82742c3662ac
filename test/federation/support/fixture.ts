import type { SubgraphModule } from '../../../examples/supergraph/subgraph.ts';
import { test } from '../../support/fixture.ts';
import { startTestSupergraph } from '../../support/supergraph.ts';

/**
 * `test` with a `supergraph` with the programmable upstream, which all tests of the file share.
 * @param others the subgraphs beside the gateway, if they are not the example's
 */
export function testWithSupergraph(
  env: () => Promise<Record<string, string>> = async () => ({}),
  others?: readonly SubgraphModule[],
) {
  return test.extend('supergraph', { scope: 'file' }, async ({ fileUpstream }, { onCleanup }) => {
    const supergraph = await startTestSupergraph(fileUpstream, await env(), others);
    onCleanup(() => supergraph.close());
    return supergraph;
  });
}
