import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GatewayError } from '../../src/model/errors.ts';
import { CircuitBreaker, type CircuitName } from '../../src/upstream/admission/circuitBreaker.ts';
import type { PageKey } from '../../src/upstream/key.ts';

/** The clock stands still unless a test moves it. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const OPEN_MS = 5000;
const failing = async () => {
  throw new GatewayError('UPSTREAM_TIMEOUT');
};
const working = async () => 'response';

function startBreaker() {
  const states: CircuitName[] = [];
  const breaker = new CircuitBreaker((state) => states.push(state));
  /** Resolves with the call's result, or with its error's code. */
  const run = (key: string, call: () => Promise<string>) =>
    breaker.run(key as PageKey, call).catch((error) => error.code);
  return { breaker, states, run };
}

/** A circuit that twenty failures have opened. */
async function startOpen() {
  const started = startBreaker();
  for (let i = 0; i < 20; i++) await started.run(`key ${i}`, failing);
  expect(started.states).toEqual(['open']);
  return started;
}

test('The circuit opens when upstream fails, and refuses calls without making them', async () => {
  const { breaker, run } = await startOpen();
  const call = vi.fn(working);
  expect(await run('other', call)).toBe('UPSTREAM_UNAVAILABLE');
  expect(call).not.toHaveBeenCalled();
  expect(() => breaker.check()).toThrow(expect.objectContaining({ retryAfterSeconds: OPEN_MS / 1000 }));
});

test('An open circuit makes no call until its five seconds are over', async () => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(OPEN_MS - 1);
  const call = vi.fn(working);
  expect(await run('early', call)).toBe('UPSTREAM_UNAVAILABLE');
  expect(call).not.toHaveBeenCalled();
  expect(states).toEqual(['open']);
});

test('A half-open circuit makes one call as a probe, and closes when it succeeds', async () => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(OPEN_MS);
  const { promise, resolve } = Promise.withResolvers<string>();
  const probe = run('probe', () => promise);
  expect(await run('other', working)).toBe('UPSTREAM_UNAVAILABLE');
  resolve('response');
  expect(await probe).toBe('response');
  expect(states).toEqual(['open', 'half-open', 'closed']);
  expect(await run('other', working)).toBe('response');
});

test('A half-open circuit closes when upstream answers the probe with an error of its own', async () => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(OPEN_MS);
  const unknown = async () => {
    throw new GatewayError('CUSTOMER_NOT_FOUND');
  };
  expect(await run('probe', unknown)).toBe('CUSTOMER_NOT_FOUND');
  expect(states).toEqual(['open', 'half-open', 'closed']);
});

test.each([
  ['fails', new GatewayError('UPSTREAM_UNAVAILABLE')],
  ['is abandoned by its client', new Error('gone')],
])('A half-open circuit opens again when the probe %s', async (_, error) => {
  const { states, run } = await startOpen();
  vi.advanceTimersByTime(OPEN_MS);
  await run('probe', () => Promise.reject(error));
  expect(states).toEqual(['open', 'half-open', 'open']);
  expect(await run('other', working)).toBe('UPSTREAM_UNAVAILABLE');
});

test.each([
  ['error bodies', new GatewayError('UPSTREAM_REJECTED')],
  ['rate limits', new GatewayError('UPSTREAM_RATE_LIMITED')],
  ['responses that are no page', new GatewayError('UPSTREAM_INVALID_RESPONSE')],
  ['clients that leave', new Error('gone')],
])('The circuit stays closed however many %s there are', async (_, error) => {
  const { states, run } = startBreaker();
  for (let i = 0; i < 100; i++) await run(`key ${i}`, () => Promise.reject(error));
  expect(states).toEqual([]);
});

test('The circuit is not opened by one failing customer who is asked for again and again', async () => {
  const { states, run } = startBreaker();
  for (let i = 0; i < 100; i++) {
    await run('failing', failing);
    if (i % 10 === 0) await run(`key ${i}`, working);
  }
  expect(states).toEqual([]);
});
