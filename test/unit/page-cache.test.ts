import { expect, test } from 'vitest';
import { markOfCredentials, markOfCustomer, markOfQuery } from '../../src/cache/marks.ts';
import { MemoryStore } from '../../src/cache/memoryStore.ts';
import type { Store } from '../../src/cache/store.ts';
import { cached } from '../../src/calls/cached.ts';
import { type Page, stack } from '../../src/calls/call.ts';
import { shared } from '../../src/calls/shared.ts';
import { PromotionIds } from '../../src/model/promotionIds.ts';
import { UpstreamError } from '../../src/upstream/payload/outcome.ts';
import { eventually } from '../support/eventually.ts';
import { cachedPage } from './support/cachedPage.ts';
import { callOf, HASH, WINDOW } from './support/calls.ts';

/** A store that cannot be read while it is away, and counts what is stored. */
class AwayStore extends MemoryStore {
  isAway = false;
  stored = 0;

  override set(...entry: Parameters<MemoryStore['set']>) {
    this.stored++;
    return super.set(...entry);
  }

  override async get(...lookup: Parameters<Store['get']>) {
    return this.isAway ? { found: undefined, asOf: undefined } : super.get(...lookup);
  }
}

/** A page cache over shared calls, whose results the test gives. */
function startCache() {
  const calls: { respond(total: number, beganAgoMs?: number): void; refuse(error: UpstreamError): void }[] = [];
  const store = new AwayStore(1_000_000, 10_000);
  const cache = cached({
    promotionIds: new PromotionIds(HASH, HASH),
    hash: HASH,
    lifetimes: { ttlMs: 60_000, staleMs: 0, notFoundMs: 60_000 },
    store,
    events: true,
    renewalMs: 1000,
    recentMs: 10_000,
  });
  const fetch = stack([cache, shared()], ({ decidedAt }) => {
    const beganAt = performance.now();
    const { promise, resolve, reject } = Promise.withResolvers<Page>();
    calls.push({
      respond(total, beganAgoMs = 0) {
        const { page, body } = cachedPage(total, WINDOW);
        resolve({ content: page, body, beganAt: beganAt - beganAgoMs, decidedAt });
      },
      refuse(error) {
        error.decidedAt = decidedAt;
        reject(error);
      },
    });
    return promise;
  });
  const ask = async (of = '1', anew = false) => (await fetch(callOf({ of, anew }))).content.pageDetails?.totalEntries;
  /** The call that is made next, once it is. */
  const nextCall = async (made: number) => {
    await eventually('calls', () => calls.length, made);
    return calls[made - 1];
  };
  return { store, calls, ask, nextCall };
}

test('A page from a fast clock is not served after upstream has refused the credentials', async () => {
  const { store, ask, nextCall } = startCache();
  const { queryKey, source } = callOf({ of: '1' });
  store.set(queryKey, [markOfCredentials(source)], cachedPage(3, WINDOW, Date.now() + 4000));
  expect(await ask()).toBe(3);
  const other = ask('2');
  const refusal = new UpstreamError('refused', 'UNAUTHENTICATED', { upstream: { status: 401 }, cause: 'HTTP 401' });
  refusal.refused = 'account';
  (await nextCall(1))?.refuse(refusal);
  await expect(other).rejects.toThrow();
  void ask();
  await nextCall(2);
});

test.each([
  ['', false, false],
  [' whose store could not be read', true, false],
  [', though its own store cannot be read', false, true],
  [', though neither could read the store', true, true],
])("Operations after a customer's change do not share a call from before%s", async (_, awayBefore, awayAfter) => {
  const { store, calls, ask, nextCall } = startCache();
  store.isAway = awayBefore;
  const before = ask();
  const first = await nextCall(1);
  store.invalidate(markOfCustomer(HASH, '347297848'));
  store.isAway = awayAfter;
  const after = [ask(), ask()];
  // Both share the first call before it ends.
  await new Promise((resolve) => setImmediate(resolve));
  first?.respond(3);
  expect(await before).toBe(3);
  (await nextCall(2))?.respond(4);
  expect(await Promise.all(after)).toEqual([4, 4]);
  store.isAway = false;
  const later = ask();
  if (awayAfter) (await nextCall(3))?.respond(4);
  expect(await later).toBe(4);
  expect(calls).toHaveLength(awayAfter ? 3 : 2);
});

test('Operations without a change between them share a call', async () => {
  const { calls, ask, nextCall } = startCache();
  const asked = [ask(), ask()];
  (await nextCall(1))?.respond(3);
  expect(await Promise.all(asked)).toEqual([3, 3]);
  expect(calls).toHaveLength(1);
});

test('A page whose call took longer than marks are stored is not cached', async () => {
  const { ask, nextCall } = startCache();
  const asked = ask();
  (await nextCall(1))?.respond(3, 10_001);
  expect(await asked).toBe(3);
  void ask();
  await nextCall(2);
});

test('The page of a call that several operations share is stored once', async () => {
  const { store, ask, nextCall } = startCache();
  const asked = [ask(), ask(), ask()];
  (await nextCall(1))?.respond(3);
  expect(await Promise.all(asked)).toEqual([3, 3, 3]);
  expect(store.stored).toBe(1);
});

test('A page that was asked for anew, by a call that could not read the store, is the oldest that is served afterwards', async () => {
  const { store, ask, nextCall } = startCache();
  const { queryKey, source } = callOf({ of: '1' });
  const older = cachedPage(3, { offset: 0, limit: 5 });
  store.set(queryKey, [markOfCredentials(source), markOfQuery(HASH, queryKey)], older);
  store.isAway = true;
  const first = ask();
  store.isAway = false;
  const asked = [first, ask('1', true)];
  (await nextCall(1))?.respond(4);
  expect(await Promise.all(asked)).toEqual([4, 4]);
  const { found } = await store.get(queryKey, { offset: 0, limit: 5 }, () => older.page);
  expect(found).toBeUndefined();
});
