import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { eventually } from './eventually.ts';

/**
 * Sends these bytes to a server, and gives its response once it has closed the connection.
 * @param andEnd whether the client says that it sends no more
 */
export async function sendRaw(origin: string, bytes: string, { andEnd = false } = {}): Promise<Response> {
  const socket = await connectRaw(origin);
  if (andEnd) socket.end(bytes);
  else socket.write(bytes);
  return readRaw(socket);
}

export async function connectRaw(origin: string): Promise<Socket> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

/** Resolves once a server refuses new connections. */
export async function refusesConnections(origin: string): Promise<void> {
  const isRefused = () =>
    connectRaw(origin).then(
      (socket) => {
        socket.destroy();
        return false;
      },
      () => true,
    );
  await eventually('new connections are refused', isRefused, true);
}

/** The response that a server sends from now on, once it has closed the connection. */
export async function readRaw(socket: Socket): Promise<Response> {
  const [head = '', body = ''] = (await textOf(socket)).split('\r\n\r\n', 2);
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line): [string, string] => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1),
  ]);
  return new Response(body, { status: Number(statusLine.split(' ')[1]), headers });
}
