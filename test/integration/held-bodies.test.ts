import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { fastify } from 'fastify';
import { expect } from 'vitest';
import { HeldBytes, holdBodies } from '../../src/http/heldBytes.ts';
import { test } from '../support/fixture.ts';

/** A server that holds at most 100,000 bytes of bodies. Bodies of GET are read by nobody. */
async function startServer(onTestFinished: (stop: () => Promise<void>) => void) {
  const server = fastify();
  holdBodies(server, new HeldBytes(100_000));
  server.post('/', async () => '');
  server.get('/', async () => '');
  await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const { port } = server.server.address() as AddressInfo;
  const send = (method: 'GET' | 'POST', length: number, sent: number, localAddress = '127.0.0.1') => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    socket.on('error', () => {});
    socket.write(`${method} / HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: ${length}\r\n\r\n`);
    socket.write(' '.repeat(sent));
    return socket;
  };
  const accepted: Socket[] = [];
  const closed: Socket[] = [];
  server.server.on('connection', (socket: Socket) => {
    accepted.push(socket);
    socket.once('close', () => closed.push(socket));
  });
  return { server, send, accepted, closed };
}

test('A body that gives way is let go before its connection is closed', async ({ onTestFinished }) => {
  const { server, send, accepted } = await startServer(onTestFinished);
  const ends: string[] = [];
  server.server.on('request', (request: IncomingMessage) => {
    if (request.socket.remoteAddress !== '127.0.0.2') return;
    request.once('error', () => ends.push('body'));
    request.socket.once('close', () => ends.push('connection'));
  });
  const most = send('POST', 90_000, 80_000, '127.0.0.2');
  await expect.poll(() => accepted[0]?.bytesRead).toBeGreaterThan(80_000);
  const other = send('POST', 60_000, 60_000);
  const [response] = await Promise.all([once(other, 'data'), once(most, 'close')]);
  expect(String(response)).toMatch(/^HTTP\/1\.1 200/);
  expect(ends).toEqual(['body', 'connection']);
  other.destroy();
});

test('What clients send after their response takes no room, also when they have left', async ({ onTestFinished }) => {
  const { send, accepted, closed } = await startServer(onTestFinished);
  for (let i = 0; i < 3; i++) {
    const socket = send('GET', 1_000_000, 10);
    await once(socket, 'data');
    socket.write(' '.repeat(60_000));
    await expect.poll(() => accepted[i]?.bytesRead).toBeGreaterThan(60_000);
    socket.destroy();
    await expect.poll(() => closed.length).toBe(i + 1);
  }
  const other = send('POST', 90_000, 90_000);
  expect(String(await once(other, 'data'))).toMatch(/^HTTP\/1\.1 200/);
  other.destroy();
});
