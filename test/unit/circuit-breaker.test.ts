import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../src/model/errors.ts';
import { CircuitBreaker, type CircuitName } from '../../src/upstream/admission/circuitBreaker.ts';
import { SingleFlight } from '../../src/upstream/admission/singleFlight.ts';
import type { PageKey } from '../../src/upstream/key.ts';

const never = new AbortController().signal;

describe('Shared calls', () => {
  type Step = { readonly kind: 'join' | 'leave' | 'answer' | 'fail'; readonly key: string };
  const steps = fc.array(
    fc.record<Step>({
      kind: fc.constantFrom('join', 'join', 'leave', 'answer', 'fail'),
      key: fc.constantFrom('x', 'y'),
    }),
    { maxLength: 40 },
  );

  test('are one a key while in flight, answer who waits, and are aborted just when nobody does', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const shared = new SingleFlight<string, string>();
        const running = new Map<string, { settle: (fail: boolean) => void; signal: AbortSignal; waiting: Waiter[] }>();
        type Waiter = { readonly leave: () => void; readonly outcome: Promise<string> };
        let started = 0;
        for (const { kind, key } of history) {
          const call = running.get(key);
          if (kind === 'join') {
            const before = started;
            const leaving = new AbortController();
            const outcome = shared
              .join(
                key,
                leaving.signal,
                (signal) => {
                  started++;
                  const { promise, resolve, reject } = Promise.withResolvers<string>();
                  signal.addEventListener('abort', () => reject(signal.reason));
                  running.set(key, {
                    settle: (fail) => (fail ? reject(new Error(key)) : resolve(key)),
                    signal,
                    waiting: [],
                  });
                  return promise;
                },
                () => {},
              )
              .catch((error: Error) => `error ${error.message}`);
            expect(started - before).toBe(call === undefined ? 1 : 0);
            running.get(key)?.waiting.push({ leave: () => leaving.abort(new Error('left')), outcome });
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

  test('take nobody who has left already', async () => {
    const shared = new SingleFlight<string, string>();
    const start = () => Promise.reject(new Error('started'));
    await expect(shared.join('x', AbortSignal.abort(new Error('gone')), start, () => {})).rejects.toThrow('gone');
  });
});

describe('A breaker', () => {
  const TIMING = { windowMs: 10_000, openMs: 60 };
  const failing = async () => {
    throw new GatewayError('UPSTREAM_TIMEOUT');
  };
  const working = async () => 'answer';

  function breaker() {
    const states: CircuitName[] = [];
    const it = new CircuitBreaker((state) => states.push(state), TIMING);
    const run = (key: string, call: () => Promise<string>) => it.run(key as PageKey, call).catch((error) => error.code);
    return { it, states, run };
  }

  async function opened() {
    const made = breaker();
    for (let i = 0; i < 20; i++) await made.run(`key ${i}`, failing);
    expect(made.states).toEqual(['open']);
    return made;
  }

  test('opens when upstream fails, and then answers at once without asking', async () => {
    const { it, run } = await opened();
    let asked = false;
    const code = await run('other', async () => {
      asked = true;
      return 'answer';
    });
    expect([code, asked]).toEqual(['UPSTREAM_UNAVAILABLE', false]);
    expect(() => it.check()).toThrow(expect.objectContaining({ retryAfterSeconds: 1 }));
  });

  test('lets one call probe, and closes when it succeeds', async () => {
    const { states, run } = await opened();
    await sleep(TIMING.openMs + 5);
    const { promise, resolve } = Promise.withResolvers<string>();
    const probe = run('probe', () => promise);
    expect(await run('other', working)).toBe('UPSTREAM_UNAVAILABLE');
    resolve('answer');
    expect(await probe).toBe('answer');
    expect(states).toEqual(['open', 'half-open', 'closed']);
    expect(await run('other', working)).toBe('answer');
  });

  test('closes when upstream answers the probe, be it with an error', async () => {
    const { states, run } = await opened();
    await sleep(TIMING.openMs + 5);
    const unknown = async () => {
      throw new GatewayError('CUSTOMER_NOT_FOUND');
    };
    expect(await run('probe', unknown)).toBe('CUSTOMER_NOT_FOUND');
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  test.each([
    ['fails', new GatewayError('UPSTREAM_UNAVAILABLE')],
    ['is left by its client', new Error('gone')],
  ])('stays open when the probe %s', async (_, error) => {
    const { states, run } = await opened();
    await sleep(TIMING.openMs + 5);
    await run('probe', () => Promise.reject(error));
    expect(states).toEqual(['open', 'half-open', 'open']);
    expect(await run('other', working)).toBe('UPSTREAM_UNAVAILABLE');
  });

  test('is not opened by error bodies, limits and clients that leave', async () => {
    const { states, run } = breaker();
    const errors = [
      new GatewayError('UPSTREAM_REJECTED'),
      new GatewayError('UPSTREAM_RATE_LIMITED'),
      new GatewayError('UPSTREAM_INVALID_RESPONSE'),
      new Error('gone'),
    ];
    for (let i = 0; i < 100; i++) await run(`key ${i}`, () => Promise.reject(errors[i % errors.length]));
    expect(states).toEqual([]);
  });

  test('is not opened by one poisoned customer asked again and again', async () => {
    const { states, run } = breaker();
    for (let i = 0; i < 100; i++) {
      await run('poisoned', failing);
      if (i % 10 === 0) await run(`key ${i}`, working);
    }
    expect(states).toEqual([]);
  });
});

test('A signal that never aborts leaves no listener behind', async () => {
  const shared = new SingleFlight<string, string>();
  for (let i = 0; i < 20; i++)
    await shared.join(
      'x',
      never,
      async () => 'answer',
      () => {},
    );
  expect(getEventListeners(never, 'abort')).toEqual([]);
});
