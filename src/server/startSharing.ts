import { randomBytes } from 'node:crypto';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import { MemoryStore } from '../cache/memoryStore.ts';
import type { Config } from '../config/config.ts';
import { KeyedHash } from '../model/keyedHash.ts';
import { derivedKey } from '../redis/seal.ts';
import { LocalBudget, UNBOUNDED } from '../upstream/budget.ts';
import { PERSISTED_QUERY_BYTES } from './sharedPersistedQueries.ts';
import type { Sharing } from './sharing.ts';

/**
 * @param upstreamUrl instances of different upstreams share nothing, even in one Redis
 * @param onTrouble told now and then while Redis cannot be used
 */
export async function startSharing(
  config: Config,
  upstreamUrl: string,
  onTrouble: (reason: string) => void,
): Promise<Sharing> {
  const { cache, cacheMaxBytes, cacheSecret, redisUrl } = config;
  const { requestsPerMinute } = config.upstream;
  const secret = cacheSecret ?? redisUrl;
  const hash = new KeyedHash(secret === undefined ? randomBytes(32) : derivedKey(secret.reveal(), upstreamUrl, 'hash'));
  if (redisUrl !== undefined) {
    const { shareByRedis } = await import('./redisSharing.ts');
    return shareByRedis(config, redisUrl, upstreamUrl, hash, onTrouble);
  }
  return {
    hash,
    budget: requestsPerMinute === undefined ? UNBOUNDED : new LocalBudget(requestsPerMinute),
    persistedQueries: new InMemoryLRUCache({ maxSize: PERSISTED_QUERY_BYTES }),
    rateLimitStore: undefined,
    store: cache.kind === 'off' ? undefined : new MemoryStore(cacheMaxBytes),
    close: () => {},
  };
}
