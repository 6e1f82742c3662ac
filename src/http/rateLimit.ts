import type { onRequestAsyncHookHandler } from 'fastify';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { KeyedHash } from '../model/keyedHash.ts';
import { refusal } from '../model/refusals.ts';
import type { SharedRedis } from '../redis/sharedRedis.ts';
import { callerKey } from './addresses.ts';

const WINDOW_SECONDS = 60;
/** How many counts in Redis are awaited at once. Their requests are in memory, and are no operations yet that anything bounds. */
const MAX_COUNTING = 1000;

/** Counts one more request of a caller. The result says how many it has sent in its current minute, and when that ends. */
export type CountRequest = (caller: string) => Promise<RateLimiterRes>;

/** Counts in this instance's memory. */
export function countInMemory(perMinute: number): CountRequest {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: WINDOW_SECONDS });
  return (caller) => consume(limiter, caller);
}

/**
 * Counts for all instances together, by a keyed hash of the caller. While Redis fails, is late, owes a thousand counts or holds
 * what no count can be, each instance counts separately.
 */
export function countInRedis(redis: SharedRedis, hash: KeyedHash, perMinute: number): CountRequest {
  const alone = countInMemory(perMinute);
  const limiter = new RateLimiterRedis({
    storeClient: redis.client,
    keyPrefix: 'promotions-gateway:caller',
    points: perMinute,
    duration: WINDOW_SECONDS,
    rejectIfRedisNotReady: true,
  });
  let counting = 0;
  return async (caller) => {
    if (counting === MAX_COUNTING) return alone(caller);
    counting++;
    try {
      const counted = await redis.inTime(consume(limiter, hash.of('caller', caller)));
      if (counted.consumedPoints > 0 && counted.msBeforeNext <= WINDOW_SECONDS * 1000) return counted;
    } catch (error) {
      redis.reportError(error);
    } finally {
      counting--;
    }
    return alone(caller);
  };
}

/**
 * Limits each caller's requests, with the standard RateLimit headers; those without an API key or a token are told apart by
 * address. The hook comes after the authentication, and before the body is read.
 */
export function limitRequests(perMinute: number, count: CountRequest): onRequestAsyncHookHandler {
  return async (request, reply) => {
    const { consumedPoints, remainingPoints, msBeforeNext } = await count(callerKey(request));
    // The library reads the wall clock. If that was set back, a minute still ends after a minute.
    const seconds = Math.min(WINDOW_SECONDS, Math.max(1, Math.ceil(msBeforeNext / 1000)));
    reply.headers({
      'ratelimit-limit': perMinute,
      'ratelimit-remaining': remainingPoints,
      'ratelimit-reset': seconds,
    });
    if (consumedPoints > perMinute) throw refusal('rate limit', { retryAfterSeconds: seconds });
  };
}

/** The library rejects with the count of a request that is over the limit. */
async function consume(limiter: RateLimiterAbstract, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key);
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return refusal;
    throw refusal;
  }
}
