import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { onRequestEnd } from '../operation/request.ts';
import type { Room } from '../upstream/transport.ts';
import { addressKey } from './addresses.ts';

/** What has not moved for so long gives way: a connection, or a response of upstream. In milliseconds. */
const STALLED_MS = 250;

/** The share of the bound without which new work is refused: a response that finds no room once it is made is made in vain. */
const SHARE_FOR_NEW_WORK = 1 / 8;

/** What Node keeps for each piece of a body beside its bytes. Measured with pieces of one byte, which took 630. */
const PIECE_BYTES = 600;

/** One client: its open connections, and the bytes that are held for all of them. */
type Address = { connections: number; bytes: number };

/** A connection or a response of upstream, and the bytes that are held for it. */
type Holder = {
  /** Undefined for upstream. */
  readonly address: Address | undefined;
  giveWay: () => void;
  bytes: number;
};

/**
 * The bytes of what is not whole yet: bodies that clients send, responses that they read, and responses of upstream. They have
 * one bound. At the bound, connections of the address that holds most are closed, first those for which nothing has moved for
 * longest; then upstream's response that has not moved for longest is given up. What then finds no room is given up itself.
 */
export class HeldBytes {
  readonly #bound: number;
  readonly #addresses = new Map<string, Address>();
  readonly #entries = new WeakMap<Socket, Entry<Holder>>();
  /** The connections that hold bytes, by when any moved. */
  readonly #connections = new ByTime<Holder>();
  /** The responses of upstream, in the same order. */
  readonly #responses = new ByTime<Holder>();
  #total = 0;

  constructor(bound: number) {
    this.#bound = bound;
  }

  /**
   * Holds more bytes for a connection. False, and nothing is held, if there is no room and nothing can give way.
   * @param giveWay has to close the connection. It is called when others need the room.
   */
  hold(socket: Socket, bytes: number, giveWay: () => void): boolean {
    if (socket.destroyed) return false;
    // A connection that holds nothing must not give way: it would free nothing.
    if (bytes === 0) return true;
    const entry = this.#entryOf(socket);
    entry.value.giveWay = giveWay;
    return this.#hold(entry, bytes);
  }

  /** Does nothing for a connection that had to give way. */
  release(socket: Socket, bytes: number): void {
    const entry = this.#entries.get(socket);
    if (entry !== undefined) this.#release(entry, Math.min(bytes, entry.value.bytes));
  }

  /** Whether there is room for new work of a connection, if need be after others have given way. */
  hasRoom(socket: Socket): boolean {
    return socket.destroyed || this.#makeRoom(this.#entryOf(socket).value, this.#bound * SHARE_FOR_NEW_WORK);
  }

  /** For upstream's responses. */
  readonly ofUpstream: Room = (giveWay) => {
    const entry = newEntry<Holder>({ address: undefined, giveWay, bytes: 0 });
    return {
      take: (bytes) => this.#hold(entry, bytes + PIECE_BYTES),
      giveBack: () => this.#release(entry, entry.value.bytes),
    };
  };

  #hold(entry: Entry<Holder>, bytes: number): boolean {
    if (!this.#makeRoom(entry.value, bytes)) return false;
    this.#listOf(entry.value).renew(entry);
    this.#add(entry.value, bytes);
    return true;
  }

