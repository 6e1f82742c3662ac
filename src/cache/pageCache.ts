import { GatewayError } from '../model/errors.ts';
import type { CustomerIdentifier } from '../model/identifier.ts';
import type { UpstreamPage, Window } from '../model/page.ts';
import type { PromotionIds } from '../model/promotionIds.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';
import type { CallResult } from '../upstream/callResult.ts';
import type { CallContext, UpstreamClient } from '../upstream/client.ts';
import { type CredentialsSource, requireCredentials } from '../upstream/credentials/credentials.ts';
import { type PageKey, pageKey } from '../upstream/key.ts';
import { keepsPages, refusesCredentials, UpstreamError } from '../upstream/payload/outcome.ts';
import { readPage } from '../upstream/payload/response.ts';
import type { ClientControl } from './clientControl.ts';
import { type CacheEntry, type Moment, pageFor } from './entry.ts';
import { freshnessOf, type Lifetimes } from './freshness.ts';
import type { CacheNames, QueryKeys } from './names.ts';
import type { CacheStats } from './stats.ts';
import type { EntryRef, Lookup, Store } from './store.ts';

/** As a call's, with what the client asks of the cache, and where it is noted what the cache did. */
export type CachedCallContext = CallContext & { readonly control: ClientControl; readonly cacheStats: CacheStats };

export type PageCacheOptions = {
  readonly upstream: Pick<UpstreamClient, 'call'>;
  readonly promotionIds: PromotionIds;
  readonly names: CacheNames;
  readonly lifetimes: Lifetimes;
  readonly store: Store;
  /** Most milliseconds that a renewal in the background takes. */
  readonly renewalMs: number;
  /** Most milliseconds between the start of a call and its page's being stored. */
  readonly recentMs: number;
};

/** One question to the cache, filed under what keeps callers and data scopes apart. */
type Question = {
  readonly source: CredentialsSource;
  readonly keys: QueryKeys;
  readonly query: PromotionsQuery;
  readonly window: Window;
};

/**
 * Serves cached pages if they are fresh enough, and otherwise calls upstream. What is cached for a credentials identity is
 * served to that identity only, and no more once upstream has refused its credentials or the customer has changed.
 */
export class PageCache {
  readonly #options: PageCacheOptions;
  readonly #renewing = new Set<PageKey>();
  /** The entry that a result was stored as, by whichever of those who waited for it came first. */
  readonly #stored = new WeakMap<CallResult, EntryRef | undefined>();

  constructor(options: PageCacheOptions) {
    this.#options = options;
  }

