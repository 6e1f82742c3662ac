import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../model/errors.ts';
import { onRequestEnd } from '../operation/requestEnd.ts';

const RETRY_AFTER_SECONDS = 1;
/** How often the event loop's delay is measured, in milliseconds: its timer is late by the delay. */
const RESOLUTION_MS = 10;

export type OverloadLimits = {
  /** Milliseconds that the event loop may lag. */
  readonly eventLoopDelayMs: number;
  /** Operations that may be in flight at once. */
  readonly maxInFlight: number;
};

export type Overload = {
  /** The error for new operations, or undefined while they are accepted. */
  error(): GatewayError | undefined;
  /** The number of operations in flight. */
  inFlight(): number;
};

/**
 * Refuses new operations while the event loop lags or too many are in flight; health checks are still answered.
 * Every operation on `route` counts from the last byte of its body to the last byte of its response, so a client that
 * sends half a body does not count.
 */
export function guardAgainstOverload(server: FastifyInstance, route: string, limits: OverloadLimits): Overload {
  let inFlight = 0;
  const lagMs = eventLoopLag(server, Math.max(500, limits.eventLoopDelayMs));
  const overload: Overload = {
    error: () =>
      lagMs() > limits.eventLoopDelayMs || inFlight >= limits.maxInFlight
        ? new GatewayError('OVERLOADED', { retryAfterSeconds: RETRY_AFTER_SECONDS })
        : undefined,
    inFlight: () => inFlight,
  };
  server.addHook('onRequest', ({ routeOptions }, _, done) => {
    done(routeOptions.url === route ? overload.error() : undefined);
  });
  server.addHook('preHandler', (request, reply, done) => {
    if (request.routeOptions.url !== route) return done();
    const error = overload.error();
    if (error !== undefined) return done(error);
    inFlight++;
    onRequestEnd({ request: request.raw, response: reply.raw }, () => inFlight--);
    return done();
  });
  return overload;
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
