import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '../../model/errors.ts';

/** Limits each caller's requests, with the standard RateLimit headers; whoever has no name is told apart by address. */
export async function limitCallers(
  server: FastifyInstance,
  perMinute: number,
  callerOf: (request: FastifyRequest) => string,
) {
  await server.register(rateLimit, {
    global: false,
    max: perMinute,
    timeWindow: 60_000,
    hook: 'preHandler',
    enableDraftSpec: true,
    keyGenerator: (request) => callerOf(request),
    errorResponseBuilder: (_request, { ttl }) =>
      new GatewayError('RATE_LIMITED', { retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)) }),
  });
}
