import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import type { KeyedHash } from '../../model/keyedHash.ts';
import type { SharedRedis } from '../../redis/connection.ts';

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
