import { expect } from 'vitest';
import { API_KEY_CALLERS, OTHER_BASIC, SHOP, TILL } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { BASIC, type TestGateway } from '../support/gateway.ts';
import { askEach, askOne, askTogether, codesOf, firstError, outcomeOf, someone } from '../support/questions.ts';
import { gate, json } from '../support/upstream.ts';

/** Resolves once this many calls wait for the budget. */
const waiting = (gateway: TestGateway, count: number) =>
  eventually('calls that wait', () => gateway.metric('gateway_upstream_calls_waiting'), count);

// 300 a minute: 7 at once, and then one every 206.1 ms.
test('A fiftieth of UPSTREAM_REQUESTS_PER_MINUTE may be made at once, and the rest is spaced evenly', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({
    UPSTREAM_REQUESTS_PER_MINUTE: '300',
    UPSTREAM_QUEUE_MS: '5000',
    UPSTREAM_CONCURRENCY: '100',
    METRICS: 'true',
  });
  const asked = askTogether(gateway, 11);
  await waiting(gateway, 4);
  await upstream.callsReached(7);
  for (const [i, ms] of [206, 205, 205, 205].entries()) {
    await time.pass(ms);
    expect(await gateway.metric('gateway_upstream_calls_waiting')).toBe(4 - i);
    await time.pass(1);
    await upstream.callsReached(8 + i);
  }
  expect((await asked).errors).toBeUndefined();
  expect(upstream.calls).toHaveLength(11);
});

// 60 a minute: 2 at once, and then one every 1,027 ms.
test('A call that would wait longer than UPSTREAM_QUEUE_MS for the budget is refused at once', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({
    UPSTREAM_REQUESTS_PER_MINUTE: '60',
    UPSTREAM_QUEUE_MS: '3000',
    METRICS: 'true',
  });
  await askTogether(gateway, 2);
  const asked = Array.from({ length: 2 }, () => askOne(gateway));
  await waiting(gateway, 2);
  const refused = await askEach(gateway, 8);
  for (const response of refused) {
    expect(firstError(response)).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 4 });
  }
  const lines = await gateway.logs.operations(9);
  expect(lines.slice(1, 9).map(({ cause }) => cause)).toEqual(refused.map(() => 'call budget'));
  expect(upstream.calls).toHaveLength(2);
  await time.pass(2056);
  expect((await Promise.all(asked)).map(outcomeOf)).toEqual(['OK', 'OK']);
  expect(upstream.calls).toHaveLength(4);
});

test("Calls with other credentials do not count against a caller's budget", async ({ startGateway, time: _ }) => {
  const gateway = await startGateway({ UPSTREAM_REQUESTS_PER_MINUTE: '10', UPSTREAM_QUEUE_MS: '0' });
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
  expect(outcomeOf(await askOne(gateway))).toBe('UPSTREAM_RATE_LIMITED');
  expect(outcomeOf(await askOne(gateway, someone(), { headers: { authorization: OTHER_BASIC } }))).toBe('OK');
});

test("One caller's many queued calls do not delay another caller's one call", async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({
    ...API_KEY_CALLERS,
    UPSTREAM_REQUESTS_PER_MINUTE: '300',
    UPSTREAM_QUEUE_MS: '5000',
    UPSTREAM_CONCURRENCY: '100',
    METRICS: 'true',
  });
  const many = askTogether(gateway, 17, { headers: SHOP });
  await waiting(gateway, 10);
  const one = askOne(gateway, '917406400033', { headers: TILL });
  await waiting(gateway, 11);
  await upstream.callsReached(7);
  await time.pass(2 * 207);
  await upstream.callsReached(9);
  const afterBurst = upstream.calls.slice(7).map(({ query }) => query.identifierValue);
  expect(afterBurst).toContain('917406400033');
  expect(outcomeOf(await one)).toBe('OK');
  await time.pass(10 * 207);
  expect((await many).errors).toBeUndefined();
});

test('A call whose client disconnects leaves the queue for the budget', async ({ upstream, startGateway, time }) => {
  const gateway = await startGateway({
    UPSTREAM_REQUESTS_PER_MINUTE: '60',
    UPSTREAM_QUEUE_MS: '5000',
    METRICS: 'true',
  });
  await askTogether(gateway, 2);
  const leaving = new AbortController();
  const left = askOne(gateway, someone(), { signal: leaving.signal });
  await waiting(gateway, 1);
  const stays = askOne(gateway, '917406400033');
  await waiting(gateway, 2);
  leaving.abort();
  await expect(left).rejects.toThrow(/abort/i);
  await waiting(gateway, 1);
  await time.pass(1028);
  expect(outcomeOf(await stays)).toBe('OK');
  expect(upstream.calls.slice(2).map(({ query }) => query.identifierValue)).toEqual(['917406400033']);
});

