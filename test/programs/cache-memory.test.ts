import { describe, expect, test } from 'vitest';
import { emptyCacheStats } from '../../src/cache/entry.ts';
import type { Mark } from '../../src/cache/marks.ts';
import { MemoryStore } from '../../src/cache/memoryStore.ts';
import { ResponseCache } from '../../src/cache/responseCache.ts';
import type { Store } from '../../src/cache/store.ts';
import type { Moment } from '../../src/model/moment.ts';
import type { QueryKey } from '../../src/upstream/lookupRequest.ts';
import { readPage } from '../../src/upstream/payload/pageReader.ts';
import { RICH_PROMOTIONS } from '../support/richPages.ts';
import { pageBody } from '../support/upstream.ts';
import { settledBytes } from '../support/usedBytes.ts';

// These tests have a process of their own, whose memory is theirs.
const MAX_BYTES = 8 * 1024 * 1024;
const WITH_A_THIRD = (MAX_BYTES * 4) / 3;
const WINDOW = { offset: 0, limit: 100 };
const FOREVER = { ttlMs: 1e12, staleMs: 0, notFoundMs: 0 };

const key = (n: number) => `${'credentials'.padEnd(43)}/SELF/${String(n).padEnd(43)}` as QueryKey;
const marks = (n: number) =>
  ['credentials', ...['query', 'customer'].map((kind) => `${kind}:${String(n).padEnd(43)}`)] as Mark[];

/** Stores this body for customers until the store is full, and reads each page once if so asked. */
async function fill(store: MemoryStore, body: Buffer, reads: boolean): Promise<void> {
  const read = () => readPage(body, () => 'sixteenletters__');
  const page = read();
  for (let n = 0; store.state.evictions < 10; n++) {
    store.set(key(n), marks(n), { kind: 'page', at: n, asOf: 1 as Moment, window: WINDOW, page, body });
    if (reads) await store.get(key(n), WINDOW, read);
  }
}

async function measure(body: Buffer, reads: boolean): Promise<void> {
  const before = await settledBytes();
  const store = new MemoryStore(MAX_BYTES, 1000);
  await fill(store, body, reads);
  const used = (await settledBytes()) - before;
  expect(used, reads ? 'read' : 'stored').toBeLessThan(WITH_A_THIRD);
  expect(store.state.bytes).toBeGreaterThan(MAX_BYTES / 2);
  // The entries beyond the first thousand of a page count as more than they take, since they are not read.
  expect(used, 'the memory of the content').toBeGreaterThan(MAX_BYTES / 5);
}

const bodyOf = (promotions: readonly unknown[]) => Buffer.from(JSON.stringify({ ...pageBody(0, 0, 100), promotions }));
const repeated = (count: number, value: unknown) => bodyOf(Array.from({ length: count }, () => value));

describe('The memory of cached pages stays within the size and a third', () => {
  const metadata = Array.from({ length: 1000 }, (_, i) => ({ key: i }));
  test.for<[string, Buffer]>([
    ['no promotions', bodyOf([])],
    ['ten plain promotions', Buffer.from(JSON.stringify(pageBody(10, 0, 10)))],
    ['a hundred full promotions', bodyOf(RICH_PROMOTIONS.slice(0, 100))],
    ['a hundred empty promotions', repeated(100, {})],
    ['100,000 empty promotions', repeated(100_000, {})],
    ['30,000 numbers', repeated(30_000, 1)],
    ['5,000 promotions with nothing but an id', repeated(5000, { promotionId: 1 })],
    ['thousands of tiny members', repeated(10, { promotionId: 1, promotionMetadata: metadata })],
    ['long texts', repeated(100, { promotionId: 1, promotionName: 'x'.repeat(2000) })],
    ['pages of almost half the size', repeated(100, { promotionId: 1, promotionName: 'x'.repeat(38_000) })],
    ['long texts in Chinese', repeated(100, { promotionId: 1, promotionName: '中'.repeat(2000) })],
    ['values that cannot be read', repeated(1000, { promotionId: 1, startDate: 'soon', limits: 1 })],
  ])('with %s, stored and read', async ([, body]) => {
    // A store of its own for each, which is out of reach before the other is measured.
    for (const reads of [false, true]) await measure(body, reads);
  });

  test('with customers that upstream does not know', async () => {
    const before = await settledBytes();
    const store = new MemoryStore(MAX_BYTES, 1000);
    const upstream = { status: 200, code: 8015 };
    for (let n = 0; store.state.evictions < 10; n++) {
      store.set(key(n), marks(n), { kind: 'not-found', at: n, asOf: 1 as Moment, upstream: { ...upstream } });
    }
    expect((await settledBytes()) - before).toBeLessThan(WITH_A_THIRD);
    expect(store.state.bytes).toBeGreaterThan(MAX_BYTES * 0.9);
  });
});

describe('The memory of cached responses stays within the size and a third', () => {
  /** Whole responses of one part each. */
  function startCache() {
    const store = new MemoryStore(MAX_BYTES, 1000);
    const { page, ...rest } = { page: readPage(bodyOf([]), () => ''), body: bodyOf([]), window: WINDOW };
    const ref = store.set(key(0), marks(0), { kind: 'page', at: Date.now(), asOf: 1 as Moment, page, ...rest });
    if (ref === undefined) throw new Error('The page is not stored.');
    const cache = new ResponseCache<object>(store as Store, FOREVER, MAX_BYTES);
    const set = (name: string, text: string) => {
      const facts = { operation: { name: undefined, documentHash: undefined } };
      cache.set(
        name,
        text,
        { contentType: 'application/json', facts },
        { ...emptyCacheStats(), parts: [{ ref, window: WINDOW }] },
      );
    };
    return { cache, set };
  }

  test.for([
    ['100', 'x'.repeat(100), 1000],
    ['50,000', 'x'.repeat(50_000), 1000],
    ['50,000 two-byte', 'é'.repeat(25_000), 1000],
    ['3,800,000', Buffer.alloc(3_800_000, 'x').toString(), 20],
  ] as const)('of %s bytes, stored and served', async ([, text, evictions]) => {
    const before = await settledBytes();
    const { cache, set } = startCache();
    for (let n = 0; cache.state.evictions < evictions; n++) {
      set(`${'digest'.padEnd(38)}${n}`, text);
      await cache.get(`${'digest'.padEnd(38)}${n - 1}`, emptyCacheStats());
    }
    expect((await settledBytes()) - before).toBeLessThan(WITH_A_THIRD);
    expect(cache.state.bytes).toBeGreaterThan(MAX_BYTES * 0.9);
  });
});
