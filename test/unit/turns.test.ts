import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from '../../src/http/limits.ts';

/** Computes for this long, in milliseconds. Only synchronous work fills a turn of the event loop. */
function compute(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('Operations that fit in a turn begin at once', () => {
  const turns = new Turns();
  const begun: number[] = [];
  for (const operation of [1, 2, 3]) turns.take('me', (waitedMs) => begun.push(operation, waitedMs));
  expect(begun).toEqual([1, 0, 2, 0, 3, 0]);
});

test('Operations behind a costly one begin one in each turn, in turn for each caller, each in its own context', async () => {
  const turns = new Turns();
  const context = new AsyncLocalStorage<string>();
  const begun: (string | undefined)[] = [];
  const take = (operation: string, caller: string, ms = 0) =>
    context.run(operation, () =>
      turns.take(caller, () => {
        begun.push(context.getStore());
        compute(ms);
      }),
    );
  take('the first', 'loud', 60);
  for (const operation of ['loud 1', 'loud 2', 'loud 3']) take(operation, 'loud');
  take('quiet 1', 'quiet');
  expect(begun).toEqual(['the first']);
  const inTurn = ['the first', 'loud 1', 'quiet 1', 'loud 2', 'loud 3'];
  for (let count = 2; count <= inTurn.length; count++) {
    await setImmediate();
    expect(begun).toEqual(inTurn.slice(0, count));
  }
});

test('An operation is told how long it has waited', async () => {
  const turns = new Turns();
  turns.take('me', () => compute(60));
  const waited = new Promise<number>((begin) => turns.take('me', begin));
  compute(20);
  expect(await waited).toBeGreaterThanOrEqual(20);
});

test('A turn that is given up is not waited for by those behind it', async () => {
  const turns = new Turns();
  const begun: string[] = [];
  const take = (operation: string) => turns.take('me', () => void begun.push(operation));
  turns.take('me', () => compute(60));
  const leaving = Array.from({ length: 1000 }, (_, i) => take(`gone ${i}`));
  take('stays');
  for (const giveUp of leaving) giveUp();
  await setImmediate();
  expect(begun).toEqual(['stays']);
  for (const giveUp of leaving) giveUp();
  await setImmediate();
  expect(begun).toEqual(['stays']);
});