const tooMany = (retryAfter: string) => json({}, 429, { 'retry-after': retryAfter });

test('A 429 fails its operation at once and pauses only the calls of those credentials', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway();
  upstream.on('917000000001', tooMany('30'));
  expect(firstError(await askOne(gateway, '917000000001'))).toMatchObject({
    code: 'UPSTREAM_RATE_LIMITED',
    retryAfterSeconds: 30,
    upstream: { status: 429 },
  });
  await time.pass(10_000);
  expect(firstError(await askOne(gateway, '917000000002'))).toMatchObject({
    code: 'UPSTREAM_RATE_LIMITED',
    retryAfterSeconds: 20,
  });
  const causes = (await gateway.logs.operations(2)).map(({ cause }) => cause);
  expect(causes).toEqual(['HTTP 429', 'paused after 429']);
  expect(upstream.calls).toHaveLength(1);
  expect(outcomeOf(await askOne(gateway, '917000000002', { headers: { authorization: OTHER_BASIC } }))).toBe('OK');
  expect(upstream.calls).toHaveLength(2);
});

test('Calls wait for a pause after a 429 that ends within UPSTREAM_QUEUE_MS', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({ UPSTREAM_QUEUE_MS: '3000', METRICS: 'true' });
  upstream.on('917000000001', tooMany('1'));
  await askOne(gateway, '917000000001');
  const asked = askOne(gateway, '917000000002');
  await waiting(gateway, 1);
  await time.pass(999);
  expect(upstream.calls).toHaveLength(1);
  await time.pass(2);
  expect(outcomeOf(await asked)).toBe('OK');
});

// 20 a minute: one at once, and then one every 3,030 ms.
test('A 429 at once refuses waiting calls that would now wait too long', async ({
  upstream,
  startGateway,
  time: _,
}) => {
  const gateway = await startGateway({
    UPSTREAM_REQUESTS_PER_MINUTE: '20',
    UPSTREAM_QUEUE_MS: '10000',
    UPSTREAM_DEADLINE_MS: '10000',
    METRICS: 'true',
  });
  const held = gate(tooMany('30'));
  upstream.on('917000000001', held.reply);
  const limited = askOne(gateway, '917000000001', { headers: { authorization: BASIC } });
  await upstream.callsReached(1);
  const queued = askOne(gateway);
  await waiting(gateway, 1);
  held.open();
  expect(codesOf(await limited)).toEqual(['UPSTREAM_RATE_LIMITED']);
  expect(firstError(await queued)).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 30 });
  expect(upstream.calls).toHaveLength(1);
});

test('A 429 also holds back calls that wait for a place', async ({ upstream, startGateway, time }) => {
  const gateway = await startGateway({ UPSTREAM_CONCURRENCY: '1', UPSTREAM_QUEUE_MS: '3000', METRICS: 'true' });
  const waitingForPlaces = (count: number) =>
    eventually('calls that wait for a place', () => gateway.metric('gateway_upstream_concurrency_waiting'), count);
  for (const [seconds, outcome] of [
    ['30', 'UPSTREAM_RATE_LIMITED'],
    ['1', 'OK'],
  ] as const) {
    upstream.reset();
    const held = gate(tooMany(seconds));
    upstream.on('917406400033', held.reply);
    const limited = askOne(gateway, '917406400033');
    await upstream.callsReached(1);
    const others = askEach(gateway, 2);
    await waitingForPlaces(2);
    held.open();
    expect(outcomeOf(await limited)).toBe('UPSTREAM_RATE_LIMITED');
    await waitingForPlaces(0);
    expect(upstream.calls).toHaveLength(1);
    await time.pass(1001);
    expect((await others).map(outcomeOf)).toEqual([outcome, outcome]);
    await time.pass(30_000);
  }
});

test('Calls that come during a pause all wait for its end', async ({ upstream, startGateway, time }) => {
  const gateway = await startGateway({ UPSTREAM_QUEUE_MS: '3000', METRICS: 'true' });
  upstream.reply(tooMany('1'));
  expect(outcomeOf(await askOne(gateway))).toBe('UPSTREAM_RATE_LIMITED');
  upstream.reset();
  const asked = askEach(gateway, 10);
  await waiting(gateway, 10);
  await time.pass(1001);
  expect((await asked).map(outcomeOf)).toEqual(Array(10).fill('OK'));
});
