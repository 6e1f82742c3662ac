import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createAgent, retire } from '../../src/upstream/agent.ts';

test('A retired agent closes idle connections at once, and a busy one after its response', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/now') response.end('now');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = createAgent(new URL(url), undefined);
  const begin = async (path: string) => {
    const [arrived, sent] = [once(server, 'request'), get(`${url}${path}`, { agent })];
    const [request, response] = (await arrived) as [IncomingMessage, ServerResponse];
    return { sent, response, closed: once(request.socket, 'close') };
  };
  const busy = await begin('/later');
  const idle = await begin('/now');
  const [answer] = (await once(idle.sent, 'response')) as [IncomingMessage];
  await once(answer.resume(), 'close');
  expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);

  retire(agent);
  await idle.closed;
  busy.response.end('later');
  const [late] = (await once(busy.sent, 'response')) as [IncomingMessage];
  expect(String(await late.setEncoding('utf8').toArray())).toBe('later');
  await busy.closed;
  expect(Object.values(agent.freeSockets).flat()).toEqual([]);
});
