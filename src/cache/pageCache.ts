import { GatewayError } from '../model/errors.ts';
import type { CustomerIdentifier } from '../model/identifier.ts';
import type { UpstreamPage, Window } from '../model/page.ts';
import type { PromotionIds } from '../model/promotionIds.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';
import type { CallResult } from '../upstream/callResult.ts';
import type { CallContext, UpstreamClient } from '../upstream/client.ts';
import { type PageKey, type PageRequest, pageKey } from '../upstream/key.ts';
import { keepsPages, refusesCredentials, UpstreamError } from '../upstream/payload/outcome.ts';
import { readPage } from '../upstream/payload/response.ts';
import { type CacheEntry, type Moment, pageFor } from './entry.ts';
import { freshnessOf, type Lifetimes } from './freshness.ts';
import type { CacheNames, Mark } from './names.ts';
import type { CacheStats } from './stats.ts';
import type { EntryRef, Lookup, Store } from './store.ts';

/** The context of a call, whether its client asks for a new page, and the stats that record how the cache was used. */
export type CachedCallContext = CallContext & { readonly anew: boolean; readonly cacheStats: CacheStats };

export type PageCacheOptions = {
  readonly upstream: Pick<UpstreamClient, 'call'>;
  readonly promotionIds: PromotionIds;
  readonly names: CacheNames;
  readonly lifetimes: Lifetimes;
  readonly store: Store;
  /** Whether events end pages. A page without a customer id is then neither cached nor shared later: no event could end it. */
  readonly events: boolean;
  /** The longest time for a renewal in the background, in milliseconds. */
  readonly renewalMs: number;
  /** The longest time between the start of a call and the storing of its page, in milliseconds. */
  readonly recentMs: number;
};

/**
 * Serves cached pages if they are fresh enough, and otherwise calls upstream. A page that is cached for a credentials identity
 * is served only to that identity, and not after upstream has refused its credentials or the customer has changed.
 */
export class PageCache {
  readonly #options: PageCacheOptions;
  readonly #renewing = new Set<PageKey>();
  /** The entry that a result was stored as. Only the first waiter of a shared call stores it. */
  readonly #stored = new WeakMap<CallResult, EntryRef | undefined>();
  /** The store's time when a call with this context was decided. There is none if the store could not be read. */
  readonly #decidedAt = new WeakMap<object, Moment>();

  constructor(options: PageCacheOptions) {
    this.#options = options;
  }

  /** A window of at most 100 entries. @throws what `UpstreamClient.fetchPage` throws */
  async fetchPage(query: PromotionsQuery, window: Window, context: CachedCallContext): Promise<UpstreamPage> {
    const beganAt = performance.now();
    const request = this.#options.names.requestOf(context.credentials, query, window);
    const { anew, cacheStats } = context;
    const lookup = this.#options.store.get(request.key, window, (body, own) => this.#read(query, body, own));
    const { found, asOf } = lookup instanceof Promise ? await lookup : lookup;
    const cached = found && this.#fromEntry(request, found, asOf, context);
    if (cached !== undefined) return cached;
    cacheStats.misses++;
    cacheStats.freshForMs = Math.min(cacheStats.freshForMs, this.#options.lifetimes.ttlMs);
    // A client that asks for a new page does not share a call that was started before.
    const notBefore = anew ? beganAt : 0;
    const { page, ref } = await this.#fetch(request, beganAt, asOf, { ...context, notBefore });
    recordPart(cacheStats, page, ref);
    return page;
  }

  /**
   * From now on, no page of this customer from an earlier call is served.
   * False if the change may not have reached the other instances yet.
   */
  async customerChanged(customerId: CustomerIdentifier): Promise<boolean> {
    return this.#options.store.invalidate(this.#options.names.markOfCustomer(customerId.revealCanonical()));
  }

  /** The page in an entry, undefined if it is too old or the client asks for a new one. @throws CUSTOMER_NOT_FOUND for an entry of an unknown customer */
  #fromEntry(
    request: PageRequest,
    { entry, ref }: NonNullable<Lookup['found']>,
    asOf: Moment | undefined,
    context: CachedCallContext,
  ): UpstreamPage | undefined {
    const { anew, cacheStats } = context;
    const freshness = freshnessOf(entry, this.#options.lifetimes, Date.now());
    if (freshness.state === 'miss') return undefined;
    if (anew) {
      cacheStats.renewals++;
      return undefined;
    }
    cacheStats.oldestMs = Math.max(cacheStats.oldestMs, freshness.ageMs);
    if (freshness.state === 'fresh') {
      cacheStats.hits++;
      cacheStats.freshForMs = Math.min(cacheStats.freshForMs, freshness.leftMs);
      if (entry.kind === 'page') recordPart(cacheStats, entry.page, ref);
    } else {
      cacheStats.stale++;
      cacheStats.freshForMs = 0;
      cacheStats.parts = undefined;
      void this.#renew(request, asOf, context);
    }
    return pageFrom(entry, request.window);
  }

  /**
   * Calls upstream and stores the result.
   * @param beganAt when the operation began to need the page, in milliseconds of `performance.now()`
   */
  async #fetch(
    request: PageRequest,
    beganAt: number,
    asOf: Moment | undefined,
    context: CallContext,
  ): Promise<{ page: UpstreamPage; ref: EntryRef | undefined }> {
    if (asOf !== undefined) this.#decidedAt.set(context, asOf);
    const result = await this.#call(request, beganAt, context);
    const ref = this.#stored.has(result) ? this.#stored.get(result) : this.#store(request, result);
    this.#stored.set(result, ref);
    if (result.kind === 'error') throw result.error;
    return { page: result.page, ref };
  }

