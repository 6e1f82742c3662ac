import { test } from '../../support/fixture.ts';
import { startTestSupergraph } from '../../support/supergraph.ts';

/** `test` with a `supergraph` with the programmable upstream, which all tests of the file share. */
export function testWithSupergraph(env: () => Promise<Record<string, string>> = async () => ({})) {
  return test.extend('supergraph', { scope: 'file' }, async ({ fileUpstream }, { onCleanup }) => {
    const supergraph = await startTestSupergraph(fileUpstream, await env());
    onCleanup(() => supergraph.close());
    return supergraph;
  });
}
