import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GatewayError } from '../../src/model/errors.ts';
import { CEILING, send, startBulkhead, stopTime, withCode } from './support/simulatedLoad.ts';
import { type SimulatedUpstream, simulateUpstream } from './support/simulatedUpstream.ts';

beforeEach(stopTime);
afterEach(() => {
  vi.useRealTimers();
});

test('The limit never exceeds its ceiling, and reaches it if upstream can handle that many calls', async () => {
  const { limit, bulkhead } = startBulkhead();
  const upstream = simulateUpstream(1000, 500);
  await send(bulkhead, upstream, { perSecond: 1000, seconds: 20 });
  expect(limit.places).toBe(CEILING);
  expect(upstream.answered()).toBeGreaterThan(0.85 * 20 * (CEILING * 2));
});

/** Bursts that upstream can handle. No call is refused, and all of them take this many round trips. */
const BURSTS = [
  { calls: 20, serviceMs: 50, roundTrips: 1 },
  { calls: 20, serviceMs: 100, roundTrips: 1 },
  { calls: 20, serviceMs: 2000, roundTrips: 1 },
  { calls: 50, serviceMs: 800, roundTrips: 2 },
  { calls: 100, serviceMs: 100, roundTrips: 3 },
  { calls: 100, serviceMs: 300, roundTrips: 3 },
];

test.for(BURSTS)(
  'One operation of $calls calls that last $serviceMs ms takes $roundTrips round trips from the start',
  async ({ calls, serviceMs, roundTrips }) => {
    const { bulkhead } = startBulkhead();
    const upstream = simulateUpstream(1000, serviceMs);
    const ended = await send(bulkhead, upstream, { perSecond: calls, seconds: 1, burst: calls });
    await vi.advanceTimersByTimeAsync(9000);
    expect(withCode(ended, 'OK')).toHaveLength(calls);
    expect(Math.max(...ended.map(({ ms }) => ms))).toBeLessThan(roundTrips * serviceMs + 50);
  },
);

test.for(BURSTS)(
  'One operation of $calls calls that last $serviceMs ms takes no more round trips after a few single calls',
  async ({ calls, serviceMs, roundTrips }) => {
    const { bulkhead } = startBulkhead();
    const upstream = simulateUpstream(1000, serviceMs);
    await send(bulkhead, upstream, { perSecond: 2, seconds: 20 });
    await vi.advanceTimersByTimeAsync(3000);
    const ended = await send(bulkhead, upstream, { perSecond: calls / 5, seconds: 20, burst: calls });
    expect(withCode(ended, 'OK')).toHaveLength(calls * 4);
    expect(Math.max(...ended.map(({ ms }) => ms))).toBeLessThan(roundTrips * serviceMs + 50);
  },
);

test('A few slow calls are never refused', async () => {
  const { bulkhead } = startBulkhead();
  const upstream = simulateUpstream(1000, 2000);
  const ended = await send(bulkhead, upstream, { perSecond: 9, seconds: 60 });
  expect(withCode(ended, 'OK')).toHaveLength(ended.length);
  expect(Math.max(...ended.map(({ ms }) => ms))).toBeLessThan(2100);
});

test('An upstream that has become slower for another reason gets as many calls as before within half a minute', async () => {
  const { bulkhead } = startBulkhead();
  const upstream = simulateUpstream(100, 100);
  await send(bulkhead, upstream, { perSecond: 100, seconds: 15 });
  upstream.slowDown(400);
  await send(bulkhead, upstream, { perSecond: 100, seconds: 30 });
  const before = upstream.answered();
  await send(bulkhead, upstream, { perSecond: 100, seconds: 10 });
  expect(upstream.answered() - before).toBeGreaterThanOrEqual(0.95 * 1000);
});

test('An upstream with very different response times gets all calls', async () => {
  const { bulkhead } = startBulkhead();
  const [quick, slow] = [simulateUpstream(100, 5), simulateUpstream(100, 250)];
  let sent = 0;
  const mixed = { ...slow, call: () => (sent++ % 3 === 0 ? slow.call() : quick.call()) };
  const ended = await send(bulkhead, mixed, { perSecond: 150, seconds: 30 });
  expect(withCode(ended, 'UPSTREAM_OVERLOADED').length).toBeLessThan(0.01 * ended.length);
});

/** An upstream whose calls all end with an error after so long. */
function simulateFailing(ms: number): SimulatedUpstream {
  const upstream = simulateUpstream(1000, ms);
  return {
    ...upstream,
    call: () => upstream.call().then(() => Promise.reject(new GatewayError('UPSTREAM_TIMEOUT'))),
  };
}

test('An upstream that fails gets fewer and fewer calls at once', async () => {
  const { limit, bulkhead } = startBulkhead();
  await send(bulkhead, simulateFailing(100), { perSecond: 300, seconds: 10 });
  expect(limit.places).toBeLessThanOrEqual(4);
});

test('Calls that end by a deadline of ours or because their client left do not lower the limit', async () => {
  const { limit, bulkhead } = startBulkhead('nothing');
  await send(bulkhead, simulateFailing(2000), { perSecond: 300, seconds: 10 });
  expect(limit.places).toBe(20);
});