  /**
   * Shares a page whose call began before this operation only if none of its marks was set since, which is known once it has
   * come. It cannot be told if the store could not be read when that call was decided, or if the page names no customer. Then
   * another call is made, which begins after this operation.
   */
  async #call(request: PageRequest, beganAt: number, context: CallContext): Promise<CallResult> {
    const { upstream, store } = this.#options;
    const result = await upstream.call(request, context);
    if (result.startedAt >= beganAt || result.kind === 'error') return result;
    const decidedAt = this.#decidedAt.get(result.startedBy);
    const marks = this.#marksOf(request, result.page);
    const isKnown = decidedAt !== undefined && marks !== undefined;
    if (isKnown && !(await store.invalidatedSince(marks, decidedAt))) return result;
    const again = { ...context, notBefore: beganAt };
    const asOf = this.#decidedAt.get(context);
    if (asOf !== undefined) this.#decidedAt.set(again, asOf);
    return upstream.call(request, again);
  }

  /** Stores a result. Undefined if it is not stored. */
  #store(request: PageRequest, result: CallResult): EntryRef | undefined {
    const { store, names, lifetimes, recentMs } = this.#options;
    const error = result.kind === 'error' ? result.error : undefined;
    if (refusesCredentials(error)) void store.invalidate(names.markOfCredentials(request.source));
    if (result.kind === 'error') {
      if (keepsPages(error)) return undefined;
      // Earlier pages are not served for a query that upstream refuses now.
      store.delete(request.key);
    }
    const asOf = this.#decidedAt.get(result.startedBy);
    if (asOf === undefined || performance.now() - result.startedAt > recentMs) return undefined;
    const made = { at: Date.now(), asOf };
    if (result.kind === 'page') {
      const { page, body } = result;
      const marks = this.#marksOf(request, page);
      if (marks === undefined) return undefined;
      return store.set(request.key, marks, { kind: 'page', ...made, window: request.window, page, body });
    }
    if (!(error instanceof UpstreamError) || error.upstream === undefined) return undefined;
    if (error.code !== 'CUSTOMER_NOT_FOUND' || lifetimes.notFoundMs === 0) return undefined;
    const marks = [names.markOfCredentials(request.source)];
    return store.set(request.key, marks, { kind: 'not-found', ...made, upstream: error.upstream });
  }

  #read(query: PromotionsQuery, body: Buffer, window: Window): UpstreamPage {
    return readPage(body, window, (customerId) => this.#options.promotionIds.prefix(customerId, query));
  }

  /** The marks that a page depends on. Undefined if an event about its customer could not end it. */
  #marksOf({ source }: PageRequest, { customerId }: UpstreamPage): readonly Mark[] | undefined {
    const { names, events } = this.#options;
    const credentials = names.markOfCredentials(source);
    if (customerId === null) return events ? undefined : [credentials];
    return [credentials, names.markOfCustomer(customerId)];
  }

  /** Fetches a page again, once at a time and without a client, so that no disconnect aborts it. */
  async #renew(request: PageRequest, asOf: Moment | undefined, context: CallContext): Promise<void> {
    const key = pageKey(request.key, request.window);
    if (this.#renewing.has(key)) return;
    this.#renewing.add(key);
    try {
      await this.#fetch(request, performance.now(), asOf, {
        ...context,
        signal: AbortSignal.timeout(this.#options.renewalMs),
        stats: { made: 0, deduplicated: 0, queued: 0, retried: 0 },
      });
    } catch {
      // The upstream client has reported the failed call. The cached page is served while it is stale.
    } finally {
      this.#renewing.delete(key);
    }
  }
}

/** A page with a warning, such as that upstream is busy, makes its response uncacheable as a whole. */
function recordPart(stats: CacheStats, { warnings }: UpstreamPage, ref: EntryRef | undefined): void {
  if (ref === undefined || warnings.length > 0) stats.parts = undefined;
  else stats.parts?.push(ref);
}

function pageFrom(entry: CacheEntry, window: Window): UpstreamPage {
  if (entry.kind === 'page') return pageFor(window, entry);
  throw new GatewayError('CUSTOMER_NOT_FOUND', { upstream: entry.upstream });
}
