import rateLimit, { type FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '../../model/errors.ts';

/**
 * Limits each caller's requests, with the standard RateLimit headers; whoever has no name is told apart by address.
 * @param store counts for all instances together; undefined counts in this one's memory
 */
export async function limitCallers(
  server: FastifyInstance,
  perMinute: number,
  callerOf: (request: FastifyRequest) => string,
  store: FastifyRateLimitStoreCtor | undefined,
) {
  await server.register(rateLimit, {
    global: false,
    max: perMinute,
    timeWindow: 60_000,
    hook: 'preHandler',
    ...(store && { store }),
    enableDraftSpec: true,
    keyGenerator: (request) => callerOf(request),
    errorResponseBuilder: (_request, { ttl }) =>
      new GatewayError('RATE_LIMITED', { retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)) }),
  });
}
