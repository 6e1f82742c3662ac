import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** An instance that is about to stop takes requests until its server closes, but no client stays connected to it. */
export type Draining = {
  isDraining(): boolean;
  /** From now on each answer is the last on its connection. */
  drain(): void;
};

/**
 * Lets the server close as soon as everything under way is answered: Node closes idle connections by itself, but neither
 * those in use at that time, once they are answered, nor those on which nothing was ever asked.
 */
export function closeGracefully(server: FastifyInstance): Draining {
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
  return {
    isDraining: () => draining,
    drain: () => {
      draining = true;
    },
  };
}
