import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { askEach, askOne, outcomeOf, someone } from '../support/questions.ts';
import { gate, pageBody, pages, type Reply, upgrading } from '../support/upstream.ts';

/** Replies with pages, but resets a connection that was used before `kill` when it is used again. */
function mortal(): { readonly reply: Reply; kill(): void; readonly resets: () => number } {
  const used = new Set<Socket>();
  let dead = new Set<Socket>();
  let resets = 0;
  return {
    reply: (call, response) => {
      const { socket } = response.req as IncomingMessage;
      if (dead.has(socket)) {
        resets++;
        socket.resetAndDestroy();
        return;
      }
      used.add(socket);
      return pages(10)(call, response);
    },
    kill() {
      dead = new Set(used);
    },
    resets: () => resets,
  };
}

test('A pool of dead connections fails no operation, is emptied at once and counts for nothing', async ({
  upstream,
  startGateway,
}) => {
  const { reply, kill, resets } = mortal();
  const together = gate(reply);
  upstream.reply(together.reply);
  const gateway = await startGateway({ METRICS: 'true', UPSTREAM_RETRIES: '0' });
  const filling = askEach(gateway, 12);
  await upstream.callsReached(12);
  together.open();
  expect((await filling).map(outcomeOf)).toEqual(Array(12).fill('OK'));
  kill();
  upstream.reply(reply);
  for (let i = 0; i < 12; i++) expect(outcomeOf(await askOne(gateway))).toBe('OK');
  expect(resets()).toBe(1);
  expect(await gateway.metric('gateway_upstream_calls_retried_total')).toBe(0);
  expect(gateway.logs.lines().filter(({ msg }) => msg === 'upstream call failed')).toEqual([]);
});

test('A connection that is reset again on a new connection is a failure', async ({ upstream, startGateway }) => {
  const gateway = await startGateway({ UPSTREAM_RETRIES: '0' });
  await askOne(gateway);
  upstream.reply((_, response) => {
    (response.req as IncomingMessage).socket.resetAndDestroy();
  });
  expect(outcomeOf(await askOne(gateway))).toBe('UPSTREAM_UNAVAILABLE');
  expect(upstream.calls).toHaveLength(3);
});

test('What is left of an earlier response fails no call for another customer', async ({ upstream, startGateway }) => {
  const gateway = await startGateway({ UPSTREAM_RETRIES: '0' });
  upstream.reply((_, response) => void response.socket?.write('HTTP/1.1 204 No Content\r\n\r\n'));
  const first = await askOne(gateway);
  expect(outcomeOf(first)).toBe('UPSTREAM_INVALID_RESPONSE');
  upstream.reply((call, response) => {
    if (upstream.calls.length === 2) response.req.socket.write('{"message":"no content"}');
    else pages(10)(call, response);
  });
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
  expect(upstream.calls).toHaveLength(3);
});

test('What is refused again on another connection costs two calls, and is told', async ({ upstream, startGateway }) => {
  const gateway = await startGateway();
  const [good, bad] = [someone(), someone()];
  upstream.on(bad, (_, response) => void response.req.socket.write('HTTP/1.1 200 OK\r\na b: c\r\n\r\n'));
  for (let i = 0; i < 3; i++) {
    expect((await askEach(gateway, 5)).map(outcomeOf)).toEqual(Array(5).fill('OK'));
    expect(outcomeOf(await askOne(gateway, good))).toBe('OK');
    upstream.calls.length = 0;
    expect(outcomeOf(await askOne(gateway, bad))).toBe('UPSTREAM_INVALID_RESPONSE');
    expect(upstream.calls.length).toBeLessThanOrEqual(2);
  }
  const failed = gateway.logs.lines().filter(({ msg }) => msg === 'upstream call failed');
  expect(failed.length).toBeGreaterThanOrEqual(3);
});

test('A connection whose protocol upstream changes is closed', async ({ upstream, startGateway }) => {
  const gateway = await startGateway();
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  upstream.reply((call, response) => {
    response.socket?.once('close', resolve);
    upgrading(call, response);
  });
  expect(outcomeOf(await askOne(gateway))).toBe('UPSTREAM_INVALID_RESPONSE');
  expect(upstream.calls).toHaveLength(1);
  await closed;
});

/** A page as Node's parser reads it, until it meets what is none. */
const PAGE = JSON.stringify({ ...pageBody(1, 0, 10), warnings: [{ code: 1, message: 'é' }] });

test.for([
  ['two lengths', 'content-length: 2\r\ntransfer-encoding: chunked', '2\r\n{}\r\n0\r\n\r\n'],
  ['a length that counts characters, not bytes', `content-length: ${PAGE.length}`, PAGE],
  ['a piece whose length is no number', 'transfer-encoding: chunked', '2\r\n{}\r\nno\r\n'],
])(
  "What Node's parser refuses is not retried and opens no circuit: %s",
  async ([, headers, body], { upstream, startGateway }) => {
    const gateway = await startGateway({ METRICS: 'true' });
    const good = someone();
    upstream.on(good, pages(10));
    upstream.reply((_, response) => {
      const { socket } = response.req as IncomingMessage;
      socket.end(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${body}`);
    });
    for (let i = 0; i < 12; i++) expect(outcomeOf(await askOne(gateway))).toBe('UPSTREAM_INVALID_RESPONSE');
    expect(upstream.calls).toHaveLength(12);
    const failed = gateway.logs.lines().filter(({ msg }) => msg === 'upstream call failed');
    expect(new Set(failed.map(({ cause }) => String(cause).slice(0, 4)))).toEqual(new Set(['HPE_']));
    expect(outcomeOf(await askOne(gateway, good))).toBe('OK');
  },
);
