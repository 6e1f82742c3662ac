import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../src/cache/codec.ts';
import { type CachedPage, type CacheEntry, covers, windowOf } from '../../src/cache/entry.ts';
import { freshnessOf } from '../../src/cache/freshness.ts';
import { MemoryStore } from '../../src/cache/memoryStore.ts';
import { dataScopeOf } from '../../src/model/dataScope.ts';
import { CustomerIdentifier } from '../../src/model/identifier.ts';
import { KeyedHash } from '../../src/model/keyedHash.ts';
import type { Window } from '../../src/model/page.ts';
import type { PromotionsQuery } from '../../src/model/promotionsQuery.ts';
import { Secret } from '../../src/model/redacted.ts';
import { derivedKey, encrypted, signed } from '../../src/redis/seal.ts';
import { identityOf } from '../../src/upstream/credentials/credentials.ts';
import { type QueryKey, queryKey } from '../../src/upstream/key.ts';
import { pageFrom } from '../../src/upstream/payload/page.ts';
import { pageBody } from '../support/upstream.ts';

const keptPage = (total: number, window: Window, at = 0): CachedPage => ({
  kind: 'page',
  at,
  window,
  page: pageFrom(pageBody(total, window.offset, window.limit)).page,
});
const windows = fc.record({ offset: fc.integer({ min: 0, max: 130 }), limit: fc.integer({ min: 0, max: 100 }) });
const totals = fc.integer({ min: 0, max: 150 });

describe('A window inside a kept page', () => {
  test('is answered as upstream would answer it', () => {
    fc.assert(
      fc.property(totals, windows, windows, (total, own, window) => {
        const kept = keptPage(total, own);
        if (covers(kept, window)) expect(windowOf(kept, window)).toEqual(keptPage(total, window).page);
      }),
      { numRuns: 1000 },
    );
  });

  test('is found wherever it lies within the page', () => {
    expect(covers(keptPage(200, { offset: 20, limit: 100 }), { offset: 30, limit: 90 })).toBe(true);
    expect(covers(keptPage(200, { offset: 20, limit: 100 }), { offset: 30, limit: 91 })).toBe(false);
    expect(covers(keptPage(25, { offset: 0, limit: 100 }), { offset: 20, limit: 100 })).toBe(false);
  });

  test('is not answered where upstream did not tell how long the list is', () => {
    const { page, ...rest } = keptPage(25, { offset: 0, limit: 100 });
    const kept: CachedPage = { ...rest, page: { ...page, pageDetails: null } };
    expect(covers(kept, { offset: 0, limit: 100 })).toBe(true);
    expect(covers(kept, { offset: 0, limit: 10 })).toBe(false);
    expect(covers(kept, { offset: 0, limit: 0 })).toBe(false);
  });
});

describe('Freshness', () => {
  const lifetimes = { ttlMs: 100, staleMs: 50, notFoundMs: 10 };
  const at = 1_000_000;

  test.each([
    [0, { state: 'fresh', ageMs: 0, leftMs: 100 }],
    [99, { state: 'fresh', ageMs: 99, leftMs: 1 }],
    [100, { state: 'stale', ageMs: 100 }],
    [149, { state: 'stale', ageMs: 149 }],
    [150, { state: 'miss' }],
    [-1000, { state: 'fresh', ageMs: 0, leftMs: 100 }],
    [-10_000, { state: 'miss' }],
  ])('of a page kept %i ms ago', (age, expected) => {
    expect(freshnessOf(keptPage(1, { offset: 0, limit: 10 }, at), lifetimes, at + age)).toEqual(expected);
  });

  test.each([
    [9, { state: 'fresh', ageMs: 9, leftMs: 1 }],
    [10, { state: 'miss' }],
    [120, { state: 'miss' }],
  ])('of an unknown customer kept %i ms ago', (age, expected) => {
    const kept: CacheEntry = { kind: 'not-found', at, upstream: { status: 200, code: 8015 } };
    expect(freshnessOf(kept, lifetimes, at + age)).toEqual(expected);
  });
});

