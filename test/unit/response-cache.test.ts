import { expect, test } from 'vitest';
import { emptyCacheStats } from '../../src/cache/entry.ts';
import type { Mark } from '../../src/cache/marks.ts';
import { MemoryStore } from '../../src/cache/memoryStore.ts';
import { ResponseCache } from '../../src/cache/responseCache.ts';
import type { Part } from '../../src/cache/store.ts';
import type { Moment } from '../../src/model/moment.ts';
import type { QueryKey } from '../../src/upstream/lookupRequest.ts';
import { cachedPage } from './support/cachedPage.ts';

const MAX_BYTES = 100_000;
const FOREVER = { ttlMs: 1e12, staleMs: 0, notFoundMs: 0 };
const KEY = 'one' as QueryKey;
const MARKS = ['credentials' as Mark];
const FIRST = { offset: 0, limit: 10 };

/** A response cache over a store with one page, which each response is made from. */
function startCache() {
  const store = new MemoryStore(1_000_000, 1000);
  const ref = store.set(KEY, MARKS, cachedPage(25, FIRST, Date.now(), 0 as Moment));
  if (ref === undefined) throw new Error('The page is not stored.');
  const cache = new ResponseCache<object>(store, FOREVER, MAX_BYTES);
  return {
    cache,
    set: (key: string, body: string) =>
      cache.set(
        key,
        body,
        { contentType: 'application/json', facts: {} },
        { ...emptyCacheStats(), parts: [{ ref, window: FIRST }] },
      ),
    bodyOf: async (key: string) => (await cache.get(key, emptyCacheStats()))?.body.toString(),
  };
}

test('A response is returned as it was stored, each time it is read', async () => {
  const { set, bodyOf } = startCache();
  const body = `{"data":"é${'x'.repeat(10_000)}"}`;
  set('key', body);
  expect(await Promise.all(['key', 'key', 'other'].map(bodyOf))).toEqual([body, body, undefined]);
});

test('A response is copied once, however often it is served, also after others were stored and evicted', async () => {
  const { cache, set } = startCache();
  const body = 'x'.repeat(10_000);
  set('key', body);
  const first = await cache.get('key', emptyCacheStats());
  for (let n = 0; n < 30; n++) {
    set(`other ${n}`, String(n).repeat(10_000));
    const again = await cache.get('key', emptyCacheStats());
    expect(again?.body).toBe(first?.body);
  }
  expect(first?.body.toString()).toBe(body);
  expect(cache.state.evictions).toBeGreaterThan(0);
});

test('The least recently used responses are evicted, and all stay within the size', async () => {
  const { cache, set, bodyOf } = startCache();
  for (const key of 'abcdef') set(key, key.repeat(10_000));
  expect((await bodyOf('a'))?.[0]).toBe('a');
  for (const key of 'ghij') set(key, key.repeat(10_000));
  const kept = await Promise.all(['a', 'b', 'j'].map(bodyOf));
  expect(kept.map((body) => body?.[0])).toEqual(['a', undefined, 'j']);
  expect(cache.state.bytes).toBeLessThanOrEqual(MAX_BYTES);
  expect(cache.state.evictions).toBeGreaterThan(0);
});

test('A response that is larger than the whole cache is not stored, and removes no other', async () => {
  const { cache, set, bodyOf } = startCache();
  set('small', 'x');
  // Each of these characters has two bytes.
  set('large', 'é'.repeat(MAX_BYTES / 2));
  expect([await bodyOf('small'), await bodyOf('large'), cache.state.evictions]).toEqual(['x', undefined, 0]);
});

test.each([
  ['first', [10_000, 2000]],
  ['last', [2000, 10_000]],
])('A response whose oldest page is its %s is as old as that page, and no longer fresh', async (_, ages) => {
  const now = Date.now();
  const store = new MemoryStore(1_000_000, 1000);
  const parts = ages.map((age, i) => ({
    ref: store.set(`${i}` as QueryKey, ['id' as Mark], cachedPage(25, FIRST, now - age, 0 as Moment)),
    window: FIRST,
  })) as Part[];
  const lifetimes = { ttlMs: 60_000, staleMs: 0, notFoundMs: 1 };
  const cache = new ResponseCache<object>(store, lifetimes, 100_000);
  cache.set('key', '{}', { contentType: 'application/json', facts: {} }, { ...emptyCacheStats(), parts });
  const stats = emptyCacheStats();
  expect(await cache.get('key', stats)).toBeDefined();
  expect(Math.round(stats.oldestMs / 1000)).toBe(10);
  expect(Math.round(stats.freshForMs / 1000)).toBe(50);
});
