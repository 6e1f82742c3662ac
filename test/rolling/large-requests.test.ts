import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { PROXIES } from './support/proxies.ts';

/** The default of MAX_BODY_BYTES. */
const MAX_BODY_BYTES = 262_144;

/** An instance that is ready, but reads each whole request and closes the connection without a response. */
async function startClosing() {
  const read: number[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return response.end();
    read.push((await text(request)).length);
    return request.socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, read, close };
}

test.for(PROXIES)(
  '%s sends the largest request that the gateway takes to another instance if one closes without a response',
  async ([, start], { startGateway, sandbox, onTestFinished }) => {
    const gateway = await startGateway({}, { sandboxUrl: sandbox.url });
    const closing = await startClosing();
    onTestFinished(closing.close);
    const balancer = await start([closing.port, Number(new URL(gateway.url).port)]);
    onTestFinished(() => balancer.close());
    await balancer.allUp();
    const body = JSON.stringify({ query: '{ __typename }' }).padEnd(MAX_BODY_BYTES);
    const headers = { 'content-type': 'application/json' };
    // Of two requests, each load balancer sends at least one to the closing instance first.
    for (let sent = 0; sent < 2; sent += 1) {
      const response = await fetch(`${balancer.url}/graphql`, { method: 'POST', headers, body });
      expect([response.status, await response.json()]).toEqual([200, { data: { __typename: 'Query' } }]);
    }
    expect(new Set(closing.read)).toEqual(new Set([MAX_BODY_BYTES]));
  },
);
