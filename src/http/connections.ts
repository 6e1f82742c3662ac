import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { onRequestEnd } from '../operation/requestEnd.ts';
import { addressKey } from './addresses.ts';

/** How long a client may take for each part of an exchange, and how late the gateway may be, in milliseconds. */
export type HttpTimeouts = {
  /** To send a request's head. */
  readonly headersMs: number;
  /** To send the whole request. */
  readonly requestMs: number;
  /** To read the whole response, once it is being sent. */
  readonly responseMs: number;
  /** How often all three are checked. */
  readonly checkEveryMs: number;
  /** The lag of the event loop above which new operations are refused. */
  readonly eventLoopDelayMs: number;
};

/** Clients that send a request or read a response too slowly lose their connection. */
export const HTTP_TIMEOUTS: HttpTimeouts = {
  headersMs: 10_000,
  requestMs: 15_000,
  responseMs: 30_000,
  checkEveryMs: 2_000,
  eventLoopDelayMs: 1_000,
};

/** The share of all connections that one address may hold. */
const SHARE_OF_AN_ADDRESS = 1 / 4;

/**
 * Bounds the number of connections, each address's share of it, and the time in which a response is read.
 * A connection over the bound is closed before anything is read from it.
 * @param isTrusted whether an address is a proxy's: many clients share it, so it has no share of its own
 */
export function limitConnections(
  server: FastifyInstance,
  maxConnections: number,
  { responseMs, checkEveryMs }: HttpTimeouts,
  isTrusted: (address: string) => boolean,
): void {
  server.server.maxConnections = maxConnections;
  const share = Math.max(1, Math.floor(maxConnections * SHARE_OF_AN_ADDRESS));
  const connections = new Map<string, number>();
  server.server.on('connection', (socket: Socket) => {
    if (socket.remoteAddress === undefined || isTrusted(socket.remoteAddress)) return;
    const address = addressKey(socket.remoteAddress);
    const count = (connections.get(address) ?? 0) + 1;
    if (count > share) {
      socket.destroy();
      return;
    }
    connections.set(address, count);
    socket.once('close', () => {
      const left = (connections.get(address) ?? 1) - 1;
      if (left === 0) connections.delete(address);
      else connections.set(address, left);
    });
  });
  cutUnreadResponses(server, responseMs, checkEveryMs);
}

/** One timer checks all responses that are being sent, since a timer for each would cost more than a small response. */
function cutUnreadResponses(server: FastifyInstance, responseMs: number, checkEveryMs: number): void {
  const startedAt = new Map<ServerResponse, number>();
  const check = setInterval(() => {
    const latest = performance.now() - responseMs;
    for (const [response, at] of startedAt) {
      if (at > latest) return;
      response.destroy();
    }
  }, checkEveryMs).unref();
  server.addHook('onClose', async () => clearInterval(check));
  server.addHook('onSend', ({ raw: request }, { raw: response }, payload, done) => {
    startedAt.set(response, performance.now());
    onRequestEnd({ request, response }, () => startedAt.delete(response));
    done(null, payload);
  });
}