describe('The store in memory', () => {
  const key = (text: string) => text as QueryKey;

  test('stays within its bytes, whatever is kept', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), totals, windows), { maxLength: 60 }), (asked) => {
        const store = new MemoryStore(300_000);
        for (const [customer, total, window] of asked) {
          store.keep(key(`customer ${customer}`), keptPage(total, window));
          expect(store.bytes).toBeLessThanOrEqual(300_000);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('takes no more for one customer than for some windows, however many are asked for', () => {
    const store = new MemoryStore(100_000_000);
    for (let offset = 0; offset < 32; offset++)
      store.keep(key('one'), keptPage(5000, { offset: offset * 100, limit: 5 }));
    const { bytes } = store;
    for (let offset = 0; offset < 500; offset++)
      store.keep(key('one'), keptPage(5000, { offset: offset * 7, limit: 5 }));
    expect(store.bytes).toBeLessThan(bytes * 1.1);
  });

  test('serves the very page that was kept, and the newest of several', () => {
    const store = new MemoryStore(1_000_000);
    const older = keptPage(25, { offset: 0, limit: 10 }, 1);
    const newer = keptPage(26, { offset: 0, limit: 20 }, 2);
    store.keep(key('one'), older);
    store.keep(key('one'), newer);
    expect(store.find(key('one'), { offset: 0, limit: 10 })).toBe(newer);
    expect(store.find(key('two'), { offset: 0, limit: 10 })).toBe(undefined);
  });

  test('drops the pages of a customer that is no longer known, and the other way round', () => {
    const store = new MemoryStore(1_000_000);
    const gone: CacheEntry = { kind: 'not-found', at: 2, upstream: { status: 200, code: 8015 } };
    store.keep(key('one'), keptPage(25, { offset: 0, limit: 10 }, 1));
    store.keep(key('one'), gone);
    expect(store.find(key('one'), { offset: 0, limit: 10 })).toBe(gone);
    store.keep(key('one'), keptPage(25, { offset: 10, limit: 10 }, 3));
    expect(store.find(key('one'), { offset: 0, limit: 10 })).toBe(undefined);
  });
});

describe('What is written to Redis', () => {
  const hash = new KeyedHash(Buffer.alloc(32, 1));
  const seals = [
    ['signed', signed(hash)],
    ['encrypted', encrypted(new Secret('a secret of more than thirty-two characters'), 'http://upstream')],
  ] as const;

  test('reads as it was written', () => {
    fc.assert(
      fc.property(totals, windows, (total, window) => {
        const kept = keptPage(total, window, 5);
        expect(decode(encode(kept))).toEqual(kept);
      }),
    );
  });

  test('is nothing where it is of another version, or garbage', () => {
    expect(decode('[0,{"kind":"page","at":1}]')).toBe(undefined);
    expect(decode('[1,{"kind":"page","at":1}]')).toBe(undefined);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (garbage) => {
        expect(decode(garbage)).toBe(undefined);
      }),
    );
  });

  test.each(seals)('opens %s as nothing but what it was, and only under its own name', (_, seal) => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(), (name, text, at) => {
        const sealed = seal.seal(name, text);
        expect(seal.open(name, sealed)).toBe(text);
        expect(seal.open(`${name}.`, sealed)).toBe(undefined);
        const place = at % sealed.length;
        const other = sealed[place] === 'A' ? 'Q' : 'A';
        const changed = sealed.slice(0, place) + other + sealed.slice(place + 1);
        expect([undefined, text]).toContain(seal.open(name, changed));
        expect(seal.open(name, sealed.slice(0, -4))).toBe(undefined);
      }),
    );
  });

  test.each(seals)('opens no garbage (%s)', (_, seal) => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (garbage) => {
        expect(seal.open('name', garbage)).toBe(undefined);
      }),
    );
  });

  test('cannot be read without the secret where there is one', () => {
    const [, [, seal]] = seals;
    expect(seal.seal('name', 'Award 50')).not.toContain('Award');
    const other = encrypted(new Secret('another secret of more than thirty-two characters'), 'http://upstream');
    expect(other.open('name', seal.seal('name', 'Award 50'))).toBe(undefined);
  });
});

describe('Keys', () => {
  const hash = new KeyedHash(derivedKey('secret', 'http://upstream', 'hash'));
  const listing = (value: string, scope: string, orgIds: readonly string[] = []): PromotionsQuery => ({
    identifier: CustomerIdentifier.of('EMAIL', value),
    source: 'INSTORE',
    dataScope: dataScopeOf(scope, orgIds),
    status: null,
    includeAlternateCurrencyUsage: false,
  });

  test('are the same on every instance with the same secret and upstream, and on no other', () => {
    const keyOf = (secret: string, upstream: string) => {
      const own = new KeyedHash(derivedKey(secret, upstream, 'hash'));
      return queryKey(own, identityOf(own, 'basic', 'Basic x'), listing('sample@example.com', 'SELF'));
    };
    expect(keyOf('a', 'http://one')).toBe(keyOf('a', 'http://one'));
    expect(keyOf('a', 'http://one')).not.toBe(keyOf('b', 'http://one'));
    expect(keyOf('a', 'http://one')).not.toBe(keyOf('a', 'http://two'));
  });

  test('differ with credentials, data scope and customer, and hold none of the personal ones', () => {
    const keys = new Set<string>();
    for (const credentials of ['Basic a', 'Basic b']) {
      for (const value of ['sample@example.com', 'other@example.com']) {
        for (const question of [listing(value, 'SELF'), listing(value, 'ALL'), listing(value, 'OTHER', ['50405'])]) {
          const key = queryKey(hash, identityOf(hash, 'basic', credentials), question);
          expect(key).not.toMatch(/example|Basic/);
          keys.add(key);
        }
      }
    }
    expect(keys.size).toBe(12);
  });
});
