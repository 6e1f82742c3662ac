import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { CachedNotFound, CacheEntry } from '../../src/cache/entry.ts';
import { type Mark, MemoryMarks } from '../../src/cache/marks.ts';
import { MemoryStore } from '../../src/cache/memoryStore.ts';
import type { ReadPage } from '../../src/cache/store.ts';
import type { Moment } from '../../src/model/moment.ts';
import type { Window } from '../../src/model/page.ts';
import type { QueryKey } from '../../src/upstream/lookupRequest.ts';
import { readPage } from '../../src/upstream/payload/pageReader.ts';
import { anyTotal, anyWindow, cachedPage } from './support/cachedPage.ts';

const RECENT_MS = 1000;
const READ: ReadPage = (body) => readPage(body, () => 'any-');
const key = (text: string) => text as QueryKey;
const marks = (...names: string[]) => names as Mark[];
const mark = (name: string) => name as Mark;
const FIRST = { offset: 0, limit: 10 };

const startStore = (maxBytes = 100_000_000) => new MemoryStore(maxBytes, RECENT_MS);
const entryIn = async (store: MemoryStore, name: string, window: Window): Promise<CacheEntry | undefined> =>
  (await store.get(key(name), window, READ)).found?.entry;
const { body: _, ...FIRST_PAGE } = cachedPage(25, FIRST);

test('The memory store stays within its size whatever is stored and read', async () => {
  const operation = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 30 }), anyTotal, anyWindow);
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 80 }), async (given) => {
      const store = startStore(300_000);
      for (const [asked, customer, total, window] of given) {
        if (asked) await store.get(key(`customer ${customer}`), window, READ);
        else store.set(key(`customer ${customer}`), marks('a', `customer ${customer}`), cachedPage(total, window));
        expect(store.state.bytes).toBeLessThanOrEqual(300_000);
      }
    }),
    { numRuns: 50 },
  );
});

test('The memory store releases the marks of removed entries', async () => {
  const operation = fc.tuple(
    fc.constantFrom('set', 'drop', 'get'),
    fc.integer({ min: 0, max: 9 }),
    anyTotal,
    anyWindow,
  );
  // A page that is too large ends those before it.
  const huge = { ...cachedPage(25, FIRST), body: Buffer.alloc(100_001) };
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 80 }), async (given) => {
      const store = startStore(100_000);
      for (const [what, customer, total, window] of given) {
        if (what === 'set') store.set(key(`${customer}`), marks(`${customer}`, 'all'), cachedPage(total, window));
        else if (what === 'drop') store.set(key(`${customer}`), marks(), huge);
        else await store.get(key(`${customer}`), window, READ);
      }
      for (let customer = 0; customer < 10; customer++) store.set(key(`${customer}`), marks(), huge);
      expect(store.state).toMatchObject({ bytes: 0, marks: 0 });
    }),
    { numRuns: 50 },
  );
});

test('The memory store holds at most 32 windows of one customer', async () => {
  const store = startStore();
  for (let i = 0; i < 500; i++) store.set(key('one'), marks(), cachedPage(5000, { offset: i * 7, limit: 5 }));
  const held = await Promise.all(
    Array.from({ length: 500 }, (_, i) => entryIn(store, 'one', { offset: i * 7, limit: 5 })),
  );
  expect(held.map((entry) => entry !== undefined)).toEqual(held.map((_, i) => i >= 500 - 32));
});

test('The memory store returns the page that was stored last, and the same object when it is read again', async () => {
  const store = startStore();
  store.set(key('one'), marks(), cachedPage(25, FIRST, 1));
  const { body, ...newer } = cachedPage(26, { offset: 0, limit: 20 }, 2);
  store.set(key('one'), marks(), { ...newer, body });
  expect(await entryIn(store, 'one', FIRST)).toEqual(newer);
  expect(await entryIn(store, 'one', FIRST)).toBe(await entryIn(store, 'one', FIRST));
  expect(await entryIn(store, 'two', FIRST)).toBe(undefined);
});

test('A page that is larger than the whole memory store is not stored, and replaces only the page before it', async () => {
  const store = startStore(40_000);
  const huge = { ...cachedPage(25, FIRST), body: Buffer.alloc(40_001) };
  store.set(key('one'), marks(), { ...huge, body: cachedPage(25, FIRST).body });
  expect(store.set(key('one'), marks('id'), huge)).toBe(undefined);
  expect([await entryIn(store, 'one', FIRST), store.state.bytes, store.state.marks]).toEqual([undefined, 0, 0]);
  store.set(key('two'), marks(), cachedPage(25, FIRST));
  expect(store.set(key('one'), marks('id'), huge)).toBe(undefined);
  expect(await entryIn(store, 'two', FIRST)).toBeDefined();
});

