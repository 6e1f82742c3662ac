import { LRUCache } from 'lru-cache';
import { GatewayError } from '../model/errors.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import type { UpstreamPage, Window } from '../model/page.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';
import type { CallContext, UpstreamClient } from '../upstream/client.ts';
import { type CredentialsIdentity, requireCredentials } from '../upstream/credentials/credentials.ts';
import { type PageKey, pageKey, type QueryKey, queryKey } from '../upstream/key.ts';
import { keepsPages, refusesCredentials, UpstreamError } from '../upstream/payload/outcome.ts';
import { type CachedPage, type CacheEntry, pageFor } from './entry.ts';
import { freshnessOf, type Lifetimes } from './freshness.ts';
import type { CacheStats } from './stats.ts';
import type { Store } from './store.ts';

/** As a call's, and where it is noted what the cache did. */
export type CachedCallContext = CallContext & { readonly cacheStats: CacheStats };

export type PageCacheOptions = {
  readonly upstream: Pick<UpstreamClient, 'fetchPage'>;
  readonly hash: KeyedHash;
  readonly lifetimes: Lifetimes;
  readonly store: Store;
  /** Most milliseconds that a renewal in the background takes. */
  readonly renewalMs: number;
};

const MAX_REFUSED = 10_000;

/** One question to the cache, filed under what keeps callers and data scopes apart. */
type Question = {
  readonly identity: CredentialsIdentity;
  readonly key: QueryKey;
  readonly query: PromotionsQuery;
};

/**
 * Answers from kept pages where that is right, and asks upstream where it is not. What is kept for a credentials identity
 * is served to that identity alone, and no more once upstream has refused its credentials.
 */
export class PageCache {
  readonly #options: PageCacheOptions;
  readonly #renewing = new Set<PageKey>();
  readonly #refusedAt = new LRUCache<CredentialsIdentity, number>({ max: MAX_REFUSED });

  constructor(options: PageCacheOptions) {
    this.#options = options;
  }

  /** A window of at most 100 entries. @throws as `UpstreamClient.fetchPage`. */
  async fetchPage(query: PromotionsQuery, window: Window, context: CachedCallContext): Promise<UpstreamPage> {
    const { identity } = requireCredentials(context.credentials);
    const question = { identity, key: queryKey(this.#options.hash, identity, query), query };
    const stats = context.cacheStats;
    const found = this.#options.store.find(question.key, window);
    const kept = found instanceof Promise ? await found : found;
    if (kept !== undefined && kept.at > (this.#refusedAt.get(identity) ?? Number.NEGATIVE_INFINITY)) {
      const freshness = freshnessOf(kept, this.#options.lifetimes, Date.now());
      if (freshness.state === 'fresh') {
        stats.hits++;
        stats.oldestMs = Math.max(stats.oldestMs, freshness.ageMs);
        stats.freshForMs = Math.min(stats.freshForMs, freshness.leftMs);
        return answerFrom(kept, window);
      }
      if (freshness.state === 'stale' && kept.kind === 'page') {
        stats.stale++;
        stats.oldestMs = Math.max(stats.oldestMs, freshness.ageMs);
        stats.freshForMs = 0;
        void this.#renew(question, kept, context);
        return pageFor(window, kept);
      }
    }
    stats.misses++;
    stats.freshForMs = Math.min(stats.freshForMs, this.#options.lifetimes.ttlMs);
    return this.#ask(question, window, context);
  }

  /** Asks upstream, and keeps what it answers. */
  async #ask(question: Question, window: Window, context: CallContext): Promise<UpstreamPage> {
    const { upstream, store } = this.#options;
    try {
      const page = await upstream.fetchPage(question.query, window, context);
      void store.keep(question.key, { kind: 'page', at: Date.now(), window, page });
      return page;
    } catch (error) {
      if (error instanceof UpstreamError) this.#refused(question, error);
      throw error;
    }
  }

  /** What upstream refuses now is not answered from before. */
  #refused({ key, identity }: Question, error: UpstreamError): void {
    const { store, lifetimes } = this.#options;
    const { code, upstream } = error;
    // An instance whose clock is ahead may have kept a page before, and written down a later time.
    if (refusesCredentials(error)) this.#refusedAt.set(identity, Date.now() + store.maxSkewMs);
    if (keepsPages(error)) return;
    if (code === 'CUSTOMER_NOT_FOUND' && upstream !== undefined && lifetimes.notFoundMs > 0) {
      void store.keep(key, { kind: 'not-found', at: Date.now(), upstream });
    } else void store.forget(key);
  }

  /** Asks for a page again, once at a time, for nobody in particular: no client's leaving ends it. */
  async #renew(question: Question, { window }: CachedPage, context: CallContext): Promise<void> {
    const key = pageKey(question.key, window);
    if (this.#renewing.has(key)) return;
    this.#renewing.add(key);
    try {
      await this.#ask(question, window, {
        ...context,
        signal: AbortSignal.timeout(this.#options.renewalMs),
        stats: { made: 0, deduplicated: 0, queued: 0, retried: 0 },
      });
    } catch {
      // The client has told of the failed call; the kept page is served for as long as it may be.
    } finally {
      this.#renewing.delete(key);
    }
  }
}

function answerFrom(kept: CacheEntry, window: Window): UpstreamPage {
  if (kept.kind === 'page') return pageFor(window, kept);
  throw new GatewayError('CUSTOMER_NOT_FOUND', { upstream: kept.upstream });
}
