import { expect } from 'vitest';
import { API_KEY_CALLERS, SHOP, TILL } from '../support/credentials.ts';
import { A_MINUTE, eventually } from '../support/eventually.ts';
import { ask, customer } from '../support/gateway.ts';
import type { GatewayProgram } from '../support/process.ts';
import { outcomeOf, someone } from '../support/questions.ts';
import { test, testWith } from './support/fixture.ts';
import { askBoth, askGateway, startInstance, stopAll } from './support/gateways.ts';
import type { TestRedis } from './support/redis.ts';
import { AT_ONCE, expectOneBudget, expectOnePause, INTERVAL_MS, SMALL_BUDGET } from './support/sharedCounts.ts';

const testPair = testWith(SMALL_BUDGET);

testPair('Two gateways share one call budget, and calls over it are refused', async ({ upstream, instances }) => {
  await expectOneBudget(instances, upstream);
});

testPair('Each credentials identity has a shared call budget of its own', async ({ upstream, instances }) => {
  await askBoth(instances, AT_ONCE, 'Basic dGhyZWU6eA==');
  await askBoth(instances, AT_ONCE, 'Basic Zm91cjp4');
  expect(upstream.calls).toHaveLength(2 * AT_ONCE);
});

testPair('Each gateway has half of the call budget while Redis is gone', async ({ upstream, redis, instances }) => {
  await askBoth(instances, 2, 'Basic c2V2ZW46eA==');
  await redis.kill();
  const before = upstream.calls.length;
  const startedAt = performance.now();
  // No call for four intervals, and then one call of each in two intervals.
  while (performance.now() - startedAt < 9 * INTERVAL_MS) await askBoth(instances, 10, 'Basic c2V2ZW46eA==');
  const earned = (performance.now() - startedAt) / INTERVAL_MS;
  const made = upstream.calls.length - before;
  expect(made).toBeGreaterThanOrEqual(4);
  expect(made).toBeLessThanOrEqual(earned);
});

test.for([
  ['a call budget', { UPSTREAM_REQUESTS_PER_MINUTE: '1000', UPSTREAM_INSTANCES: '2' }],
  ['no call budget', {}],
] as const)('A 429 at one gateway also pauses the other, with %s', async ([, env], { upstream, startInstances }) => {
  await expectOnePause(await startInstances(env), upstream);
});

test('A gateway with another CACHE_SECRET and another password has no second budget for the same account', async ({
  upstream,
  redis,
}) => {
  const own = { ...SMALL_BUDGET, UPSTREAM_AUTH: 'basic', UPSTREAM_USERNAME: 'gateway', AUTH_ALLOW_ANONYMOUS: 'true' };
  const start = (UPSTREAM_PASSWORD: string, CACHE_SECRET: string) =>
    startInstance(upstream, redis, { ...own, UPSTREAM_PASSWORD, CACHE_SECRET });
  const gateways = await Promise.all([start('old', 'o'.repeat(32)), start('new', 'n'.repeat(32))]);
  const startedAt = performance.now();
  // Each has made a call before both are flooded.
  for (const gateway of gateways) expect(outcomeOf(await askGateway(gateway, { mobile: someone() }))).toBe('OK');
  await askBoth(gateways, 40, 'Basic b25lOng=');
  const earned = Math.floor((performance.now() - startedAt) / INTERVAL_MS);
  expect(upstream.calls.length).toBeGreaterThanOrEqual(AT_ONCE);
  expect(upstream.calls.length).toBeLessThanOrEqual(AT_ONCE + earned);
  expect(new Set(upstream.calls.map(({ headers }) => headers.authorization)).size).toBe(2);
  await stopAll(gateways);
});

/** The name of the only budget in Redis, where it is gone once it is whole again, after 60 ms. */
function budgetName(redis: TestRedis, gateway: GatewayProgram): Promise<string | undefined> {
  const read = async () => {
    expect(outcomeOf(await askGateway(gateway, { mobile: someone() }))).toBe('OK');
    return (await redis.client.keys('*{budget}*'))[0];
  };
  return eventually('the name of the budget', read, (name) => name !== undefined);
}

const NEVER = '9000000000000000';

test.for([
  ['a pause and a count that are later than possible', { paused: NEVER, tat: NEVER }],
  ['a value of another type', 'garbage'],
] as const)('In place of %s in Redis, both gateways count anew', async ([, forged], { redis, startInstances }) => {
  const [one, other] = await startInstances({ UPSTREAM_REQUESTS_PER_MINUTE: '1000', UPSTREAM_INSTANCES: '2' });
  const name = (await budgetName(redis, one)) ?? '';
  if (typeof forged === 'string') await redis.client.set(name, forged);
  else await redis.client.hset(name, forged);
  for (const gateway of [one, other]) expect(outcomeOf(await askGateway(gateway, { mobile: someone() }))).toBe('OK');
  const expired = () => redis.client.exists(name);
  await eventually('whether the budget is gone, as a whole one is', expired, 0);
});

test("A caller that floods three gateways does not delay another caller's calls", async ({ upstream, redis }) => {
  const env = {
    ...API_KEY_CALLERS,
    UPSTREAM_REQUESTS_PER_MINUTE: '600',
    UPSTREAM_INSTANCES: '3',
    UPSTREAM_QUEUE_MS: '5000',
  };
  const gateways = await Promise.all([1, 2, 3].map(() => startInstance(upstream, redis, env)));
  const askAs = async (index: number, headers: Record<string, string>) => {
    const startedAt = performance.now();
    const answer = await ask(gateways[index]?.url ?? '', `{ ${customer('customerId', someone())} }`, { headers });
    return { outcome: outcomeOf(answer), waitedMs: performance.now() - startedAt };
  };
  let flooding = true;
  const flooded: Awaited<ReturnType<typeof askAs>>[] = [];
  const flood = async (index: number) => {
    while (flooding) flooded.push(await askAs(index, SHOP));
  };
  // Ten calls a second for 36 clients: each call waits for more than three seconds, and may wait for five.
  const clients = Array.from({ length: 36 }, (_, index) => flood(index % 3));
  await eventually(
    'calls of the flood',
    () => flooded.length,
    (count) => count >= 2 * clients.length,
    A_MINUTE,
  );
  flooded.length = 0;
  const quiet: Awaited<ReturnType<typeof askAs>>[] = [];
  for (let i = 0; i < 10; i++) quiet.push(await askAs(0, TILL));
  flooding = false;
  const waits = flooded.filter(({ outcome }) => outcome === 'OK').map(({ waitedMs }) => waitedMs);
  await Promise.all(clients);
  await stopAll(gateways);
  expect(quiet.map(({ outcome }) => outcome)).toEqual(Array(10).fill('OK'));
  // A gateway's turn comes every 309 ms. At most one is another caller's before the quiet caller's.
  expect(Math.max(...quiet.map(({ waitedMs }) => waitedMs))).toBeLessThan(1500);
  expect(waits.length).toBeGreaterThan(10);
  expect(Math.min(...waits)).toBeGreaterThan(2500);
});
