import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Lets the server close as soon as everything under way is answered: Node closes idle connections by itself, but neither
 * those in use at that time, once they are answered, nor those on which nothing was ever asked.
 * @returns whether the server is closing
 */
export function closeGracefully(server: FastifyInstance): () => boolean {
  let draining = false;
  const unused = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.server.on('request', ({ socket }) => unused.delete(socket));
  server.addHook('preClose', async () => {
    draining = true;
    for (const socket of unused) socket.destroy();
  });
  server.addHook('onSend', (_, reply, payload, done) => {
    if (draining) reply.header('connection', 'close');
    done(null, payload);
  });
  return () => draining;
}
