import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { API_KEY_CALLERS, SHOP, TILL } from '../support/credentials.ts';
import { ask, customer } from '../support/gateway.ts';
import { codesOf, outcomeOf, someone } from '../support/questions.ts';
import { errorBody, json } from '../support/upstream.ts';
import { test, testWith } from './support/fixture.ts';
import { askGateway, type GatewayPair } from './support/gateways.ts';

/** 70 a minute: two at once, and then one every 874 ms. */
const AT_ONCE = 2;
const INTERVAL_MS = 60_300 / 69;

const testPair = testWith({ UPSTREAM_REQUESTS_PER_MINUTE: '70', UPSTREAM_QUEUE_MS: '0' });

const askBoth = (gateways: GatewayPair, count: number, authorization: string) =>
  Promise.all(
    Array.from({ length: count }, (_, i) =>
      askGateway(gateways[i % 2 === 0 ? 0 : 1], { mobile: someone(), authorization }),
    ),
  );

testPair('Two gateways share one call budget, and calls over it are refused', async ({ upstream, instances }) => {
  const startedAt = performance.now();
  const answers = await askBoth(instances, 40, 'Basic b25l');
  const earned = Math.floor((performance.now() - startedAt) / INTERVAL_MS);
  expect(upstream.calls.length).toBeGreaterThanOrEqual(AT_ONCE);
  expect(upstream.calls.length).toBeLessThanOrEqual(AT_ONCE + earned);
  const refused = answers.filter((answer) => codesOf(answer).includes('UPSTREAM_RATE_LIMITED'));
  expect(refused).toHaveLength(40 - upstream.calls.length);
  for (const { errors } of refused) expect(errors?.[0]?.extensions.retryAfterSeconds).toBeLessThanOrEqual(2);
});

testPair('Each credentials identity has a shared call budget of its own', async ({ upstream, instances }) => {
  await askBoth(instances, AT_ONCE, 'Basic dGhyZWU=');
  await askBoth(instances, AT_ONCE, 'Basic Zm91cg==');
  expect(upstream.calls).toHaveLength(2 * AT_ONCE);
});

testPair('Each gateway has half of the call budget while Redis is gone', async ({ upstream, redis, instances }) => {
  await askBoth(instances, 2, 'Basic c2V2ZW4=');
  await sleep(2 * INTERVAL_MS);
  await redis.kill();
  const before = upstream.calls.length;
  const startedAt = performance.now();
  while (performance.now() - startedAt < 6 * INTERVAL_MS) await askBoth(instances, 10, 'Basic c2V2ZW4=');
  const earned = (performance.now() - startedAt) / INTERVAL_MS;
  const made = upstream.calls.length - before;
  expect(made).toBeGreaterThanOrEqual(4);
  expect(made).toBeLessThanOrEqual(AT_ONCE + earned);
});

test.for([
  ['a call budget', { UPSTREAM_REQUESTS_PER_MINUTE: '1000' }],
  ['no call budget', {}],
] as const)('A 429 at one gateway also pauses the other, with %s', async ([, env], { upstream, startInstances }) => {
  const [one, other] = await startInstances(env);
  upstream.on('917000000429', json({}, 429, { 'retry-after': '30' }));
  expect(outcomeOf(await askGateway(one, { mobile: '917000000429' }))).toBe('UPSTREAM_RATE_LIMITED');
  await expect
    .poll(async () => outcomeOf(await askGateway(other, { mobile: someone() })), { timeout: 5000 })
    .toBe('UPSTREAM_RATE_LIMITED');
  const answer = await askGateway(other, { mobile: someone() });
  expect(answer.errors?.[0]?.extensions.retryAfterSeconds).toBeGreaterThan(20);
  upstream.reply(errorBody(8015));
  expect(outcomeOf(await askGateway(other, { mobile: someone(), authorization: 'Basic b3RoZXI6eA==' }))).toBe(
    'CUSTOMER_NOT_FOUND',
  );
});

test("A caller that floods two gateways delays another caller's calls at neither", async ({
  upstream,
  startInstances,
}) => {
  const gateways = await startInstances({
    ...API_KEY_CALLERS,
    UPSTREAM_REQUESTS_PER_MINUTE: '600',
    UPSTREAM_QUEUE_MS: '3000',
    MAX_EVENT_LOOP_DELAY_MS: '600000',
  });
  const askAs = (index: number, headers: Record<string, string>) =>
    ask(gateways[index % 2 === 0 ? 0 : 1].url, `{ ${customer('id', someone())} }`, { headers });
  let flooding = true;
  let refused = 0;
  const flood = async (index: number) => {
    while (flooding) {
      if (outcomeOf(await askAs(index, SHOP)) === 'OK') continue;
      refused++;
      await sleep(50);
    }
  };
  const floods = Array.from({ length: 80 }, (_, index) => flood(index));
  await sleep(3000);
  const quiet: unknown[] = [];
  for (let i = 0; i < 10; i++) {
    quiet.push(outcomeOf(await askAs(i, TILL)));
    await sleep(500);
  }
  flooding = false;
  await Promise.all(floods);
  expect(quiet).toEqual(Array(10).fill('OK'));
  expect(refused).toBeGreaterThan(10);
  expect(upstream.calls.length).toBeGreaterThan(20);
});