test('The memory store drops the pages of a customer that has become unknown, and vice versa', async () => {
  const store = startStore();
  const unknown: CachedNotFound = {
    kind: 'not-found',
    at: 2,
    asOf: 0 as Moment,
    upstream: { status: 200, code: 8015 },
  };
  store.set(key('one'), marks(), cachedPage(25, FIRST, 1));
  store.set(key('one'), marks(), unknown);
  expect(await entryIn(store, 'one', FIRST)).toBe(unknown);
  store.set(key('one'), marks(), cachedPage(25, { offset: 10, limit: 10 }, 3));
  expect(await entryIn(store, 'one', FIRST)).toBe(undefined);
});

test('An entry is not found after one of its marks is set, and a later entry is', async () => {
  const store = startStore();
  store.set(key('one'), marks('credentials', 'id'), cachedPage(25, FIRST));
  store.set(key('two'), marks('another'), cachedPage(25, FIRST));
  store.invalidate(mark('nobody'));
  store.invalidate(mark('id'));
  expect(await entryIn(store, 'one', FIRST)).toBe(undefined);
  expect(await entryIn(store, 'two', FIRST)).toEqual(FIRST_PAGE);
  const { asOf = 0 } = await store.get(key('one'), FIRST, READ);
  store.set(key('one'), marks('credentials', 'id'), cachedPage(26, FIRST, 0, asOf));
  expect(await entryIn(store, 'one', FIRST)).toMatchObject({ page: { pageDetails: { totalEntries: 26 } } });
});

test('An entry is not stored if one of its marks was set after its call was decided', async () => {
  const store = startStore();
  const { asOf = 0 } = await store.get(key('one'), FIRST, READ);
  store.invalidate(mark('id'));
  expect(store.set(key('one'), marks('credentials', 'id'), cachedPage(25, FIRST, 0, asOf))).toBe(undefined);
  expect(await entryIn(store, 'one', FIRST)).toBe(undefined);
});

test('An entry does not replace one whose call was decided later', async () => {
  const store = startStore();
  store.invalidate(mark('nobody'));
  const { asOf = 0 } = await store.get(key('one'), FIRST, READ);
  store.set(key('one'), marks(), cachedPage(26, FIRST, 0, asOf));
  expect(store.set(key('one'), marks(), cachedPage(25, FIRST, 0, asOf - 1))).toBe(undefined);
  expect(await entryIn(store, 'one', FIRST)).toMatchObject({ page: { pageDetails: { totalEntries: 26 } } });
});

test.each<[string, (store: MemoryStore) => void]>([
  ['another one takes its place', (store) => store.set(key('one'), marks(), cachedPage(26, FIRST))],
  ['one of its marks is set', (store) => store.invalidate(mark('id'))],
])('An entry is current until %s', async (_, end) => {
  const store = startStore();
  const ref = store.set(key('one'), marks('id'), cachedPage(25, FIRST));
  const parts = ref === undefined ? [] : [{ ref, window: FIRST }];
  expect(parts).toHaveLength(1);
  await store.get(key('one'), FIRST, READ);
  expect(await store.areCurrent(parts)).toBe(true);
  end(store);
  expect(await store.areCurrent(parts)).toBe(false);
});

test('An entry is current for the windows that a newer one does not cover', async () => {
  const store = startStore();
  const ref = store.set(key('one'), marks(), cachedPage(60, { offset: 0, limit: 50 }, 0, 1));
  store.set(key('one'), marks(), cachedPage(90, { offset: 0, limit: 20 }, 0, 2));
  const isCurrent = async (offset: number, limit: number) =>
    store.areCurrent(ref === undefined ? [] : [{ ref, window: { offset, limit } }]);
  expect([await isCurrent(4, 12), await isCurrent(4, 20), await isCurrent(30, 10)]).toEqual([false, true, true]);
});

test('Marks of customers without entries are stored only as long as a call may take', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const memory = new MemoryMarks(RECENT_MS);
  const before = memory.now();
  for (let i = 0; i < 1000; i++) memory.set(mark(`nobody ${i}`));
  expect(memory.setSince(marks('nobody 7'), before)).toBe(true);
  vi.advanceTimersByTime(RECENT_MS);
  memory.set(mark('one more'));
  expect(memory.size).toBe(1);
});

test('A mark that is set again does not keep those that were set after it', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const memory = new MemoryMarks(1000);
  memory.set('again' as Mark);
  memory.set('once' as Mark);
  vi.advanceTimersByTime(999);
  memory.set('again' as Mark);
  vi.advanceTimersByTime(1);
  memory.set('one more' as Mark);
  expect(memory.size).toBe(2);
});

test('A page that is larger than the store once it is read leaves nothing behind', async () => {
  const window = { offset: 0, limit: 100 };
  const page = cachedPage(100, window);
  const store = new MemoryStore(1500 + Math.ceil(page.body.length / 4096) * 4096, 1000);
  expect(store.set('one' as QueryKey, ['id' as Mark], page)).toBeDefined();
  const { found } = await store.get('one' as QueryKey, window, (body) => readPage(body, () => 'a-'));
  expect(found).toBeDefined();
  expect(store.state).toMatchObject({ bytes: 0, marks: 0 });
});
