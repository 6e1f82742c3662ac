import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CacheEntry } from '../../src/cache/entry.ts';
import { MemoryStore } from '../../src/cache/memoryStore.ts';
import type { QueryKey } from '../../src/upstream/key.ts';
import { anyTotal, anyWindow, cachedPage } from './support/cachedPage.ts';

const key = (text: string) => text as QueryKey;

test('The memory store stays within its bytes whatever it is given', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), anyTotal, anyWindow), { maxLength: 60 }),
      (given) => {
        const store = new MemoryStore(300_000);
        for (const [customer, total, window] of given) {
          store.keep(key(`customer ${customer}`), cachedPage(total, window));
          expect(store.bytes).toBeLessThanOrEqual(300_000);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('The memory store holds at most 32 windows of one customer', () => {
  const store = new MemoryStore(100_000_000);
  for (let offset = 0; offset < 500; offset++)
    store.keep(key('one'), cachedPage(5000, { offset: offset * 7, limit: 5 }));
  const held = Array.from({ length: 500 }, (_, i) => store.find(key('one'), { offset: i * 7, limit: 5 }));
  expect(held.map((entry) => entry !== undefined)).toEqual(held.map((_, i) => i >= 500 - 32));
});

test('The memory store finds the very page that it was given last', () => {
  const store = new MemoryStore(1_000_000);
  const older = cachedPage(25, { offset: 0, limit: 10 }, 1);
  const newer = cachedPage(26, { offset: 0, limit: 20 }, 2);
  store.keep(key('one'), older);
  store.keep(key('one'), newer);
  expect(store.find(key('one'), { offset: 0, limit: 10 })).toBe(newer);
  expect(store.find(key('two'), { offset: 0, limit: 10 })).toBe(undefined);
});

test('The memory store drops the pages of a customer that has become unknown, and the other way round', () => {
  const store = new MemoryStore(1_000_000);
  const unknown: CacheEntry = { kind: 'not-found', at: 2, upstream: { status: 200, code: 8015 } };
  store.keep(key('one'), cachedPage(25, { offset: 0, limit: 10 }, 1));
  store.keep(key('one'), unknown);
  expect(store.find(key('one'), { offset: 0, limit: 10 })).toBe(unknown);
  store.keep(key('one'), cachedPage(25, { offset: 10, limit: 10 }, 3));
  expect(store.find(key('one'), { offset: 0, limit: 10 })).toBe(undefined);
});
