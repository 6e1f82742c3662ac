import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GatewayError } from '../../src/model/errors.ts';
import { CircuitBreakers } from '../../src/upstream/admission/circuitBreakers.ts';
import type { CredentialsIdentity } from '../../src/upstream/credentials/credentials.ts';
import type { PageKey } from '../../src/upstream/key.ts';
import { UpstreamError } from '../../src/upstream/payload/outcome.ts';

/** Clock and timers are stopped unless a test moves them. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const OPEN_MS = 2000;
const PROBE_WAIT_MS = 1000;
const failing = async () => {
  throw new UpstreamError('failing', 'UPSTREAM_TIMEOUT', { cause: 'silent' });
};
const working = async () => 'response';
const refused = async () => {
  throw new UpstreamError('refused', 'CUSTOMER_NOT_FOUND', { cause: 'code 8015' });
};

type Run = {
  readonly key?: string;
  readonly by?: string;
  readonly signal?: AbortSignal;
};

function startBreakers() {
  const states: string[] = [];
  const breakers = new CircuitBreakers({ onChange: (scope, state) => states.push(`${scope} ${state}`) });
  let next = 0;
  /** Resolves with the call's result, or with its error's code or message. */
  const run = async (
    call: (signal: AbortSignal) => Promise<string>,
    { key = `key ${next++}`, by = 'me', signal = new AbortController().signal }: Run = {},
  ): Promise<string> => {
    try {
      return await breakers.run(by as CredentialsIdentity, key as PageKey, signal, call);
    } catch (error) {
      return error instanceof GatewayError ? error.code : (error as Error).message;
    }
  };
  return { breakers, states, run };
}

/** A circuit that ten failures have opened. */
async function startOpen() {
  const started = startBreakers();
  for (let i = 0; i < 10; i++) await started.run(failing);
  expect(started.states).toEqual(['credentials open']);
  return started;
}

test('The circuit opens when upstream fails, and refuses calls without making them', async () => {
  const { breakers, run } = await startOpen();
  const call = vi.fn(working);
  expect(await run(call)).toBe('UPSTREAM_UNAVAILABLE');
  expect(call).not.toHaveBeenCalled();
  expect(() => breakers.check('me' as CredentialsIdentity)).toThrow(
    expect.objectContaining({ retryAfterSeconds: OPEN_MS / 1000, cause: 'circuit open' }),
  );
});

test('The circuit opens when half of the calls of ten seconds fail, and not before', async () => {
  const { states, run } = startBreakers();
  for (let i = 0; i < 30; i++) {
    await run(working);
    await run(working);
    await run(failing);
  }
  expect(states).toEqual([]);
  vi.advanceTimersByTime(11_000);
  for (let i = 0; i < 5; i++) {
    await run(working);
    await run(failing);
  }
  expect(states).toEqual(['credentials open']);
});

test('The circuit opens after ten failures in a row, however many calls succeeded before', async () => {
  const { states, run } = startBreakers();
  for (let i = 0; i < 200; i++) await run(working);
  for (let i = 0; i < 9; i++) await run(failing);
  expect(states).toEqual([]);
  await run(failing);
  expect(states).toEqual(['credentials open']);
});

test('An open circuit makes no call until its two seconds are over', async () => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(OPEN_MS - 1);
  const call = vi.fn(working);
  expect(await run(call)).toBe('UPSTREAM_UNAVAILABLE');
  expect(call).not.toHaveBeenCalled();
  expect(states).toEqual(['credentials open']);
});

test('A half-open circuit makes one call as a probe, and closes when it succeeds', async () => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(OPEN_MS);
  const { promise, resolve } = Promise.withResolvers<string>();
  const probe = run(() => promise);
  expect(await run(working)).toBe('UPSTREAM_UNAVAILABLE');
  resolve('response');
  expect(await probe).toBe('response');
  expect(states).toEqual(['credentials open', 'credentials half-open', 'credentials closed']);
  expect(await run(working)).toBe('response');
});

test('A half-open circuit closes when upstream refuses the probe', async () => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(OPEN_MS);
  expect(await run(refused)).toBe('CUSTOMER_NOT_FOUND');
  expect(states.at(-1)).toBe('credentials closed');
});

