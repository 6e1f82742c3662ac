import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { fastify } from 'fastify';
import { expect } from 'vitest';
import { HeldBytes, holdBodies } from '../../src/http/heldBytes.ts';
import { test } from '../support/fixture.ts';

test('A body that gives way is let go before its connection is closed', async ({ onTestFinished }) => {
  const server = fastify();
  const ends: string[] = [];
  let received = () => 0;
  server.addHook('onRequest', ({ raw }, _, done) => {
    if (raw.socket.remoteAddress === '127.0.0.2') {
      received = () => raw.socket.bytesRead;
      raw.once('error', () => ends.push('body'));
      raw.socket.once('close', () => ends.push('connection'));
    }
    done();
  });
  holdBodies(server, new HeldBytes(100_000));
  server.post('/', async () => '');
  await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const { port } = server.server.address() as AddressInfo;
  const send = (localAddress: string, length: number, sent: number) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: ${length}\r\n\r\n`);
    socket.write(' '.repeat(sent));
    return socket;
  };
  const most = send('127.0.0.2', 90_000, 80_000);
  most.on('error', () => {});
  await expect.poll(() => received()).toBeGreaterThan(80_000);
  const other = send('127.0.0.1', 60_000, 60_000);
  const [response] = await Promise.all([once(other, 'data'), once(most, 'close')]);
  expect(String(response)).toMatch(/^HTTP\/1\.1 200/);
  expect(ends).toEqual(['body', 'connection']);
  other.destroy();
});
