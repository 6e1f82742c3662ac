import { RedisStore } from '../cache/redisStore.ts';
import type { Config } from '../config/config.ts';
import { SharedPersistedQueries } from '../graphql/persistedQueries.ts';
import { sharedRateLimitStore } from '../http/rateLimit.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import type { Secret } from '../model/redacted.ts';
import { type RedisHealth, SharedRedis } from '../redis/connection.ts';
import { encrypted, signed } from '../redis/seal.ts';
import { SharedBudget } from '../upstream/admission/sharedBudget.ts';
import { UNBOUNDED } from '../upstream/admission/tokenBucket.ts';
import type { SharedState } from './sharedState.ts';

/** Shares everything over one connection; a file of its own, so that whoever has no Redis does not load its client. */
export async function startRedisState(
  { cache, cacheSecret, rateLimitPerMinute, upstream: { requestsPerMinute } }: Config,
  redisUrl: Secret,
  upstreamUrl: string,
  hash: KeyedHash,
  health: RedisHealth,
): Promise<SharedState> {
  const redis = new SharedRedis(redisUrl.reveal(), health);
  await redis.settled();
  const seal = cacheSecret === undefined ? signed(hash) : encrypted(cacheSecret, upstreamUrl);
  return {
    hash,
    budget: requestsPerMinute === undefined ? UNBOUNDED : new SharedBudget(redis, requestsPerMinute),
    persistedQueries: new SharedPersistedQueries(redis, seal),
    rateLimitStore:
      rateLimitPerMinute === undefined ? undefined : sharedRateLimitStore(redis, hash, rateLimitPerMinute),
    store: cache.kind === 'off' ? undefined : new RedisStore(redis, seal, cache),
    close: () => redis.disconnect(),
  };
}
