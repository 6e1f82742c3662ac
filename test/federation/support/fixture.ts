import { test } from '../../support/fixture.ts';
import { type SupergraphOptions, startTestSupergraph } from '../../support/supergraph.ts';

/** `test` with a `supergraph` with the programmable upstream, which all tests of the file share. */
export function testWithSupergraph(options: () => Promise<SupergraphOptions> = async () => ({})) {
  return test.extend('supergraph', { scope: 'file' }, async ({ fileUpstream }, { onCleanup }) => {
    const supergraph = await startTestSupergraph(fileUpstream, await options());
    onCleanup(() => supergraph.close());
    return supergraph;
  });
}
