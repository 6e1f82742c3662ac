import rateLimit, { type FastifyRateLimitStore, type FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { GatewayError } from '../model/errors.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import { callerOf } from '../operation/request.ts';
import type { SharedRedis } from '../redis/connection.ts';
import { addressKey } from './addresses.ts';

/** @param waitMs milliseconds until the next request is accepted */
export function rateLimited(waitMs: number): GatewayError {
  return new GatewayError('RATE_LIMITED', { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) });
}

/**
 * Limits each caller's requests, with the standard RateLimit headers; anonymous callers are distinguished by address.
 * @param store counts for all instances together; undefined counts in this instance's memory
 */
export async function limitCallers(
  server: FastifyInstance,
  perMinute: number,
  store: FastifyRateLimitStoreCtor | undefined,
) {
  await server.register(rateLimit, {
    global: false,
    max: perMinute,
    timeWindow: 60_000,
    // After the authentication, and before the body is read.
    hook: 'onRequest',
    ...(store && { store }),
    enableDraftSpec: true,
    keyGenerator: (request) => {
      const { name } = callerOf(request);
      return name === 'anonymous' ? addressKey(request.ip) : name;
    },
    errorResponseBuilder: (_request, { ttl }) => rateLimited(ttl),
  });
}

/**
 * Counts callers' requests for all instances together, by a keyed hash of their names. While Redis fails, each instance
 * counts separately.
 */
export function sharedRateLimitStore(
  redis: SharedRedis,
  hash: KeyedHash,
  perMinute: number,
): FastifyRateLimitStoreCtor {
  const perInstance = new RateLimiterMemory({ points: perMinute, duration: 60 });
  const limiter = new RateLimiterRedis({
    storeClient: redis.client,
    keyPrefix: 'promotions-gateway:caller',
    points: perMinute,
    duration: 60,
    rejectIfRedisNotReady: true,
    insuranceLimiter: perInstance,
  });
  return class implements FastifyRateLimitStore {
    incr(caller: string, callback: Parameters<FastifyRateLimitStore['incr']>[1]): void {
      const report = ({ consumedPoints, msBeforeNext }: RateLimiterRes) =>
        callback(null, { current: consumedPoints, ttl: msBeforeNext });
      limiter
        .consume(hash.of('caller', caller))
        .then(report, (refusal) => (refusal instanceof Error ? callback(refusal) : report(refusal)));
    }

    child(): FastifyRateLimitStore {
      return this;
    }
  };
}
