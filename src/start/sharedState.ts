import type { KeyValueCache } from '@apollo/utils.keyvaluecache';
import type { FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import { MemoryStore } from '../cache/memoryStore.ts';
import { PageCache } from '../cache/pageCache.ts';
import type { Store } from '../cache/store.ts';
import type { Config } from '../config/config.ts';
import { memoryPersistedQueries } from '../graphql/persistedQueries.ts';
import { KeyedHash } from '../model/keyedHash.ts';
import { PromotionIds } from '../model/promotionIds.ts';
import { Cursors } from '../promotions/cursor.ts';
import type { PageSource } from '../promotions/pageSource.ts';
import { derivedKey } from '../redis/seal.ts';
import { type CallBudget, TokenBuckets, UNBOUNDED } from '../upstream/admission/tokenBucket.ts';
import type { UpstreamClient } from '../upstream/client.ts';

/** What outlives an operation: in this process's memory, or in Redis for all instances. */
export type SharedState = {
  readonly hash: KeyedHash;
  readonly budget: CallBudget;
  readonly persistedQueries: KeyValueCache;
  /** Undefined counts in memory. */
  readonly rateLimitStore: FastifyRateLimitStoreCtor | undefined;
  /** Undefined while the cache is off. */
  readonly store: Store | undefined;
  close(): void;
};

/** The client itself, or behind the cache where that is on. */
export function pageSource(
  { cache, upstream }: Config,
  { hash, store }: SharedState,
  client: UpstreamClient,
): PageSource {
  if (cache.kind === 'off' || store === undefined) return client;
  return new PageCache({ upstream: client, hash, lifetimes: cache, store, renewalMs: upstream.deadlineMs });
}

/**
 * What makes the ids and cursors that clients keep: under a key that is the same on every instance and after every restart,
 * and a secret one only with CACHE_SECRET. So nothing personal goes into them under it.
 */
export function publicIds({ cacheSecret }: Config, hash: KeyedHash): { promotionIds: PromotionIds; cursors: Cursors } {
  const stable = new KeyedHash(derivedKey(cacheSecret?.reveal() ?? '', '', 'public-ids'));
  return { promotionIds: new PromotionIds(stable, hash), cursors: new Cursors(stable) };
}

/** Everything in this process's memory. */
export function memoryState({ cache, cacheMaxBytes, upstream }: Config, hash: KeyedHash): SharedState {
  const { requestsPerMinute } = upstream;
  return {
    hash,
    budget: requestsPerMinute === undefined ? UNBOUNDED : new TokenBuckets(requestsPerMinute),
    persistedQueries: memoryPersistedQueries(),
    rateLimitStore: undefined,
    store: cache.kind === 'off' ? undefined : new MemoryStore(cacheMaxBytes),
    close: () => {},
  };
}
