import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../model/errors.ts';
import { onRequestEnd } from '../operation/requestEnd.ts';

const RETRY_AFTER_SECONDS = 1;

export type OverloadLimits = {
  /** Milliseconds that the event loop may lag. */
  readonly maxEventLoopDelayMs: number;
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
export async function guardAgainstOverload(
  server: FastifyInstance,
  route: string,
  limits: OverloadLimits,
): Promise<Overload> {
  let inFlight = 0;
  await server.register(underPressure, {
    maxEventLoopDelay: limits.maxEventLoopDelayMs,
    // A stall longer than a sample counts as infinite, so a sample is as long as the allowed delay.
    sampleInterval: Math.max(500, limits.maxEventLoopDelayMs),
    // The hook below decides what is refused: only operations.
    pressureHandler: () => {},
  });
  const overload: Overload = {
    error: () =>
      server.isUnderPressure() || inFlight >= limits.maxInFlight
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
