import { MemoryStore } from '../cache/memoryStore.ts';
import { ResponseCache } from '../cache/responseCache.ts';
import type { Store } from '../cache/store.ts';
import type { PageCacheOptions } from '../calls/cached.ts';
import { type CallBudget, memoryBudget, rateOf } from '../calls/callBudget.ts';
import type { Config } from '../config/config.ts';
import type { CountRequest } from '../http/rateLimit.ts';
import { type Keys, publicIdsHash } from '../model/keyedHash.ts';
import { PromotionIds } from '../model/promotionIds.ts';
import { Cursors } from '../promotions/cursor.ts';
import type { RequestFacts } from '../telemetry/operationRecord.ts';

/** The state that outlives an operation: in this process's memory, or in Redis for all instances. */
export type SharedState = {
  readonly budget: CallBudget;
  /** Undefined counts in memory. */
  readonly countRequest: CountRequest | undefined;
  /** Undefined while the cache is off. */
  readonly store: Store | undefined;
  close(): void;
};

/** The longest time that a call may take if its page is to be stored, in milliseconds. A shared call may outlast one operation. */
export function longestCallMs({ deadlineMs }: Pick<Config['upstream'], 'deadlineMs'>): number {
  return 2 * deadlineMs;
}

/** Undefined while the cache is off. */
export function pageCacheOptions(
  { cache, eventsToken, upstream }: Pick<Config, 'cache' | 'eventsToken' | 'upstream'>,
  { store }: SharedState,
  { storeNames }: Keys,
  promotionIds: PromotionIds,
): PageCacheOptions | undefined {
  if (cache.kind === 'off' || store === undefined) return undefined;
  return {
    promotionIds,
    hash: storeNames,
    events: eventsToken !== undefined,
    lifetimes: cache,
    store,
    renewalMs: upstream.deadlineMs,
    recentMs: longestCallMs(upstream),
  };
}

/** Undefined while the cache is off. Responses get half of the memory if pages are in memory too, and all of it with Redis. */
export function startResponseCache(
  { cache, cacheMaxBytes, redis }: Pick<Config, 'cache' | 'cacheMaxBytes' | 'redis'>,
  { store }: SharedState,
): ResponseCache<RequestFacts> | undefined {
  if (cache.kind === 'off' || store === undefined) return undefined;
  return new ResponseCache(store, cache, redis === undefined ? cacheMaxBytes / 2 : cacheMaxBytes);
}

/**
 * Makes the ids and cursors that clients store. The key of promotions' ids and of cursors is the same on every instance and after
 * every restart, and secret only with CACHE_SECRET, so they must not contain anything personal.
 */
export function publicIds(cacheSecret: Config['cacheSecret'], { storeNames }: Keys) {
  const stable = publicIdsHash(cacheSecret);
  return { promotionIds: new PromotionIds(stable, storeNames), cursors: new Cursors(stable) };
}

/** Everything in this process's memory. */
export function memoryState({
  cache,
  cacheMaxBytes,
  upstream,
}: Pick<Config, 'cache' | 'cacheMaxBytes' | 'upstream'>): SharedState {
  const store = cache.kind === 'off' ? undefined : new MemoryStore(cacheMaxBytes / 2, longestCallMs(upstream));
  return {
    budget: memoryBudget(rateOf(upstream.requestsPerMinute)),
    countRequest: undefined,
    store,
    close: () => {},
  };
}