  #release(entry: Entry<Holder>, bytes: number): void {
    this.#add(entry.value, -bytes);
    if (entry.value.bytes === 0) this.#listOf(entry.value).remove(entry);
  }

  #listOf({ address }: Holder): ByTime<Holder> {
    return address === undefined ? this.#responses : this.#connections;
  }

  #makeRoom(asking: Holder, bytes: number): boolean {
    while (this.#total + bytes > this.#bound) {
      const giving = [this.#mostStalled(), this.#responses.oldest].find((each) => each && this.#givesWay(each, asking));
      if (giving === undefined) return false;
      this.#release(giving, giving.value.bytes);
      giving.value.giveWay();
    }
    return true;
  }

  /** Gives way at once: a connection of an address that holds more than half of the bound, to other addresses and to upstream. */
  #givesWay({ value, at }: Entry<Holder>, asking: Holder): boolean {
    if (value === asking) return false;
    const takesMost = value.address !== asking.address && (value.address?.bytes ?? 0) > this.#bound / 2;
    return takesMost || performance.now() - at >= STALLED_MS;
  }

  /** Of the connections of the address that holds most, the one for which nothing has moved for longest. */
  #mostStalled(): Entry<Holder> | undefined {
    let most = 0;
    for (const { bytes } of this.#addresses.values()) most = Math.max(most, bytes);
    for (const entry of this.#connections) if (entry.value.address?.bytes === most) return entry;
    return undefined;
  }

  #entryOf(socket: Socket): Entry<Holder> {
    const known = this.#entries.get(socket);
    if (known !== undefined) return known;
    const key = addressKey(socket.remoteAddress ?? '');
    const address = this.#addresses.get(key) ?? { connections: 0, bytes: 0 };
    this.#addresses.set(key, address);
    address.connections++;
    const entry = newEntry<Holder>({ address, giveWay: () => {}, bytes: 0 });
    socket.once('close', () => {
      this.#release(entry, entry.value.bytes);
      if (--address.connections === 0) this.#addresses.delete(key);
    });
    this.#entries.set(socket, entry);
    return entry;
  }

  #add(holder: Holder, bytes: number): void {
    holder.bytes += bytes;
    this.#total += bytes;
    if (holder.address !== undefined) holder.address.bytes += bytes;
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
    const giveWay = () => {
      socket.destroy();
      // What was received of the body is free at once. The socket's own end comes after all that other sockets have received.
      request.raw.destroy(new Error('It had to give way.'));
    };
    const count = (piece: Buffer) => {
      const bytes = piece.length + PIECE_BYTES;
      if (held.hold(socket, bytes, giveWay)) received += bytes;
      else giveWay();
    };
    payload.on('data', count);
    payload.once('end', release);
    // What comes after the response is read and forgotten.
    onRequestEnd(reply, () => {
      payload.off('data', count);
      release();
    });
    done(null, payload);
  });
}

/** Counts a response until it is sent. False if it has no room. */
export function holdResponse(held: HeldBytes, reply: FastifyReply, payload: unknown): boolean {
  const { socket } = reply.request.raw;
  const bytes =
    typeof payload === 'string' ? Buffer.byteLength(payload) : Buffer.isBuffer(payload) ? payload.length : 0;
  if (socket.destroyed) return true;
  if (!held.hold(socket, bytes, () => socket.destroy())) return false;
  onRequestEnd(reply, () => held.release(socket, bytes));
  return true;
}

/** A value and its place in the list, if it is in it. */
type Entry<Value> = {
  readonly value: Value;
  /** When it was added or renewed, in milliseconds of the monotonic clock. */
  at: number;
  older: Entry<Value> | undefined;
  newer: Entry<Value> | undefined;
};

/** A value that is in no list yet. */
function newEntry<Value>(value: Value): Entry<Value> {
  return { value, at: 0, older: undefined, newer: undefined };
}

/**
 * Values in the order in which they were added or renewed.
 *
 * A Map has an order too, but its old tables refer to the newer ones: what was ever in it would stay in memory until a full
 * garbage collection, with all that it refers to, and be copied by the small ones.
 */
export class ByTime<Value> {
  #oldest: Entry<Value> | undefined;
  #newest: Entry<Value> | undefined;

  get oldest(): Entry<Value> | undefined {
    return this.#oldest;
  }

  add(value: Value): Entry<Value> {
    const entry = newEntry(value);
    this.renew(entry);
    return entry;
  }

  /** Makes an entry the newest, also one that is not in the list. */
  renew(entry: Entry<Value>): void {
    this.remove(entry);
    entry.at = performance.now();
    entry.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  /** Does nothing if the entry is not in the list. */
  remove(entry: Entry<Value>): void {
    const { older, newer } = entry;
    if (older !== undefined) older.newer = newer;
    else if (this.#oldest === entry) this.#oldest = newer;
    if (newer !== undefined) newer.older = older;
    else if (this.#newest === entry) this.#newest = older;
    entry.older = undefined;
    entry.newer = undefined;
  }

  /** From the oldest to the newest. */
  *[Symbol.iterator](): Iterator<Entry<Value>> {
    for (let entry = this.#oldest; entry !== undefined; entry = entry.newer) yield entry;
  }
}
