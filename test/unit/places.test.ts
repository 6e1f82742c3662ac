import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { Places } from '../../src/calls/bounded.ts';
import { GatewayError } from '../../src/model/errors.ts';
import { UpstreamError } from '../../src/upstream/payload/outcome.ts';
import { callOf } from './support/calls.ts';
import { CEILING, send, startPlaces, stopTime, TIMEOUT_MS, withCode } from './support/simulatedLoad.ts';
import { type SimulatedUpstream, simulateUpstream } from './support/simulatedUpstream.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** How many turns of the event loop a call takes, whether it fails, and whether its client leaves at once. */
const call = fc.record({
  turns: fc.nat(3),
  fails: fc.boolean(),
  leaves: fc.boolean(),
  caller: fc.constantFrom('a', 'b'),
});

test('No more calls are made at once than there are places, every call ends, and every place is free again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(call, { maxLength: 30 }), async (max, calls) => {
      const places = new Places({ max, queueMs: 60_000, timeoutMs: TIMEOUT_MS });
      let inside = 0;
      let most = 0;
      const run = async (turns: number, fails: boolean) => {
        most = Math.max(most, ++inside);
        for (let left = turns; left > 0; left--) await turn();
        inside--;
        if (fails) throw 'failed';
        return 'responded';
      };
      const outcomes = calls.map(async ({ turns, fails, leaves, caller }, index) => {
        const controller = new AbortController();
        const outcome = places
          .run(callOf({ caller, signal: controller.signal }), () => run(turns, fails))
          .catch((reason) => reason);
        if (leaves) controller.abort('left');
        const expected = leaves && index >= max ? 'left' : fails ? 'failed' : 'responded';
        // A call that has a place is not aborted here. Of more waiting calls than 0.95 seconds are enough for, some are refused.
        const code = await outcome.then((reason) => (reason instanceof GatewayError ? reason.code : reason));
        if (code !== 'UPSTREAM_OVERLOADED') expect(code).toBe(expected);
        else expect(index).toBeGreaterThanOrEqual(max + 4);
      });
      await Promise.all(outcomes);
      expect(most).toBeLessThanOrEqual(max);
      await turn();
      let again = 0;
      const all = Array.from({ length: max }, () => places.run(callOf({ caller: 'c' }), async () => again++));
      expect(again).toBe(max);
      await Promise.all(all);
    }),
  );
});

test.for([
  ['caller by caller', 'caller'],
  ['credentials by credentials', 'by'],
] as const)(
  'Calls that wait take turns, %s, and a call that arrives later overtakes none of them',
  async ([, lane]) => {
    const places = new Places({ max: 1, queueMs: 60_000, timeoutMs: TIMEOUT_MS });
    const order: string[] = [];
    const run = (name: string): Promise<unknown> =>
      places.run(callOf({ [lane]: name }), async () => {
        await turn();
        order.push(name);
        // In the turn in which this call ends, before its place is given on.
        if (name === 'first') setImmediate(() => later.push(run('later')));
      });
    const later: Promise<unknown>[] = [];
    await Promise.all(['first', 'busy', 'busy', 'quiet'].map(run));
    await Promise.all(later);
    expect(order).toEqual(['first', 'busy', 'quiet', 'later', 'busy']);
  },
);

test('A call that arrives when a place was added does not overtake one that waits', async () => {
  const places = new Places({ max: 30, queueMs: 60_000, timeoutMs: TIMEOUT_MS });
  const { promise, resolve } = Promise.withResolvers<void>();
  const begun: string[] = [];
  const run = (of: string) =>
    places.run(callOf({ of }), () => {
      begun.push(of);
      return promise;
    });
  const first = Array.from({ length: 20 }, (_, i) => run(`customer ${i}`));
  const waiting = run('waiting');
  resolve();
  await Promise.all(first);
  expect(places.state).toMatchObject({ waiting: 1, places: 21 });
  await Promise.all([waiting, run('later')]);
  expect(begun.slice(20)).toEqual(['waiting', 'later']);
});

test('A call whose client has left already does not wait for a place', async () => {
  const places = new Places({ max: 1, queueMs: 60_000, timeoutMs: TIMEOUT_MS });
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = places.run(callOf(), () => promise);
  const left = places.run(callOf({ signal: AbortSignal.abort('left') }), async () => 'made').catch((reason) => reason);
  expect(places.state.waiting).toBe(0);
  resolve();
  await first;
  expect(await left).toBe('left');
});

test('A call that would wait too long for a place is refused at once with retryAfterSeconds', async () => {
  // A call is assumed to take 50 ms until some have ended.
  const places = new Places({ max: 1, queueMs: 60_000, timeoutMs: TIMEOUT_MS });
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = (caller: string) => places.run(callOf({ caller }), () => promise);
  const calls = Array.from({ length: 17 }, () => run('busy'));
  await expect(run('busy')).rejects.toMatchObject({
    code: 'UPSTREAM_OVERLOADED',
    retryAfterSeconds: 1,
    cause: 'no place',
  });
  expect(() => places.check(callOf({ caller: 'busy' }))).toThrow(
    expect.objectContaining({ code: 'UPSTREAM_OVERLOADED' }),
  );
  const quiet = run('quiet');
  resolve();
  await Promise.all([...calls, quiet]);
});

