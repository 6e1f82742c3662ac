import { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { onRequestEnd } from '../operation/request.ts';
import type { Room } from '../upstream/transport.ts';
import { addressKey } from './addresses.ts';

/** A connection for which nothing was received, and no response begun, for so long gives way. In milliseconds. */
const STALLED_MS = 250;

/** The share of the bound without which new work is refused: a response that finds no room once it is made is made in vain. */
const SHARE_FOR_NEW_WORK = 1 / 8;

type HeldByConnection = { readonly address: string; bytes: number; movedAt: number };
type HeldOfUpstream = { readonly end: () => void; bytes: number; movedAt: number };

/**
 * The bytes of what is not whole yet: bodies that clients send, responses that they read, and responses of upstream. They have
 * one bound. At the bound, connections of the address that holds most are closed, first those for which nothing has moved for
 * longest; then upstream's response that has not moved for longest is given up. What then finds no room is given up itself.
 */
export class HeldBytes {
  readonly #bound: number;
  /** By connection; the one for which nothing has moved for longest is the first. */
  readonly #connections = new Map<Socket, HeldByConnection>();
  readonly #addresses = new Map<string, number>();
  readonly #known = new WeakMap<Socket, string>();
  /** The responses of upstream, in the same order. */
  readonly #responses = new Map<object, HeldOfUpstream>();
  #total = 0;

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Holds more bytes for a connection. False, and nothing is held, if there is no room and nothing can give way. */
  hold(socket: Socket, bytes: number): boolean {
    if (socket.destroyed || !this.#makeRoom(socket, bytes)) return false;
    const held = this.#connections.get(socket) ?? { address: this.#addressOf(socket), bytes: 0, movedAt: 0 };
    held.movedAt = performance.now();
    this.#connections.delete(socket);
    this.#connections.set(socket, held);
    this.#add(held, bytes);
    return true;
  }

  release(socket: Socket, bytes: number): void {
    const held = this.#connections.get(socket);
    if (held === undefined) return;
    this.#add(held, -bytes);
    if (held.bytes === 0) this.#connections.delete(socket);
  }

  /** Whether there is room for new work of a connection, if need be after others have given way. */
  hasRoom(socket: Socket): boolean {
    return this.#makeRoom(socket, this.#bound * SHARE_FOR_NEW_WORK);
  }

  /** For upstream's responses. */
  readonly ofUpstream: Room = {
    take: (response, bytes, end) => {
      if (!this.#makeRoom(response, bytes)) return false;
      const held = this.#responses.get(response) ?? { end, bytes: 0, movedAt: 0 };
      held.movedAt = performance.now();
      held.bytes += bytes;
      this.#total += bytes;
      this.#responses.delete(response);
      this.#responses.set(response, held);
      return true;
    },
    giveBack: (response) => {
      this.#total -= this.#responses.get(response)?.bytes ?? 0;
      this.#responses.delete(response);
    },
  };

  #makeRoom(asking: Socket | object, bytes: number): boolean {
    while (this.#total + bytes > this.#bound) {
      if (!this.#closeConnection(asking) && !this.#endResponse(asking)) return false;
    }
    return true;
  }

  #closeConnection(asking: Socket | object): boolean {
    const [stalled, held] = this.#mostStalled() ?? [];
    if (stalled === undefined || held === undefined || stalled === asking) return false;
    const isOwn = asking instanceof Socket && held.address === this.#addressOf(asking);
    const takesMost = !isOwn && this.#of(held.address) > this.#bound / 2;
    if (!takesMost && performance.now() - held.movedAt < STALLED_MS) return false;
    this.release(stalled, held.bytes);
    stalled.destroy();
    return true;
  }

  #endResponse(asking: Socket | object): boolean {
    const [stalled, held] = this.#responses.entries().next().value ?? [];
    if (stalled === undefined || held === undefined || stalled === asking) return false;
    if (performance.now() - held.movedAt < STALLED_MS) return false;
    this.ofUpstream.giveBack(stalled);
    held.end();
    return true;
  }

  /** Of the address that holds most. */
  #mostStalled(): [Socket, HeldByConnection] | undefined {
    const most = Math.max(...this.#addresses.values());
    for (const entry of this.#connections) if (this.#of(entry[1].address) === most) return entry;
    return undefined;
  }

  #of(address: string): number {
    return this.#addresses.get(address) ?? 0;
  }

  #addressOf(socket: Socket): string {
    const address = this.#known.get(socket) ?? addressKey(socket.remoteAddress ?? '');
    this.#known.set(socket, address);
    return address;
  }

  #add(held: HeldByConnection, bytes: number): void {
    held.bytes += bytes;
    this.#total += bytes;
    const ofAddress = this.#of(held.address) + bytes;
    if (ofAddress === 0) this.#addresses.delete(held.address);
    else this.#addresses.set(held.address, ofAddress);
  }
}

/** Counts bodies until they are whole. A connection whose body has no room is closed. */
export function holdBodies(server: FastifyInstance, held: HeldBytes): void {
  server.addHook('preParsing', (request, reply, payload, done) => {
    const { headers, socket } = request.raw;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined)
      return done(null, payload);
    let received = 0;
    const release = () => {
      held.release(socket, received);
      received = 0;
    };
    payload.on('data', ({ length }: Buffer) => {
      if (held.hold(socket, length)) received += length;
      else socket.destroy();
    });
    payload.once('end', release);
    onRequestEnd(reply, release);
    done(null, payload);
  });
}

/** Counts a response until it is sent. False if it has no room. */
export function holdResponse(held: HeldBytes, reply: FastifyReply, payload: unknown): boolean {
  const { socket } = reply.request.raw;
  const bytes =
    typeof payload === 'string' ? Buffer.byteLength(payload) : Buffer.isBuffer(payload) ? payload.length : 0;
  if (socket.destroyed) return true;
  if (!held.hold(socket, bytes)) return false;
  onRequestEnd(reply, () => held.release(socket, bytes));
  return true;
}
