import { type CacheEntry, type CacheStats, freshnessOf, type Lifetimes, pageFor } from '../cache/entry.ts';
import { type Mark, markOfCredentials, markOfCustomer, markOfQuery } from '../cache/marks.ts';
import type { EntryRef, Lookup, Store } from '../cache/store.ts';
import { GatewayError } from '../model/errors.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import type { Moment } from '../model/moment.ts';
import { hasReadableList, type UpstreamPage } from '../model/page.ts';
import type { PromotionIds } from '../model/promotionIds.ts';
import type { PageKey } from '../upstream/lookupRequest.ts';
import { UpstreamError } from '../upstream/payload/outcome.ts';
import { readPage } from '../upstream/payload/pageReader.ts';
import { type Call, type Fetch, type Page, type Policy, withoutClient } from './call.ts';

export type PageCacheOptions = {
  readonly promotionIds: PromotionIds;
  /** Makes the names of marks. */
  readonly hash: KeyedHash;
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
 * Answers with cached pages while they are fresh, or stale and renewed meanwhile. A page that is cached for a credentials
 * identity is served only to that identity, and not after upstream has refused its credentials or the customer has changed.
 */
export function cached(options: PageCacheOptions): Policy {
  return (next) => {
    const cache = new PageCache(options, next);
    return (call) => cache.fetch(call);
  };
}

class PageCache {
  readonly #options: PageCacheOptions;
  readonly #next: Fetch;
  readonly #renewing = new Set<PageKey>();
  /** The entry that a page was stored as. Of a shared call, the first waiter stores it, and whoever asked for a new one. */
  readonly #stored = new WeakMap<Page, EntryRef | undefined>();

  constructor(options: PageCacheOptions, next: Fetch) {
    this.#options = options;
    this.#next = next;
  }

  async fetch(call: Call): Promise<Page> {
    const { cacheStats, anew } = call.operation;
    const { found, asOf } = await this.#options.store.get(call.queryKey, call.window, (body) =>
      readPage(body, (customerId) => this.#options.promotionIds.prefix(customerId, call.query)),
    );
    if (found !== undefined) {
      const freshness = freshnessOf(found.entry, this.#options.lifetimes, Date.now());
      if (freshness.state !== 'miss' && anew) cacheStats.renewals++;
      else if (freshness.state !== 'miss') {
        cacheStats.oldestMs = Math.max(cacheStats.oldestMs, freshness.ageMs);
        if (freshness.state === 'fresh') countHit(call, found, freshness.leftMs);
        else this.#serveStale(call, found.entry, asOf);
        return pageIn(found.entry, call);
      }
    }
    cacheStats.misses++;
    cacheStats.freshForMs = Math.min(cacheStats.freshForMs, this.#options.lifetimes.ttlMs);
    const page = await this.#fetchAndStore(call.decided(asOf));
    const stored = this.#stored.get(page);
    if (!hasReadableList(call.window, page.content)) refuseRepetition(cacheStats);
    // Who asked for a new page may not get an older one later, also if the new one is not stored.
    else if (anew && stored === undefined) void this.#options.store.invalidate(this.#markOfQuery(call), page.decidedAt);
    recordPart(call, page.content, stored);
    return page;
  }

  /** The stale page is renewed as a whole, whatever part of it is asked for. */
  #serveStale(call: Call, entry: CacheEntry, asOf: Moment | undefined): void {
    const { cacheStats } = call.operation;
    cacheStats.stale++;
    refuseRepetition(cacheStats);
    if (entry.kind === 'page') void this.#renew(call.of(entry.window).decided(asOf));
  }

  async #fetchAndStore(call: Call): Promise<Page> {
    try {
      const page = await this.#usablePage(call);
      // Whoever began a shared call may not have asked for a new page, which a store that refuses it has to know.
      if (call.operation.anew || !this.#stored.has(page)) this.#stored.set(page, this.#store(call, page));
      return page;
    } catch (error) {
      // The response may do without this page, and lack what was in it.
      refuseRepetition(call.operation.cacheStats);
      if (error instanceof UpstreamError) this.#failed(call, error);
      throw error;
    }
  }

  /**
   * Whether a page of a call that began before this operation may be used is known once it has come: not if its customer was
   * marked since. It cannot be told if the store could not be read when that call was decided, or if the page names no customer.
   * Then another call is made, which begins after this operation.
   */
  async #usablePage(call: Call): Promise<Page> {
    const page = await this.#next(call);
    const { beganAt, decidedAt } = page;
    if (beganAt >= call.neededAt) return page;
    const marks = this.#marksOf(call, page);
    const isKnown = decidedAt !== undefined && marks !== undefined;
    if (isKnown && !(await this.#options.store.invalidatedSince(marks, decidedAt))) return page;
    return this.#next(call.again());
  }

  /** Undefined if it is not stored. A page whose list could not be read ends none that could. */
  #store(call: Call, page: Page): EntryRef | undefined {
    if (!hasReadableList(call.window, page.content)) return undefined;
    const { store, recentMs } = this.#options;
    const { content, body, decidedAt: asOf } = page;
    const marks = this.#marksOf(call, page);
    if (asOf === undefined || marks === undefined || performance.now() - page.beganAt > recentMs) return undefined;
    const entry = { kind: 'page', at: Date.now(), asOf, window: call.window, page: content, body } as const;
    return store.set(call.queryKey, marks, entry, call.operation.anew ? this.#markOfQuery(call) : undefined);
  }

  #failed(call: Call, error: UpstreamError): void {
    const { store } = this.#options;
    const { upstream, decidedAt: asOf, consequences } = error;
    if (error.refused === 'account') void store.invalidate(markOfCredentials(call.source));
    if (consequences.keepsPages) return;
    if (error.code === 'CUSTOMER_NOT_FOUND' && upstream !== undefined && asOf !== undefined)
      store.set(call.queryKey, this.#marksOfQuery(call), { kind: 'not-found', at: Date.now(), asOf, upstream });
    // Earlier pages are not served for a query that upstream refuses now, nor stored if they come later.
    void store.invalidate(this.#markOfQuery(call), asOf);
  }

  #markOfQuery({ queryKey }: Call): Mark {
    return markOfQuery(this.#options.hash, queryKey);
  }

  #marksOfQuery(call: Call): readonly Mark[] {
    return [markOfCredentials(call.source), this.#markOfQuery(call)];
  }

  /** The marks that a page depends on. Undefined if an event about its customer could not end it. */
  #marksOf(call: Call, { content: { customerId } }: Page): readonly Mark[] | undefined {
    const { hash, events } = this.#options;
    if (customerId === null) return events ? undefined : this.#marksOfQuery(call);
    return [...this.#marksOfQuery(call), markOfCustomer(hash, customerId)];
  }

  /** Fetches a page again, once at a time and without a client, so that no disconnect aborts it. */
  async #renew(call: Call): Promise<void> {
    const { key, operation } = call;
    if (this.#renewing.has(key)) return;
    this.#renewing.add(key);
    try {
      const signal = AbortSignal.timeout(this.#options.renewalMs);
      await this.#fetchAndStore(call.for(withoutClient(operation, signal)));
    } catch {
      // The failed call was reported. The cached page is served while it is stale.
    } finally {
      this.#renewing.delete(key);
    }
  }
}

function countHit(call: Call, { entry, ref }: NonNullable<Lookup['found']>, leftMs: number): void {
  const { cacheStats } = call.operation;
  cacheStats.hits++;
  cacheStats.freshForMs = Math.min(cacheStats.freshForMs, leftMs);
  if (entry.kind === 'page') recordPart(call, entry.page, ref);
}

/** Neither the gateway nor a client may send the response again. */
function refuseRepetition(stats: CacheStats): void {
  stats.freshForMs = 0;
  stats.parts = undefined;
}

/** A page with a warning, such as that upstream is busy, makes its response uncacheable as a whole. */
function recordPart({ window, operation }: Call, { warnings }: UpstreamPage, ref: EntryRef | undefined): void {
  const { cacheStats } = operation;
  if (ref === undefined || warnings.length > 0) cacheStats.parts = undefined;
  else cacheStats.parts?.push({ ref, window });
}

/** @throws CUSTOMER_NOT_FOUND for the entry of a customer that upstream does not know */
function pageIn(entry: CacheEntry, { window, neededAt }: Call): Page {
  if (entry.kind === 'not-found') throw new GatewayError('CUSTOMER_NOT_FOUND', { upstream: entry.upstream });
  return { content: pageFor(window, entry), body: NO_BODY, beganAt: neededAt, decidedAt: entry.asOf };
}

const NO_BODY = Buffer.alloc(0);
