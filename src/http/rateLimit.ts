import rateLimit, { type FastifyRateLimitStore, type FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { GatewayError } from '../model/errors.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import type { SharedRedis } from '../redis/connection.ts';

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

/** Counts callers' requests for all instances together, by a keyed hash of their names; without Redis each for itself. */
export function sharedRateLimitStore(
  redis: SharedRedis,
  hash: KeyedHash,
  perMinute: number,
): FastifyRateLimitStoreCtor {
  const perInstance = new RateLimiterMemory({ points: perMinute, duration: 60 });
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: 'promotions-gateway:caller',
    points: perMinute,
    duration: 60,
    rejectIfRedisNotReady: true,
    insuranceLimiter: perInstance,
  });
  return class implements FastifyRateLimitStore {
    incr(caller: string, callback: Parameters<FastifyRateLimitStore['incr']>[1]): void {
      const tell = ({ consumedPoints, msBeforeNext }: RateLimiterRes) =>
        callback(null, { current: consumedPoints, ttl: msBeforeNext });
      limiter
        .consume(hash.of('caller', caller))
        .then(tell, (refusal) => (refusal instanceof Error ? callback(refusal) : tell(refusal)));
    }

    child(): FastifyRateLimitStore {
      return this;
    }
  };
}
