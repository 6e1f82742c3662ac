import { expect, onTestFinished, test, vi } from 'vitest';
import { MemoryStore } from '../../src/cache/memoryStore.ts';
import { PageCache } from '../../src/cache/pageCache.ts';
import { emptyCacheStats } from '../../src/cache/stats.ts';
import { UNSET_DATA_SCOPE } from '../../src/model/dataScope.ts';
import { CustomerIdentifier } from '../../src/model/identifier.ts';
import { KeyedHash } from '../../src/model/keyedHash.ts';
import type { PromotionsQuery } from '../../src/model/promotionsQuery.ts';
import { noCredentials } from '../../src/upstream/credentials/credentials.ts';
import { queryKey } from '../../src/upstream/key.ts';
import { UpstreamError } from '../../src/upstream/payload/outcome.ts';
import { cachedPage } from './support/cachedPage.ts';

const WINDOW = { offset: 0, limit: 10 };
const QUERY: PromotionsQuery = {
  identifier: CustomerIdentifier.of('ID', '1'),
  source: 'ALL',
  dataScope: UNSET_DATA_SCOPE,
  status: null,
  includeAlternateCurrencyUsage: false,
};

test('A page that an instance with a fast clock has cached is not served once upstream has refused the credentials', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const hash = new KeyedHash(Buffer.alloc(32));
  const credentials = noCredentials(hash);
  /** Like Redis, it holds what others have written by their own clocks. */
  const store = Object.assign(new MemoryStore(1_000_000), { maxSkewMs: 5000 });
  const refusal = new UpstreamError('refused', 'UNAUTHENTICATED', { upstream: { status: 401 }, cause: 'HTTP 401' });
  const cache = new PageCache({
    upstream: { fetchPage: () => Promise.reject(refusal) },
    hash,
    lifetimes: { ttlMs: 60_000, staleMs: 0, notFoundMs: 0 },
    store,
    renewalMs: 1000,
  });
  const fetchPage = (query: PromotionsQuery) =>
    cache.fetchPage(query, WINDOW, {
      credentials,
      caller: 'me',
      requestId: '1',
      signal: new AbortController().signal,
      stats: { made: 0, deduplicated: 0, queued: 0, retried: 0 },
      cacheStats: emptyCacheStats(),
      startTrace: () => ({ headers: {}, end: () => {} }),
    });
  const ahead = cachedPage(3, WINDOW, Date.now() + 4000);
  store.keep(queryKey(hash, credentials.identity, QUERY), ahead);
  expect(await fetchPage(QUERY)).toEqual(ahead.page);
  await expect(fetchPage({ ...QUERY, source: 'INSTORE' })).rejects.toThrow(refusal);
  await expect(fetchPage(QUERY)).rejects.toThrow(refusal);
});