  /** A window of at most 100 entries. @throws as `UpstreamClient.fetchPage`, and NOT_CACHED */
  async fetchPage(query: PromotionsQuery, window: Window, context: CachedCallContext): Promise<UpstreamPage> {
    const source = requireCredentials(context.credentials);
    const question = { source, keys: this.#options.names.keysOf(source, query), query, window };
    const { control, cacheStats } = context;
    const lookup = this.#options.store.get(question.keys, window, (body, own) => this.#read(query, body, own));
    const { found, asOf } = lookup instanceof Promise ? await lookup : lookup;
    const cached = found && this.#fromEntry(question, found, asOf, context);
    if (cached !== undefined) return cached;
    if (control.onlyIfCached) throw new GatewayError('NOT_CACHED');
    cacheStats.misses++;
    cacheStats.freshForMs = Math.min(cacheStats.freshForMs, this.#options.lifetimes.ttlMs);
    // What the client asks anew is not taken from a call that was started before it asked.
    const { page, ref } = await this.#ask(question, { ...context, asOf, unshared: control.maxAgeMs < 0 });
    notePart(cacheStats, page, ref);
    return page;
  }

  /**
   * From now on nothing is served that was asked of upstream before, of a customer known by any of these identifiers.
   * False if the change may not have reached other instances yet.
   */
  async customerChanged(identifiers: readonly CustomerIdentifier[]): Promise<boolean> {
    return this.#options.store.invalidate(this.#options.names.marksOfCustomer(identifiers));
  }

  /** What an entry answers, undefined if it is too old. @throws CUSTOMER_NOT_FOUND if that is what is cached */
  #fromEntry(
    question: Question,
    { entry, ref }: NonNullable<Lookup['found']>,
    asOf: Moment | undefined,
    context: CachedCallContext,
  ): UpstreamPage | undefined {
    const { control, cacheStats } = context;
    const freshness = freshnessOf(entry, this.#options.lifetimes, Date.now());
    if (freshness.state === 'miss') return undefined;
    if (freshness.ageMs > control.maxAgeMs) {
      if (!control.onlyIfCached) cacheStats.renewals++;
      return undefined;
    }
    cacheStats.oldestMs = Math.max(cacheStats.oldestMs, freshness.ageMs);
    if (freshness.state === 'fresh') {
      cacheStats.hits++;
      cacheStats.freshForMs = Math.min(cacheStats.freshForMs, freshness.leftMs);
      if (entry.kind === 'page') notePart(cacheStats, entry.page, ref);
    } else {
      cacheStats.stale++;
      cacheStats.freshForMs = 0;
      cacheStats.parts = undefined;
      if (!control.onlyIfCached) void this.#renew(question, { ...context, asOf });
    }
    return answerFrom(entry, question.window);
  }

  /** Asks upstream, and stores what it answers. */
  async #ask(question: Question, context: CallContext): Promise<{ page: UpstreamPage; ref: EntryRef | undefined }> {
    const result = await this.#call(question, context);
    const ref = this.#stored.has(result) ? this.#stored.get(result) : this.#store(question, result);
    this.#stored.set(result, ref);
    if (result.kind === 'error') throw result.error;
    return { page: result.page, ref };
  }

  /** Takes part in a call that another operation started only if nothing has happened since that this one must see. */
  async #call(question: Question, context: CallContext): Promise<CallResult> {
    const { upstream, store } = this.#options;
    const result = await upstream.call(question.query, question.window, context);
    if (result.asOf === undefined || result.asOf === context.asOf) return result;
    if (!(await store.invalidatedSince(this.#marksOf(question, result), result.asOf as Moment))) return result;
    return upstream.call(question.query, question.window, { ...context, unshared: true });
  }

  /** The entry that a result is stored as, undefined if it is not. */
  #store(question: Question, result: CallResult): EntryRef | undefined {
    const { store, names, lifetimes, recentMs } = this.#options;
    const error = result.kind === 'error' ? result.error : undefined;
    if (refusesCredentials(error)) void store.invalidate(names.marksOfCredentials(question.source));
    if (result.kind === 'error') {
      if (keepsPages(error)) return undefined;
      // What upstream refuses now is not answered from before.
      store.delete(question.keys);
    }
    if (result.asOf === undefined || performance.now() - result.startedAt > recentMs) return undefined;
    const made = { at: Date.now(), asOf: result.asOf as Moment };
    const marks = this.#marksOf(question, result);
    if (result.kind === 'page') {
      const { page, body } = result;
      return store.set(question.keys, marks, { kind: 'page', ...made, window: question.window, page, body });
    }
    if (!(error instanceof UpstreamError) || error.upstream === undefined) return undefined;
    if (error.code !== 'CUSTOMER_NOT_FOUND' || lifetimes.notFoundMs === 0) return undefined;
    return store.set(question.keys, marks, { kind: 'not-found', ...made, upstream: error.upstream });
  }

  #read(query: PromotionsQuery, body: Buffer, window: Window): UpstreamPage {
    return readPage(body, window, (customerId) => this.#options.promotionIds.prefix(customerId, query));
  }

  #marksOf({ source, query }: Question, result: CallResult) {
    return this.#options.names.marksOf(source, query, result.kind === 'page' ? result.page.customerId : null);
  }

  /** Fetches a page again, at most once at a time and without a client, so that no disconnect ends it. */
  async #renew(question: Question, context: CallContext): Promise<void> {
    const key = pageKey(question.keys[0], question.window);
    if (this.#renewing.has(key)) return;
    this.#renewing.add(key);
    try {
      await this.#ask(question, {
        ...context,
        signal: AbortSignal.timeout(this.#options.renewalMs),
        stats: { made: 0, deduplicated: 0, queued: 0, retried: 0 },
      });
    } catch {
      // The client has reported the failed call; the cached page is served for as long as it may be.
    } finally {
      this.#renewing.delete(key);
    }
  }
}

/** A page that upstream warns of, such as that it is busy, is no part of a response that is cached as a whole. */
function notePart(stats: CacheStats, { warnings }: UpstreamPage, ref: EntryRef | undefined): void {
  if (ref === undefined || warnings.length > 0) stats.parts = undefined;
  else stats.parts?.push(ref);
}

function answerFrom(entry: CacheEntry, window: Window): UpstreamPage {
  if (entry.kind === 'page') return pageFor(window, entry);
  throw new GatewayError('CUSTOMER_NOT_FOUND', { upstream: entry.upstream });
}
