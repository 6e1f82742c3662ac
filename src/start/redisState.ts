import { RedisStore } from '../cache/redisStore.ts';
import { rateOf } from '../calls/callBudget.ts';
import { SharedBudget } from '../calls/sharedBudget.ts';
import type { Config } from '../config/config.ts';
import type { RedisConfig } from '../config/redis.ts';
import { countInRedis } from '../http/rateLimit.ts';
import type { Keys } from '../model/keyedHash.ts';
import { connect } from '../redis/connect.ts';
import { encrypted } from '../redis/seal.ts';
import { type RedisHealth, SharedRedis } from '../redis/sharedRedis.ts';
import { longestCallMs, type SharedState } from './sharedState.ts';

/** Shares everything over one connection. It is a separate file, so that the Redis client is loaded only with REDIS_URL. */
export async function startRedisState(
  { cache, rateLimitPerMinute, upstream }: Pick<Config, 'cache' | 'rateLimitPerMinute' | 'upstream'>,
  settings: RedisConfig,
  keys: Keys,
  health: RedisHealth,
): Promise<SharedState> {
  const redis = new SharedRedis(connect(settings), health);
  await redis.settled();
  const seal = encrypted(keys.storedValues);
  const store =
    cache.kind === 'off'
      ? undefined
      : new RedisStore({
          redis,
          seal,
          lifetimes: cache,
          recentMs: longestCallMs(upstream),
          maxBodyBytes: upstream.maxBytes,
        });
  return {
    budget: new SharedBudget(redis, upstream.instances, rateOf(upstream.requestsPerMinute)),
    countRequest:
      rateLimitPerMinute === undefined ? undefined : countInRedis(redis, keys.storeNames, rateLimitPerMinute),
    store,
    close() {
      store?.close();
      redis.close();
    },
  };
}
