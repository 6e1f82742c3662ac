import { InMemoryLRUCache, type KeyValueCache } from '@apollo/utils.keyvaluecache';
import type { FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import { MemoryStore } from '../cache/memoryStore.ts';
import { PageCache, type PageSource } from '../cache/pageCache.ts';
import type { Store } from '../cache/store.ts';
import type { Config } from '../config/config.ts';
import { PERSISTED_QUERY_BYTES } from '../graphql/persistedQueries.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
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

/** Everything in this process's memory. */
export function memoryState({ cache, cacheMaxBytes, upstream }: Config, hash: KeyedHash): SharedState {
  const { requestsPerMinute } = upstream;
  return {
    hash,
    budget: requestsPerMinute === undefined ? UNBOUNDED : new TokenBuckets(requestsPerMinute),
    persistedQueries: new InMemoryLRUCache({ maxSize: PERSISTED_QUERY_BYTES }),
    rateLimitStore: undefined,
    store: cache.kind === 'off' ? undefined : new MemoryStore(cacheMaxBytes),
    close: () => {},
  };
}
