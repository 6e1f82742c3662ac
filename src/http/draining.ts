import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** A draining instance still accepts requests, but closes each connection after its response. */
export type Draining = {
  isDraining(): boolean;
  /** From now on, each response is the last on its connection. */
  drain(): void;
};

/**
 * Lets the server close as soon as all requests in flight have their response. Node itself closes idle connections, but
 * not those in use at that time, and not those that never sent a request.
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
