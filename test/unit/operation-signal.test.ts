import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyReply } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { ClientGone } from '../../src/model/errors.ts';
import { operationSignal } from '../../src/operation/context.ts';

/** The response to a client that is connected. */
async function startResponse() {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const client = send({ port: (server.address() as AddressInfo).port }).on('error', () => {});
  client.end();
  const [request, raw] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  return { client, raw, reply: { raw, request: { raw: request } } as FastifyReply };
}

test('The signal of an operation is aborted when its client leaves', async () => {
  const { client, raw, reply } = await startResponse();
  const signal = operationSignal(reply, 60_000);
  expect(signal.aborted).toBe(false);
  client.destroy();
  await once(raw, 'close');
  expect(signal.reason).toBeInstanceOf(ClientGone);
});

test('The signal of an operation is aborted from the start if its client left while it was authenticated', async () => {
  const { client, raw, reply } = await startResponse();
  client.destroy();
  await once(raw, 'close');
  expect(operationSignal(reply, 60_000).reason).toBeInstanceOf(ClientGone);
});
