import { expect, test } from 'vitest';
import { MemoryStore } from '../../src/cache/memory/memoryStore.ts';
import { CacheNames } from '../../src/cache/names.ts';
import { PageCache } from '../../src/cache/pageCache.ts';
import { emptyCacheStats } from '../../src/cache/stats.ts';
import type { Store } from '../../src/cache/store.ts';
import { UNSET_DATA_SCOPE } from '../../src/model/dataScope.ts';
import { CustomerIdentifier } from '../../src/model/identifier.ts';
import { KeyedHash } from '../../src/model/keyedHash.ts';
import type { UpstreamPage } from '../../src/model/page.ts';
import { PromotionIds } from '../../src/model/promotionIds.ts';
import type { PromotionsQuery } from '../../src/model/promotionsQuery.ts';
import { SingleFlight } from '../../src/upstream/admission/singleFlight.ts';
import type { CallResult } from '../../src/upstream/callResult.ts';
import type { CallContext } from '../../src/upstream/client.ts';
import { noCredentials } from '../../src/upstream/credentials/credentials.ts';
import { UpstreamError } from '../../src/upstream/payload/outcome.ts';
import { cachedPage } from './support/cachedPage.ts';

const WINDOW = { offset: 0, limit: 10 };
const HASH = new KeyedHash(Buffer.alloc(32));
const CREDENTIALS = noCredentials(HASH);
const NAMES = new CacheNames(HASH);
const customer = (value: string): PromotionsQuery => ({
  identifier: CustomerIdentifier.of('MOBILE', value),
  source: 'ALL',
  dataScope: UNSET_DATA_SCOPE,
  status: null,
  includeAlternateCurrencyUsage: false,
});

/** A store that cannot be read while it is away. */
class AwayStore extends MemoryStore {
  isAway = false;

  override get(...lookup: Parameters<Store['get']>) {
    return this.isAway ? { found: undefined, asOf: undefined } : super.get(...lookup);
  }
}

/** A page cache with an upstream whose calls the test settles. */
function startCache() {
  const calls: { readonly context: CallContext; end(result: Partial<CallResult>): void }[] = [];
  const shared = new SingleFlight<string, CallResult, CallContext>();
  const start = (context: CallContext) =>
    new Promise<CallResult>((resolve) => {
      const made = { startedBy: context, startedAt: performance.now() };
      calls.push({ context, end: (result) => resolve({ ...made, ...result } as CallResult) });
    });
  const call = (query: PromotionsQuery, context: CallContext) =>
    shared.join(
      query.identifier.revealCanonical(),
      context,
      () => start(context),
      () => {
        context.stats.deduplicated++;
      },
    );
  const store = new AwayStore(1_000_000, 10_000);
  const cache = new PageCache({
    upstream: { call: ({ query }, context) => call(query, context) },
    promotionIds: new PromotionIds(HASH, HASH),
    names: NAMES,
    lifetimes: { ttlMs: 60_000, staleMs: 0, notFoundMs: 60_000 },
    store,
    events: true,
    renewalMs: 1000,
    recentMs: 10_000,
  });
  const ask = (query: PromotionsQuery) =>
    cache.fetchPage(query, WINDOW, {
      credentials: CREDENTIALS,
      caller: 'me',
      requestId: '1',
      signal: new AbortController().signal,
      stats: { made: 0, deduplicated: 0, queued: 0, retried: 0 },
      anew: false,
      cacheStats: emptyCacheStats(),
      callerGroup: 'anonymous',
      startTrace: () => ({ traceId: undefined, headers: {}, end: () => {} }),
    });
  return { cache, store, calls, ask };
}

const page = (total: number): Partial<CallResult> => {
  const { page, body } = cachedPage(total, WINDOW);
  return { kind: 'page', page, body };
};
const refusal = (status: number, code: 'UNAUTHENTICATED' | 'CUSTOMER_NOT_FOUND') =>
  new UpstreamError('refused', code, { upstream: { status }, cause: `HTTP ${status}` });
const ONE = customer('1');

test('A page from a fast clock is not served after upstream has refused the credentials', async () => {
  const { store, calls, ask } = startCache();
  const ahead = cachedPage(3, WINDOW, Date.now() + 4000);
  store.set(NAMES.requestOf(CREDENTIALS, ONE, WINDOW).key, [NAMES.markOfCredentials(CREDENTIALS)], ahead);
  expect(await ask(ONE)).toMatchObject({ pageDetails: { totalEntries: 3 } });
  const other = ask(customer('2'));
  calls[0]?.end({ kind: 'error', error: refusal(401, 'UNAUTHENTICATED') });
  await expect(other).rejects.toThrow();
  void ask(ONE).catch(() => {});
  expect(calls).toHaveLength(2);
});

const totalOf = async (asked: Promise<UpstreamPage>) => (await asked).pageDetails?.totalEntries;

test.each([
  ['', false, false],
  [' whose store could not be read', true, false],
  [', though its own store cannot be read', false, true],
  [', though neither could read the store', true, true],
])("Operations after a customer's change do not share a call from before%s", async (_, awayBefore, awayAfter) => {
  const { cache, store, calls, ask } = startCache();
  store.isAway = awayBefore;
  const before = ask(ONE);
  await expect.poll(() => calls.length).toBe(1);
  await cache.customerChanged(CustomerIdentifier.of('ID', '347297848'));
  store.isAway = awayAfter;
  const after = [ask(ONE), ask(ONE)];
  calls[0]?.end(page(3));
  expect(await totalOf(before)).toBe(3);
  await expect.poll(() => calls.length).toBe(2);
  calls[1]?.end(page(4));
  expect(await Promise.all(after.map(totalOf))).toEqual([4, 4]);
  store.isAway = false;
  const later = ask(ONE);
  if (awayAfter) calls[2]?.end(page(4));
  expect(await totalOf(later)).toBe(4);
  expect(calls).toHaveLength(awayAfter ? 3 : 2);
});

test('Operations without a change between them share a call', async () => {
  const { calls, ask } = startCache();
  const asked = [ask(ONE), ask(ONE)];
  calls[0]?.end(page(3));
  expect(await Promise.all(asked.map(totalOf))).toEqual([3, 3]);
  expect(calls).toHaveLength(1);
});

test('A page whose call took longer than marks are stored is not cached', async () => {
  const { calls, ask } = startCache();
  const asked = ask(ONE);
  calls[0]?.end({ ...page(3), startedAt: performance.now() - 10_001 });
  await asked;
  void ask(ONE);
  expect(calls).toHaveLength(2);
});
