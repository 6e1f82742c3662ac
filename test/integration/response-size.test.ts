import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { askOne, firstError } from '../support/questions.ts';

test('A response over UPSTREAM_MAX_BYTES is cut off while it is read', async ({ upstream, startGateway }) => {
  const gateway = await startGateway({ UPSTREAM_MAX_BYTES: '100000' });
  let sent = 0;
  upstream.reply((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const chunk = Buffer.alloc(64 * 1024, 0x20);
    const more = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  expect(firstError(await askOne(gateway))).toMatchObject({
    code: 'UPSTREAM_INVALID_RESPONSE',
    upstream: { status: 200 },
  });
  await upstream.abortsReached(1);
  // Sockets buffer some on both sides; a response that is read to its end never ends.
  expect(sent).toBeLessThan(20_000_000);
  expect(upstream.calls).toHaveLength(1);
});