test('A half-open circuit opens again when the probe fails', async () => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(OPEN_MS);
  expect(await run(failing)).toBe('UPSTREAM_TIMEOUT');
  expect(states).toEqual(['credentials open', 'credentials half-open', 'credentials open']);
  expect(await run(working)).toBe('UPSTREAM_UNAVAILABLE');
});

test('A probe continues when its client disconnects, and its success closes the circuit', async () => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(OPEN_MS);
  const leaving = new AbortController();
  const { promise, resolve } = Promise.withResolvers<string>();
  let aborted = false;
  const probe = run(
    (signal) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return promise;
    },
    { signal: leaving.signal },
  );
  leaving.abort(new Error('gone'));
  resolve('response');
  await probe;
  expect([aborted, states.at(-1)]).toEqual([false, 'credentials closed']);
});

test('The client of a probe waits for at most a second, and the probe still counts', async () => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(OPEN_MS);
  const { promise, resolve } = Promise.withResolvers<string>();
  const probe = run(() => promise);
  await vi.advanceTimersByTimeAsync(PROBE_WAIT_MS);
  expect(await probe).toBe('UPSTREAM_UNAVAILABLE');
  resolve('response');
  await promise;
  await vi.waitFor(() => expect(states.at(-1)).toBe('credentials closed'));
});

test('After a probe without a result, the next call probes at once', async () => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(OPEN_MS);
  expect(await run(() => Promise.reject(new TypeError('a bug of ours')))).toBe('a bug of ours');
  expect(states.at(-1)).toBe('credentials open');
  expect(await run(working)).toBe('response');
  expect(states.at(-1)).toBe('credentials closed');
});

test.each([
  ['refusals', new UpstreamError('refused', 'UPSTREAM_REJECTED', { cause: 'code 1' })],
  ['rate limits', new UpstreamError('throttled', 'UPSTREAM_RATE_LIMITED', { cause: 'HTTP 429' })],
  ['responses that are no page', new UpstreamError('unreadable', 'UPSTREAM_INVALID_RESPONSE', { cause: 'no JSON' })],
  ['deadlines of our own', new GatewayError('UPSTREAM_TIMEOUT')],
  ['clients that leave', new Error('gone')],
  ['bugs of our own', new TypeError('undefined is not a function')],
])('The circuit stays closed however many %s there are', async (_, error) => {
  const { states, run } = startBreakers();
  for (let i = 0; i < 100; i++) await run(() => Promise.reject(error));
  expect(states).toEqual([]);
});

test('One failing customer that is requested again and again does not open the circuit', async () => {
  const { states, run } = startBreakers();
  for (let i = 0; i < 100; i++) {
    await run(failing, { key: 'failing' });
    if (i % 10 === 0) await run(working);
  }
  expect(states).toEqual([]);
});

test("One tenant's failures open only that tenant's circuit, however many there are", async () => {
  const { states, run } = startBreakers();
  expect(await run(working, { by: 'other' })).toBe('response');
  for (let second = 0; second < 60; second++) {
    for (let i = 0; i < 50; i++) await run(failing, { by: 'tenant' });
    expect(await run(working, { by: 'other' })).toBe('response');
    vi.advanceTimersByTime(1000);
  }
  expect(states.filter((state) => state.startsWith('upstream'))).toEqual([]);
  expect(await run(working, { by: 'new' })).toBe('response');
});

test('The circuit for the whole upstream opens when most of ten or more tenants fail, each too rarely to open its own', async () => {
  const { states, run } = startBreakers();
  for (let i = 0; i < 9; i++) await run(failing, { by: `tenant ${i}` });
  expect(states).toEqual([]);
  await run(failing, { by: 'tenant 9' });
  expect(states).toEqual(['upstream open']);
  expect(await run(working, { by: 'new' })).toBe('UPSTREAM_UNAVAILABLE');
  vi.advanceTimersByTime(OPEN_MS);
  expect(await run(working, { by: 'new' })).toBe('response');
  expect(states).toEqual(['upstream open', 'upstream half-open', 'upstream closed']);
});

test('The circuit for the whole upstream stays closed while at least half of the tenants succeed', async () => {
  const { states, run } = startBreakers();
  for (let i = 0; i < 20; i++) await run(working, { by: `healthy ${i}` });
  for (let i = 0; i < 20; i++) await run(failing, { by: `failing ${i}` });
  expect(states).toEqual([]);
  await run(failing, { by: 'failing 20' });
  expect(states).toEqual(['upstream open']);
});
