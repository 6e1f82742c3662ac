import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Call, Page } from '../../src/calls/call.ts';
import { shared } from '../../src/calls/shared.ts';
import { callOf, emptyPage } from './support/calls.ts';

type Step = { readonly kind: 'join' | 'leave' | 'respond' | 'fail'; readonly of: string };
type Waiter = { readonly leave: () => void; readonly outcome: Promise<string> };
type Flight = { readonly settle: (fail: boolean) => void; readonly signal: AbortSignal; readonly waiting: Waiter[] };

/** Calls that the test settles. */
function startCalls() {
  const running = new Map<string, Flight>();
  let started = 0;
  const fetch = shared()(({ query, operation: { signal } }) => {
    started++;
    const of = query.identifier.reveal();
    const { promise, resolve, reject } = Promise.withResolvers<Page>();
    signal.addEventListener('abort', () => reject(signal.reason));
    running.set(of, { settle: (fail) => (fail ? reject(new Error(of)) : resolve(emptyPage())), signal, waiting: [] });
    return promise;
  });
  const join = (of: string) => {
    const leaving = new AbortController();
    const call = callOf({ of, signal: leaving.signal });
    const outcome = fetch(call).then(
      () => of,
      (error: Error) => `error ${error.message}`,
    );
    running.get(of)?.waiting.push({ leave: () => leaving.abort(new Error('left')), outcome });
    return call.operation.stats.deduplicated;
  };
  return { running, join, started: () => started };
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('join', 'join', 'leave', 'respond', 'fail'),
    of: fc.constantFrom('x', 'y'),
  }),
  { maxLength: 40 },
);

test('Equal calls in flight are one call, which is aborted only when its last waiter leaves', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const { running, join, started } = startCalls();
      for (const { kind, of } of history) {
        const flight = running.get(of);
        if (kind === 'join') {
          const before = started();
          const joined = join(of);
          expect([started() - before, joined]).toEqual(flight === undefined ? [1, 0] : [0, 1]);
        } else if (flight !== undefined && kind === 'leave') {
          const waiter = flight.waiting.shift();
          waiter?.leave();
          expect(await waiter?.outcome).toBe('error left');
          expect(flight.signal.aborted).toBe(flight.waiting.length === 0);
          if (flight.waiting.length === 0) running.delete(of);
        } else if (flight !== undefined) {
          running.delete(of);
          flight.settle(kind === 'fail');
          for (const { outcome } of flight.waiting) expect(await outcome).toBe(kind === 'fail' ? `error ${of}` : of);
          expect(flight.signal.aborted).toBe(false);
        }
      }
    }),
  );
});

test('A call is not started for a waiter that has already left', async () => {
  let started = 0;
  const fetch = shared()(async () => {
    started++;
    return emptyPage();
  });
  await expect(fetch(callOf({ signal: AbortSignal.abort(new Error('gone')) }))).rejects.toThrow('gone');
  expect(started).toBe(0);
});

test('A finished call leaves no listener behind on the signal of its waiter', async () => {
  const { signal } = new AbortController();
  const fetch = shared()(async () => emptyPage());
  for (let i = 0; i < 20; i++) await fetch(callOf({ signal }));
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('A client that asks for a new page shares no call that began before, but others share its own', async () => {
  const asked: Call[] = [];
  const { promise, resolve } = Promise.withResolvers<Page>();
  const fetch = shared()((call) => {
    asked.push(call);
    return promise;
  });
  const waiting = [fetch(callOf()), fetch(callOf({ anew: true })), fetch(callOf())];
  expect(asked).toHaveLength(2);
  resolve(emptyPage());
  await Promise.all(waiting);
});

test('A call that ends does not keep others from sharing a newer one', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const calls: ((page: Page) => void)[] = [];
  const fetch = shared()(() => new Promise((resolve) => calls.push(resolve)));
  const older = fetch(callOf());
  vi.advanceTimersByTime(1);
  const newer = fetch(callOf({ anew: true }));
  calls[0]?.(emptyPage());
  await older;
  const joining = fetch(callOf());
  expect(calls).toHaveLength(2);
  calls[1]?.(emptyPage());
  await Promise.all([newer, joining]);
});
