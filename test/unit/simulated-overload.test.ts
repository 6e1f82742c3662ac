import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { send, startPlaces, stopTime, withCode, within } from './support/simulatedLoad.ts';
import { simulateSharedUpstream, simulateUpstream } from './support/simulatedUpstream.ts';

beforeEach(stopTime);
afterEach(() => {
  vi.useRealTimers();
});

const OVERLOADS = [
  { workers: 3, serviceMs: 200, times: 2 },
  { workers: 5, serviceMs: 200, times: 2 },
  { workers: 5, serviceMs: 200, times: 10 },
  { workers: 5, serviceMs: 200, times: 10, callers: 7 },
  { workers: 5, serviceMs: 200, times: 2, callers: 1000 },
  { workers: 2, serviceMs: 50, times: 10 },
  { workers: 16, serviceMs: 200, times: 1.75 },
  { workers: 30, serviceMs: 300, times: 3, seconds: 60 },
  { workers: 2, serviceMs: 10, times: 2, seconds: 10 },
].flatMap((load) => [
  { ...load, as: 'with a queue', simulate: simulateUpstream },
  { ...load, as: 'shared evenly', simulate: simulateSharedUpstream },
]);

test.for(OVERLOADS)(
  '$workers workers at $serviceMs ms, $as, are fully used at $times times their capacity, and answer within two seconds',
  async ({ workers, serviceMs, times, callers = 1, seconds = 30, simulate }) => {
    const places = startPlaces();
    const upstream = simulate(workers, serviceMs);
    const capacity = (workers * 1000) / serviceMs;
    const ended = await send(places, upstream, { perSecond: capacity * times, seconds, callers });
    expect(upstream.answered()).toBeGreaterThanOrEqual(0.95 * capacity * seconds);
    const answered = withCode(ended, 'OK');
    const refused = withCode(ended, 'UPSTREAM_OVERLOADED');
    expect(answered.length + refused.length).toBe(ended.length);
    expect(within(answered, 0.99)).toBeLessThan(2000);
    expect(refused.length).toBeGreaterThan(0);
    // A call waits at most 0.95 seconds. Most are refused at once: the others until the gateway knows how long calls take now.
    expect(within(refused, 1)).toBeLessThanOrEqual(950);
    expect(within(refused, 0.85)).toBeLessThan(100);
  },
);

test('An upstream that becomes slower in the middle of an overload still sends at least nine tenths of the responses that it can, within two seconds', async () => {
  const places = startPlaces();
  const upstream = simulateUpstream(10, 200);
  await send(places, upstream, { perSecond: 200, seconds: 15 });
  const before = upstream.answered();
  upstream.slowDown(320);
  const ended = await send(places, upstream, { perSecond: 200, seconds: 30 });
  expect(upstream.answered() - before).toBeGreaterThanOrEqual(0.9 * 31.25 * 30);
  expect(within(withCode(ended, 'OK'), 0.99)).toBeLessThan(2000);
});

test('A call gets a place at once two seconds after an overload has ended', async () => {
  const places = startPlaces();
  const upstream = simulateUpstream(8, 200);
  await send(places, upstream, { perSecond: 400, seconds: 20 });
  await vi.advanceTimersByTimeAsync(2000);
  const ended = await send(places, upstream, { perSecond: 10, seconds: 5 });
  expect(ended.length).toBeGreaterThan(40);
  expect(new Set(ended.map(({ code, ms }) => `${code} ${Math.round(ms)}`))).toEqual(new Set(['OK 200']));
});

test('A load that begins after a quiet time is limited like one that begins at the start', async () => {
  const places = startPlaces();
  const upstream = simulateUpstream(5, 200);
  await send(places, upstream, { perSecond: 12, seconds: 20 });
  const before = upstream.answered();
  const ended = await send(places, upstream, { perSecond: 250, seconds: 30 });
  expect(upstream.answered() - before).toBeGreaterThanOrEqual(0.95 * 25 * 30);
  expect(within(withCode(ended, 'OK'), 0.99)).toBeLessThan(2000);
  expect(within(withCode(ended, 'UPSTREAM_OVERLOADED'), 0.97)).toBeLessThan(100);
});
