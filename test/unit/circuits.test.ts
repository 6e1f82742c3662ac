import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Circuits, guarded } from '../../src/calls/guarded.ts';
import { GatewayError } from '../../src/model/errors.ts';
import { UpstreamError } from '../../src/upstream/payload/outcome.ts';
import { callOf, emptyPage } from './support/calls.ts';

/** The clock is stopped unless a test moves it. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  // To lru-cache, zero is no time.
  vi.advanceTimersByTime(1);
});
afterEach(() => {
  vi.useRealTimers();
});

const failing = async () => {
  throw new UpstreamError('failing', 'UPSTREAM_UNAVAILABLE', { cause: 'HTTP 503' });
};
const working = async () => 'response';

type Run = { readonly of?: string; readonly by?: string; readonly signal?: AbortSignal };

function startCircuits() {
  const states: string[] = [];
  const circuits = new Circuits((state) => states.push(state));
  let next = 0;
  /** A call for another customer each time, unless it is named. Resolves with the result, or with the error's code or message. */
  const run = async (call: (signal: AbortSignal) => Promise<string>, asked: Run = {}): Promise<string> => {
    try {
      let response = '';
      const fetch = guarded(circuits)(async ({ operation }) => {
        response = await call(operation.signal);
        return emptyPage();
      });
      await fetch(callOf({ of: `customer ${next++}`, ...asked }));
      return response;
    } catch (error) {
      return error instanceof GatewayError ? error.code : (error as Error).message;
    }
  };
  return { circuits, states, run };
}

/** A circuit that the failures of ten customers have opened. */
async function startOpen() {
  const started = startCircuits();
  for (let i = 0; i < 10; i++) await started.run(failing);
  expect(started.states).toEqual(['open']);
  return started;
}

test('A circuit opens when the calls of half of at least ten customers fail in ten seconds, and not before', async () => {
  const { states, run } = startCircuits();
  for (let i = 0; i < 30; i++) {
    await run(working);
    await run(working);
    await run(failing);
  }
  expect(states).toEqual([]);
  vi.advanceTimersByTime(11_000);
  for (let i = 0; i < 9; i++) {
    await run(working);
    await run(failing);
  }
  expect(states).toEqual([]);
  await run(failing);
  expect(states).toEqual(['open']);
});

test('A circuit opens after failures of ten customers in a row, however many calls succeeded before', async () => {
  const { states, run } = startCircuits();
  for (let i = 0; i < 200; i++) await run(working);
  for (let i = 0; i < 9; i++) await run(failing);
  expect(states).toEqual([]);
  await run(failing);
  expect(states).toEqual(['open']);
});

test('Nine customers whose calls always fail open nothing while another call succeeds every ten seconds', async () => {
  const { states, run } = startCircuits();
  for (let second = 0; second < 60; second++) {
    for (let i = 0; i < 90; i++) await run(failing, { of: `failing ${i % 9}` });
    if (second % 9 === 0) await run(working);
    vi.advanceTimersByTime(1000);
  }
  expect(states).toEqual([]);
});

test('One failing customer opens the circuit when no call succeeded for ten seconds', async () => {
  const { states, run } = startCircuits();
  await run(working);
  for (let second = 0; second < 10; second++) {
    await run(failing, { of: 'failing' });
    expect(states).toEqual([]);
    vi.advanceTimersByTime(1000);
  }
  await run(failing, { of: 'failing' });
  expect(states).toEqual(['open']);
});

test('Beside customers whose calls always fail, others are answered', async () => {
  const { states, run } = startCircuits();
  const polled = ['failing', 'failing too'];
  for (let tenth = 0; tenth < 105; tenth++) {
    for (const of of polled) await run(failing, { of });
    vi.advanceTimersByTime(100);
  }
  expect(states).toEqual(['open']);
  expect(await run(working)).toBe('response');
  expect(states).toEqual(['open', 'closed']);
});

test('While upstream fails, each of the first ten customers probes once', async () => {
  const { run } = startCircuits();
  for (let second = 0; second <= 10; second++) {
    await run(failing, { of: 'failing' });
    vi.advanceTimersByTime(1000);
  }
  let made = 0;
  const counted = () => {
    made++;
    return failing();
  };
  for (let i = 0; i < 100; i++) await run(counted, { of: `customer ${i % 50}` });
  expect(made).toBe(9);
});

test('Failures with more than ten seconds between them open nothing', async () => {
  const { states, run } = startCircuits();
  for (let i = 0; i < 30; i++) {
    await run(failing);
    vi.advanceTimersByTime(10_001);
  }
  expect(states).toEqual([]);
});

test('A half-open circuit makes one call as a probe', async () => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(2000);
  const { promise, resolve } = Promise.withResolvers<string>();
  const probe = run(() => promise);
  expect(await run(working)).toBe('UPSTREAM_UNAVAILABLE');
  resolve('response');
  expect(await probe).toBe('response');
  expect(states).toEqual(['open', 'closed']);
});

test('A probe continues when its client leaves, and its success closes the circuit', async () => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(2000);
  const leaving = new AbortController();
  const { promise, resolve } = Promise.withResolvers<string>();
  let received: AbortSignal | undefined;
  const call = (signal: AbortSignal) => {
    received = signal;
    return promise;
  };
  const probe = run(call, { signal: leaving.signal });
  leaving.abort(new Error('gone'));
  resolve('response');
  await probe;
  expect([received?.aborted, states.at(-1)]).toEqual([false, 'closed']);
});

test('After a probe without a result, the next call probes at once', async () => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(2000);
  expect(await run(() => Promise.reject(new TypeError('a bug of ours')))).toBe('a bug of ours');
  expect(states.at(-1)).toBe('open');
  expect(await run(working)).toBe('response');
  expect(states.at(-1)).toBe('closed');
});

test('The circuit of credentials that make no more calls is forgotten after a minute', async () => {
  const { circuits } = await startOpen();
  vi.advanceTimersByTime(60_000);
  expect(circuits.state).toBe('open');
  vi.advanceTimersByTime(1);
  expect(circuits.state).toBe('closed');
});

test('A circuit opens also if the calls that fail took longer than it is kept without calls', async () => {
  const circuits = new Circuits(() => {});
  const { promise, reject } = Promise.withResolvers<never>();
  const fetch = guarded(circuits)(() => promise);
  const calls = Array.from({ length: 10 }, (_, i) => fetch(callOf({ of: `customer ${i}` })).catch(() => {}));
  vi.advanceTimersByTime(60_001);
  reject(new UpstreamError('late', 'UPSTREAM_TIMEOUT', { cause: 'late' }));
  await Promise.all(calls);
  expect(circuits.state).toBe('open');
  await expect(guarded(circuits)(async () => emptyPage())(callOf({ of: 'one more' }))).rejects.toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
  });
});

test('The failures from before a circuit closed do not open it again', async () => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(2000);
  await run(working);
  expect(states).toEqual(['open', 'closed']);
  await run(failing);
  expect(states).toEqual(['open', 'closed']);
});

test('Of several open circuits, the first one tells since when', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'], now: 5000 });
  vi.advanceTimersByTime(1);
  const { circuits, run } = startCircuits();
  expect(circuits.openSince).toBeUndefined();
  for (const by of ['me', 'you']) {
    for (let i = 0; i < 10; i++) await run(failing, { by });
    vi.advanceTimersByTime(1000);
  }
  expect(circuits.openSince).toBe(5.001);
});
