import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GatewayError } from '../../src/model/errors.ts';
import { AdaptiveLimit } from '../../src/upstream/admission/adaptiveLimit.ts';
import { Bulkhead } from '../../src/upstream/admission/bulkhead.ts';
import { type SimulatedUpstream, simulateUpstream } from './support/simulatedUpstream.ts';

/** Time moves only by `load`. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const QUEUE_MS = 1000;
const CEILING = 100;
const SIGNAL = new AbortController().signal;

function startBulkhead() {
  const limit = new AdaptiveLimit(CEILING);
  const bulkhead = new Bulkhead({ limit, queueMs: QUEUE_MS, verdictOf: () => 'failed' });
  return { limit, bulkhead };
}

type Ended = { readonly code: string; readonly ms: number };

/** Sends so many calls a second, evenly, for so long, and gives back how each of them ended that did by then. */
async function load(bulkhead: Bulkhead, upstream: SimulatedUpstream, perSecond: number, seconds: number) {
  const ended: Ended[] = [];
  for (let sent = 0; sent < perSecond * seconds; sent++) {
    const startedAt = performance.now();
    const end = (code: string) => ended.push({ code, ms: performance.now() - startedAt });
    bulkhead.run('caller', SIGNAL, upstream.call).then(
      () => end('OK'),
      (error: GatewayError) => end(error.code),
    );
    await vi.advanceTimersByTimeAsync(1000 / perSecond);
  }
  return ended;
}

const withCode = (ended: readonly Ended[], wanted: string) => ended.filter(({ code }) => code === wanted);
const slowest = (ended: readonly Ended[], share: number) => {
  const sorted = ended.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
};

test.for([
  { workers: 8, serviceMs: 200, times: 2 },
  { workers: 8, serviceMs: 200, times: 10 },
  { workers: 2, serviceMs: 50, times: 10 },
  { workers: 16, serviceMs: 200, times: 1.75 },
  { workers: 30, serviceMs: 400, times: 3 },
])(
  '$workers workers at $serviceMs ms are fully used at $times times their capacity',
  async ({ workers, serviceMs, times }) => {
    const { bulkhead } = startBulkhead();
    const upstream = simulateUpstream(workers, serviceMs);
    const capacity = (workers * 1000) / serviceMs;
    const ended = await load(bulkhead, upstream, capacity * times, 30);
    expect(upstream.answered()).toBeGreaterThanOrEqual(0.95 * capacity * 30);
    expect(slowest(withCode(ended, 'OK'), 0.99)).toBeLessThan(2000);
    const refused = withCode(ended, 'UPSTREAM_OVERLOADED');
    expect(refused.length).toBeGreaterThan(0);
    expect(slowest(refused, 0.9)).toBe(0);
    expect(withCode(ended, 'OK').length + refused.length).toBe(ended.length);
  },
);

test('A call gets a place at once two seconds after an overload has ended', async () => {
  const { bulkhead } = startBulkhead();
  const upstream = simulateUpstream(8, 200);
  await load(bulkhead, upstream, 400, 20);
  await vi.advanceTimersByTimeAsync(2000);
  const ended = await load(bulkhead, upstream, 10, 5);
  expect(ended.length).toBeGreaterThan(40);
  expect(new Set(ended.map(({ code, ms }) => `${code} ${Math.round(ms)}`))).toEqual(new Set(['OK 200']));
});

test('The limit never exceeds its ceiling, and reaches it if upstream can handle that many calls', async () => {
  const { limit, bulkhead } = startBulkhead();
  const upstream = simulateUpstream(1000, 500);
  await load(bulkhead, upstream, 1000, 10);
  expect(limit.places).toBe(CEILING);
  expect(upstream.answered()).toBeGreaterThan(0.8 * 10 * (CEILING * 2));
});

test('An operation of a hundred calls is accepted from the start', async () => {
  const { bulkhead } = startBulkhead();
  const upstream = simulateUpstream(1000, 300);
  const calls = Array.from({ length: 100 }, () => bulkhead.run('caller', SIGNAL, upstream.call));
  await vi.advanceTimersByTimeAsync(2000);
  await Promise.all(calls);
  expect(upstream.answered()).toBe(100);
});

test('An upstream that has become slower for another reason gets as many calls as before within half a minute', async () => {
  const { bulkhead } = startBulkhead();
  const upstream = simulateUpstream(100, 100);
  await load(bulkhead, upstream, 100, 15);
  upstream.slowDown(400);
  await load(bulkhead, upstream, 100, 30);
  const before = upstream.answered();
  await load(bulkhead, upstream, 100, 10);
  expect(upstream.answered() - before).toBeGreaterThanOrEqual(0.95 * 1000);
});

test('An upstream with very different response times gets all calls', async () => {
  const { bulkhead } = startBulkhead();
  const [quick, slow] = [simulateUpstream(100, 5), simulateUpstream(100, 250)];
  let sent = 0;
  const mixed = { ...slow, call: () => (sent++ % 3 === 0 ? slow.call() : quick.call()) };
  const ended = await load(bulkhead, mixed, 150, 30);
  expect(withCode(ended, 'UPSTREAM_OVERLOADED').length).toBeLessThan(0.01 * ended.length);
});

test('An upstream that fails gets fewer and fewer calls at once', async () => {
  const { limit, bulkhead } = startBulkhead();
  const upstream = simulateUpstream(1000, 100);
  const failing = {
    ...upstream,
    call: () => upstream.call().then(() => Promise.reject(new GatewayError('UPSTREAM_TIMEOUT'))),
  };
  await load(bulkhead, failing, 300, 10);
  expect(limit.places).toBeLessThanOrEqual(4);
});
