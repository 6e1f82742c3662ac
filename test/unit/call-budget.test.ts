import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { BudgetStates, memoryBudget, rateOf, UNLIMITED } from '../../src/calls/callBudget.ts';
import type { Account } from '../../src/upstream/credentials/credentials.ts';
import { mostInAMinute } from '../support/minutes.ts';
import { stopClock } from './support/clock.ts';

const ME = 'me' as Account;
const YOU = 'you' as Account;
const MINUTE_MS = 60_000;

const perMinutes = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 51, max: 3000 }));

test('No minute, whenever it begins, has more than perMinute calls', async () => {
  const pauses = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(perMinutes, pauses, async (perMinute, waits) => {
      const clock = stopClock();
      const budget = memoryBudget(rateOf(perMinute));
      const calls: number[] = [];
      for (const wait of waits) {
        clock.pass(wait);
        while ((await budget.reserve(ME, 0)).reserved) calls.push(clock.now());
      }
      expect(mostInAMinute(calls)).toBeLessThanOrEqual(perMinute);
    }),
    { numRuns: 100 },
  );
});

test('A flood uses at least 97 % of perMinute, and none of its minutes has more than perMinute', async () => {
  await fc.assert(
    fc.asyncProperty(perMinutes, async (perMinute) => {
      const clock = stopClock();
      const budget = memoryBudget(rateOf(perMinute));
      const calls: number[] = [];
      const minutes = 40;
      while (clock.now() < minutes * MINUTE_MS) {
        clock.pass((await budget.reserve(ME, Number.POSITIVE_INFINITY)).waitMs);
        calls.push(clock.now());
      }
      expect(calls.length).toBeGreaterThanOrEqual(0.97 * perMinute * minutes);
      expect(mostInAMinute(calls)).toBeLessThanOrEqual(perMinute);
    }),
    { numRuns: 40 },
  );
});

test('A call may be made after the reported wait, and not before', async () => {
  await fc.assert(
    fc.asyncProperty(perMinutes, async (perMinute) => {
      const clock = stopClock();
      const budget = memoryBudget(rateOf(perMinute));
      while ((await budget.reserve(ME, 0)).reserved);
      const { waitMs } = await budget.reserve(ME, 0);
      expect(budget.states.msUntil(ME, 1)).toBeCloseTo(waitMs);
      clock.pass(waitMs - 0.01);
      expect((await budget.reserve(ME, 0)).reserved).toBe(false);
      clock.pass(0.02);
      expect((await budget.reserve(ME, 0)).reserved).toBe(true);
    }),
  );
});

// 1000 a minute: 21 at once, and then one every 61.8 ms.
test('Each account has its own budget, and the smallest remaining one is reported', async () => {
  const clock = stopClock();
  const budget = memoryBudget(rateOf(1000));
  expect(budget.states.left()).toBe(21);
  for (let i = 0; i < 21; i++) expect(await budget.reserve(ME, 0)).toEqual({ reserved: true, waitMs: 0 });
  const { reserved, waitMs } = await budget.reserve(ME, 0);
  expect(reserved).toBe(false);
  expect(waitMs).toBeCloseTo(60_600 / 980);
  expect(budget.states.msUntil(ME, 10)).toBeCloseTo((10 * 60_600) / 980);
  expect((await budget.reserve(YOU, 0)).reserved).toBe(true);
  expect(budget.states.left()).toBe(0);
  clock.pass(2000);
  expect(budget.states.left()).toBe(21);
});

test('A call that would have to wait too long takes nothing from the budget', async () => {
  stopClock();
  const budget = memoryBudget(rateOf(10));
  await budget.reserve(ME, 0);
  for (let i = 0; i < 10; i++) expect((await budget.reserve(ME, 1000)).reserved).toBe(false);
  expect((await budget.reserve(ME, 0)).waitMs).toBeCloseTo(6060);
  expect(await budget.reserve(ME, 7000)).toEqual({ reserved: true, waitMs: expect.closeTo(6060) });
  expect((await budget.reserve(ME, 0)).waitMs).toBeCloseTo(2 * 6060);
});

test.each([
  ['a budget', rateOf(1000)],
  ['no budget', UNLIMITED],
])('A pause applies only to its account, with %s', async (_, rate) => {
  const clock = stopClock();
  const budget = memoryBudget(rate);
  budget.pause(ME, 5000);
  budget.pause(ME, 1000);
  expect(await budget.reserve(ME, 4999)).toEqual({ reserved: false, waitMs: 5000 });
  expect(budget.states.pausedFor(ME)).toBe(5000);
  expect(budget.states.msUntil(ME, 1)).toBe(5000);
  expect((await budget.reserve(YOU, 0)).reserved).toBe(true);
  clock.pass(5000);
  expect((await budget.reserve(ME, 0)).reserved).toBe(true);
});

test('Of several pauses, the last end and the first begin are reported', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 1_000_000 });
  onTestFinished(() => void vi.useRealTimers());
  const budget = memoryBudget(UNLIMITED);
  expect(budget.states.pauses()).toEqual({ longestMs: 0, since: undefined });
  budget.pause(ME, 5000);
  vi.advanceTimersByTime(1000);
  budget.pause(YOU, 10_000);
  budget.pause(ME, 6000);
  expect(budget.states.pauses()).toEqual({ longestMs: 10_000, since: 1000 });
  vi.advanceTimersByTime(7000);
  expect(budget.states.pauses()).toEqual({ longestMs: 3000, since: 1001 });
  budget.pause(ME, 1000);
  vi.advanceTimersByTime(3000);
  expect(budget.states.pauses()).toEqual({ longestMs: 0, since: undefined });
});

test('A thousand accounts that call no more are forgotten, but neither a charged nor a paused one', () => {
  const clock = stopClock();
  const states = new BudgetStates(() => UNLIMITED);
  const strangers = Array.from({ length: 998 }, (_, i) => `stranger ${i}` as Account);
  const chargedUntil = (account: Account, tat: number) => Object.assign(states.of(account), { tat });
  const mine = chargedUntil(ME, 5000);
  states.pause(YOU, 5000);
  const yours = states.of(YOU);
  const theirs = strangers.map((account) => chargedUntil(account, 1));
  clock.pass(1);
  expect(strangers.filter((account, i) => states.of(account) === theirs[i])).toEqual(strangers);
  states.of('one more' as Account);
  expect(strangers.filter((account, i) => states.of(account) === theirs[i])).toEqual([]);
  expect([states.of(ME) === mine, states.of(YOU) === yours, states.pausedFor(YOU)]).toEqual([true, true, 4999]);
});

test('As many calls as are reported to be left may be made at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 51, max: 3000 }), fc.nat(100_000), async (perMinute, ms) => {
      const clock = stopClock();
      clock.pass(ms + 0.1);
      const budget = memoryBudget(rateOf(perMinute));
      for (let left = rateOf(perMinute).burst; left > 0; left--) {
        expect(budget.states.left()).toBe(left);
        expect((await budget.reserve(ME, 0)).reserved).toBe(true);
      }
      expect([budget.states.left(), (await budget.reserve(ME, 0)).reserved]).toEqual([0, false]);
    }),
  );
});
