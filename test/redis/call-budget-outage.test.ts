import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { OTHER_BASIC } from '../support/credentials.ts';
import { mostInAMinute } from '../support/minutes.ts';
import { outcomeOf, someone } from '../support/questions.ts';
import { json, pageBody } from '../support/upstream.ts';
import { test } from './support/fixture.ts';
import { askGateway, startInstance, stopAll } from './support/gateways.ts';

const PER_MINUTE = 600;
const CLIENTS = 24;
/** How long the use of the budget is not steady after the start and after each change. */
const UNSTEADY_MS = 5000;

test('Three instances stay within one budget in every minute: started before Redis, with Redis, and after it was killed', {
  timeout: 240_000,
}, async ({ upstream, redis }) => {
  const arrivals: number[] = [];
  upstream.reply((call, response) => {
    if (call.headers.authorization !== OTHER_BASIC) arrivals.push(performance.now());
    return json(pageBody(1, 0, 1))(call, response);
  });
  const env = {
    UPSTREAM_REQUESTS_PER_MINUTE: String(PER_MINUTE),
    UPSTREAM_INSTANCES: '3',
    UPSTREAM_QUEUE_MS: '30000',
    UPSTREAM_DEADLINE_MS: '60000',
  };
  await redis.kill();
  const gateways = await Promise.all([1, 2, 3].map(() => startInstance(upstream, redis, env)));
  for (const gateway of gateways) {
    for (let i = 0; i < 5; i++) await askGateway(gateway, { mobile: someone(), authorization: OTHER_BASIC });
  }

  let flooding = true;
  const outcomes = new Set<unknown>();
  const floods = Array.from({ length: CLIENTS }, async (_, index) => {
    const gateway = gateways[index % gateways.length];
    while (flooding && gateway !== undefined) outcomes.add(outcomeOf(await askGateway(gateway, { mobile: someone() })));
  });
  /** The share of the budget that is used under a steady load. A budget is calls in a time, so time itself is tested. */
  const usedIn = async (ms: number) => {
    await sleep(UNSTEADY_MS);
    const [calls, startedAt] = [arrivals.length, performance.now()];
    await sleep(ms - UNSTEADY_MS);
    const minutes = (performance.now() - startedAt) / 60_000;
    return (arrivals.length - calls) / (PER_MINUTE * minutes);
  };
  const beforeRedis = await usedIn(15_000);
  await redis.start();
  // For ten seconds, each instance uses only its share.
  const withRedis = await usedIn(30_000);
  await redis.kill();
  const withoutRedis = await usedIn(15_000);
  await redis.start();
  const afterwards = await usedIn(30_000);
  flooding = false;
  await Promise.all(floods);
  await stopAll(gateways);

  expect(mostInAMinute(arrivals)).toBeLessThanOrEqual(PER_MINUTE);
  expect(beforeRedis).toBeGreaterThanOrEqual(0.9);
  expect(withRedis).toBeGreaterThanOrEqual(0.9);
  expect(withoutRedis).toBeGreaterThanOrEqual(0.9);
  expect(afterwards).toBeGreaterThanOrEqual(0.9);
  expect([...outcomes]).toEqual(['OK']);
});
