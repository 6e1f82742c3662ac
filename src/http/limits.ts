import { AsyncResource } from 'node:async_hooks';
import type { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { FairQueue } from '../calls/fairQueue.ts';
import type { GatewayError } from '../model/errors.ts';
import { refusal } from '../model/refusals.ts';
import { onRequestEnd } from '../operation/request.ts';
import { addressKey, callerKey } from './addresses.ts';
import type { HeldBytes } from './heldBytes.ts';

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

/** Why a connection is refused: there are too many, or too many of its address. */
export type ConnectionBound = 'MAX_CONNECTIONS' | 'address';

/**
 * Bounds the number of connections, and each address's share of it. A connection over the bound is closed before anything is
 * read from it.
 * @param isTrusted whether an address is a proxy's: many clients share it, so it has no share of its own
 */
export function limitConnections(
  server: FastifyInstance,
  maxConnections: number,
  isTrusted: (address: string) => boolean,
  onRefused: (bound: ConnectionBound) => void,
): void {
  server.server.maxConnections = maxConnections;
  server.server.on('drop', () => onRefused('MAX_CONNECTIONS'));
  const share = Math.max(1, Math.floor(maxConnections * SHARE_OF_AN_ADDRESS));
  const connections = new Counts();
  server.server.on('connection', (socket: Socket) => {
    if (socket.remoteAddress === undefined || isTrusted(socket.remoteAddress)) return;
    const address = addressKey(socket.remoteAddress);
    if (connections.of(address) >= share) {
      onRefused('address');
      socket.destroy();
      return;
    }
    connections.add(address, 1);
    socket.once('close', () => connections.add(address, -1));
  });
}

/** How many there are of each key. A key of which there is none is forgotten. */
class Counts {
  readonly #counts = new Map<string, number>();

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: string, change: 1 | -1): void {
    const count = this.of(key) + change;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }
}

const RETRY = { retryAfterSeconds: 1 };
/** The share of all operations in flight that one caller may have. */
const SHARE_OF_A_CALLER = 3 / 4;

/** How long operations may begin in one turn of the event loop, in milliseconds. The next ones wait for their turns. */
const TURN_MS = 50;
/** How often the end of a turn is looked for, in milliseconds. Looking for each operation would cost a tenth of a cached one. */
const LOOK_EVERY_MS = 10;

/** How often the event loop's delay is measured, in milliseconds: its timer is late by the delay. */
const RESOLUTION_MS = 10;

/** The error for an operation, or its response, that there is no room for. */
export function noRoom(): GatewayError {
  return refusal('bytes held', RETRY);
}

type OverloadLimits = {
  /** Milliseconds that the event loop may lag. */
  readonly eventLoopDelayMs: number;
  /** Operations that may be in flight at once. */
  readonly maxInFlight: number;
};

/** Whether the process accepts further operations. */
export type Overload = {
  /** The error for new operations, or undefined while they are accepted. */
  error(): GatewayError | undefined;
  /** The number of operations in flight. */
  inFlight(): number;
};

/**
 * Refuses new operations while the event loop lags, or too many operations are in flight, of all callers or of one, or too many
 * bytes are held. Health checks are still answered.
 * Every operation on `route` counts from the last byte of its body to the last byte of its response, so a client that
 * sends half a body does not count.
 */
export function guardAgainstOverload(
  server: FastifyInstance,
  route: string,
  limits: OverloadLimits,
  held: HeldBytes,
): Overload {
  let inFlight = 0;
  const ofCallers = new Counts();
  const turns = new Turns();
  const lagMs = eventLoopLag(server, Math.max(500, limits.eventLoopDelayMs));
  const overload: Overload = {
    error() {
      if (lagMs() > limits.eventLoopDelayMs) return refusal('event loop lag', RETRY);
      return inFlight >= limits.maxInFlight ? refusal('operations in flight', RETRY) : undefined;
    },
    inFlight: () => inFlight,
  };
  server.addHook('onRequest', ({ raw, routeOptions }, _, done) => {
    if (routeOptions.url !== route) return done();
    return done(held.hasRoom(raw.socket) ? overload.error() : noRoom());
  });
  server.addHook('preHandler', (request, reply, done) => {
    if (request.routeOptions.url !== route) return done();
    const caller = callerKey(request);
    const error = overload.error();
    if (error !== undefined) return done(error);
    if (ofCallers.of(caller) >= limits.maxInFlight * SHARE_OF_A_CALLER) {
      return done(refusal('operations in flight', RETRY));
    }
    inFlight++;
    ofCallers.add(caller, 1);
    const giveUp = turns.take(caller, (waitedMs) =>
      done(waitedMs > limits.eventLoopDelayMs ? refusal('event loop lag', RETRY) : undefined),
    );
    onRequestEnd(reply, () => {
      inFlight--;
      ofCallers.add(caller, -1);
      giveUp();
    });
  });
  return overload;
}

/**
 * Lets operations begin. Many that arrive at once, each of which computes for long, would be one turn of the event loop, in which
 * nobody else is answered and no connection accepted. Those that do not fit in a turn begin one by one in the next ones, in turn
 * for each caller.
 */
export class Turns {
  readonly #waiting = new FairQueue<() => void>();
  /** When the end of a turn was last looked for. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Whether that turn has not ended. */
  #isSame = false;

  /**
   * @param begin is called at once if there is time left in this turn, else later; with the milliseconds that it has waited
   * @returns gives the turn up, for a client that has left: what nobody waits for may not fill the queue
   */
  take(caller: string, begin: (waitedMs: number) => void): () => void {
    const now = performance.now();
    if (!this.#isSame && now - this.#lookedAt >= LOOK_EVERY_MS) this.#look(now);
    if (!this.#isSame || (this.#waiting.size === 0 && now - this.#lookedAt < TURN_MS)) {
      begin(0);
      return () => {};
    }
    // It begins in the context of its own trace, not of the operation that began this turn.
    const turn = AsyncResource.bind(() => begin(performance.now() - now));
    this.#waiting.push(caller, turn);
    return () => this.#waiting.remove(caller, turn);
  }

  #look(now: number): void {
    this.#lookedAt = now;
    this.#isSame = true;
    setImmediate(() => this.#next());
  }

  #next(): void {
    this.#isSame = false;
    const begin = this.#waiting.shift();
    if (begin === undefined) return;
    this.#look(performance.now());
    begin();
  }
}

/**
 * How long the event loop lagged in the last sample, on average; Infinity if it stood still for all of it.
 * @param sampleMs the length of a sample, until the server closes
 */
function eventLoopLag(server: FastifyInstance, sampleMs: number): () => number {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  let lagMs = 0;
  const sampling = setInterval(() => {
    lagMs = delays.count === 0 ? Number.POSITIVE_INFINITY : delays.mean / 1e6 - RESOLUTION_MS;
    delays.reset();
  }, sampleMs).unref();
  server.addHook('onClose', async () => {
    clearInterval(sampling);
    delays.disable();
  });
  return () => lagMs;
}
