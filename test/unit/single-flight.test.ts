import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SingleFlight } from '../../src/upstream/admission/singleFlight.ts';

type Step = { readonly kind: 'join' | 'leave' | 'respond' | 'fail'; readonly key: string };
type Waiter = { readonly leave: () => void; readonly outcome: Promise<string> };
type Call = { readonly settle: (fail: boolean) => void; readonly signal: AbortSignal; readonly waiting: Waiter[] };

/** Calls that the test settles. */
function startCalls() {
  const shared = new SingleFlight<string, string>();
  const running = new Map<string, Call>();
  let started = 0;
  const start = (key: string) => (signal: AbortSignal) => {
    started++;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    signal.addEventListener('abort', () => reject(signal.reason));
    running.set(key, { settle: (fail) => (fail ? reject(new Error(key)) : resolve(key)), signal, waiting: [] });
    return promise;
  };
  const join = (key: string) => {
    const leaving = new AbortController();
    let joined = 0;
    const outcome = shared
      .join(key, leaving, start(key), () => {
        joined++;
      })
      .catch((error: Error) => `error ${error.message}`);
    running.get(key)?.waiting.push({ leave: () => leaving.abort(new Error('left')), outcome });
    return joined;
  };
  return { running, join, started: () => started };
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('join', 'join', 'leave', 'respond', 'fail'),
    key: fc.constantFrom('x', 'y'),
  }),
  { maxLength: 40 },
);

test('Identical calls in flight are one call, which is aborted only when its last waiter leaves', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const { running, join, started } = startCalls();
      for (const { kind, key } of history) {
        const call = running.get(key);
        if (kind === 'join') {
          const before = started();
          const joined = join(key);
          expect([started() - before, joined]).toEqual(call === undefined ? [1, 0] : [0, 1]);
        } else if (call !== undefined && kind === 'leave') {
          const waiter = call.waiting.shift();
          waiter?.leave();
          expect(await waiter?.outcome).toBe('error left');
          expect(call.signal.aborted).toBe(call.waiting.length === 0);
          if (call.waiting.length === 0) running.delete(key);
        } else if (call !== undefined) {
          running.delete(key);
          call.settle(kind === 'fail');
          for (const { outcome } of call.waiting) expect(await outcome).toBe(kind === 'fail' ? `error ${key}` : key);
          expect(call.signal.aborted).toBe(false);
        }
      }
    }),
  );
});

test('A call is not started for a waiter that has already left', async () => {
  const shared = new SingleFlight<string, string>();
  let started = false;
  const start = async () => {
    started = true;
    return 'response';
  };
  await expect(shared.join('x', { signal: AbortSignal.abort(new Error('gone')) }, start, () => {})).rejects.toThrow(
    'gone',
  );
  expect(started).toBe(false);
});

test('A finished call leaves no listener behind on the signal of its waiter', async () => {
  const { signal } = new AbortController();
  const shared = new SingleFlight<string, string>();
  for (let i = 0; i < 20; i++) {
    await shared.join(
      'x',
      { signal },
      async () => 'response',
      () => {},
    );
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('After its first waiter has left, a call is made for the one that has waited longest', async () => {
  const shared = new SingleFlight<string, string, { readonly name: string; readonly signal: AbortSignal }>();
  const { promise, resolve } = Promise.withResolvers<string>();
  let current = () => '';
  const leaving = { first: new AbortController(), second: new AbortController(), third: new AbortController() };
  const waits = Object.entries(leaving).map(([name, { signal }]) =>
    shared
      .join(
        'x',
        { name, signal },
        (_, waiter) => {
          current = () => waiter().name;
          return promise;
        },
        () => {},
      )
      .catch(() => 'left'),
  );
  const madeFor = [current()];
  leaving.first.abort();
  madeFor.push(current());
  leaving.second.abort();
  madeFor.push(current());
  expect(madeFor).toEqual(['first', 'second', 'third']);
  resolve('response');
  expect(await Promise.all(waits)).toEqual(['left', 'left', 'response']);
});