test('A call waits for a place no longer than it may', async () => {
  stopTime();
  const ended = await send(startPlaces(), simulateUpstream(1000, 60_000), { perSecond: 25, seconds: 2, burst: 50 });
  const refused = withCode(ended, 'UPSTREAM_OVERLOADED');
  expect(refused.map(({ ms }) => ms)).toEqual(Array(30).fill(950));
});

test('The places never exceed their maximum, and reach it if calls wait for them', async () => {
  stopTime();
  const places = startPlaces();
  const upstream = simulateUpstream(1000, 200);
  await send(places, upstream, { perSecond: 1000, seconds: 40 });
  expect(places.state.places).toBe(CEILING);
});

test('Places that no call waits for are not added', async () => {
  stopTime();
  const places = startPlaces();
  await send(places, simulateUpstream(1000, 100), { perSecond: 100, seconds: 20 });
  expect(places.state.places).toBe(20);
});

test('One operation of a hundred calls that last 200 ms takes five round trips, and none is refused', async () => {
  stopTime();
  const places = startPlaces();
  const ended = await send(places, simulateUpstream(1000, 200), { perSecond: 50, seconds: 4, burst: 100 });
  expect(withCode(ended, 'OK')).toHaveLength(200);
  expect(Math.max(...ended.map(({ ms }) => ms))).toBeLessThan(5 * 200 + 50);
});

test('A few slow calls are never refused', async () => {
  stopTime();
  const ended = await send(startPlaces(), simulateUpstream(1000, 2000), { perSecond: 9, seconds: 60 });
  expect(withCode(ended, 'OK')).toHaveLength(ended.length);
  expect(Math.max(...ended.map(({ ms }) => ms))).toBeLessThan(2100);
});

/** An upstream whose calls all end with this error after so long. */
function simulateFailing(ms: number, error: unknown): SimulatedUpstream {
  const upstream = simulateUpstream(1000, ms);
  return { ...upstream, call: () => upstream.call().then(() => Promise.reject(error)) };
}

const LATE = new UpstreamError('late', 'UPSTREAM_TIMEOUT', { cause: 'timed out' });

test('While all calls use up their whole time, the places are halved once in that time, down to four', async () => {
  stopTime();
  const places = startPlaces();
  const upstream = simulateFailing(TIMEOUT_MS, LATE);
  const changes: { readonly places: number; readonly at: number }[] = [];
  const startedAt = performance.now();
  for (let i = 0; i < 300; i++) {
    await send(places, upstream, { perSecond: 40, seconds: 0.1 });
    const now = places.state.places;
    if (now !== (changes.at(-1)?.places ?? 20)) changes.push({ places: now, at: performance.now() - startedAt });
  }
  expect(changes.map((change) => change.places)).toEqual([10, 5, 4]);
  for (const [i, { at }] of changes.entries())
    expect(at - (changes[i - 1]?.at ?? 0)).toBeGreaterThanOrEqual(TIMEOUT_MS);
});

test('Places that were lost come back one by one', async () => {
  stopTime();
  const places = startPlaces();
  await send(places, simulateFailing(TIMEOUT_MS, LATE), { perSecond: 40, seconds: 20 });
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
  const before = places.state.places;
  expect(before).toBe(4);
  // In bursts of twenty, so that calls wait.
  await send(places, simulateUpstream(1000, 50), { perSecond: 20, seconds: 10, burst: 20 });
  expect(places.state.places).toBeGreaterThan(10);
  expect(places.state.places).toBeLessThanOrEqual(24);
});

test('One customer whose calls hang changes nothing beside others, however often it is asked for', async () => {
  stopTime();
  const places = startPlaces();
  const [quick, hanging] = [simulateUpstream(1000, 50), simulateFailing(TIMEOUT_MS, LATE)];
  let sent = 0;
  // Two customers in turn: more than half of the calls that end late are of one.
  const mixed = { ...quick, call: () => (sent++ % 2 === 0 ? hanging.call() : quick.call()) };
  await send(places, mixed, { perSecond: 12, seconds: 60, customers: 2 });
  expect(places.state.places).toBe(20);
});

test.each([
  ['by a deadline of ours', new GatewayError('UPSTREAM_TIMEOUT')],
  ['because their client left', new Error('gone')],
  ['with another failure of upstream', new UpstreamError('failing', 'UPSTREAM_UNAVAILABLE', { cause: 'HTTP 503' })],
])('Calls that end %s cost no place', async (_, error) => {
  stopTime();
  const places = startPlaces();
  await send(places, simulateFailing(1000, error), { perSecond: 300, seconds: 10 });
  expect(places.state.places).toBe(20);
});
