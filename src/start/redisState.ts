import { RedisStore } from '../cache/redisStore.ts';
import type { Config } from '../config/config.ts';
import { SharedPersistedQueries } from '../graphql/persistedQueries.ts';
import { sharedRateLimitStore } from '../http/rateLimit.ts';
import type { Secret } from '../model/redacted.ts';
import { type RedisHealth, SharedRedis } from '../redis/connection.ts';
import { encrypted } from '../redis/seal.ts';
import { SharedBudget } from '../upstream/admission/sharedBudget.ts';
import { UNBOUNDED } from '../upstream/admission/tokenBucket.ts';
import { type KeysInUse, longestCallMs, type SharedState } from './sharedState.ts';

/** Shares everything over one connection. Its own file, so that the Redis client is loaded only with REDIS_URL. */
export async function startRedisState(
  config: Config,
  redisUrl: Secret,
  [keys, ...previousKeys]: KeysInUse,
  health: RedisHealth,
): Promise<SharedState> {
  const { cache, rateLimitPerMinute, upstream } = config;
  const { requestsPerMinute } = upstream;
  const redis = new SharedRedis(redisUrl.reveal(), health);
  await redis.settled();
  const hash = keys.storeNames;
  const seal = encrypted(
    keys.storedValues,
    previousKeys.map(({ storedValues }) => storedValues),
  );
  const store =
    cache.kind === 'off'
      ? undefined
      : new RedisStore({ redis, seal, lifetimes: cache, recentMs: longestCallMs(config) });
  return {
    hash,
    budget: requestsPerMinute === undefined ? UNBOUNDED : new SharedBudget(redis, requestsPerMinute),
    persistedQueries: new SharedPersistedQueries(redis, seal),
    rateLimitStore:
      rateLimitPerMinute === undefined ? undefined : sharedRateLimitStore(redis, hash, rateLimitPerMinute),
    store,
    close() {
      store?.close();
      redis.disconnect();
    },
  };
}
