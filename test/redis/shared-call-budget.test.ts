import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startUpstream, type TestUpstream } from '../support/upstream.ts';
import { askGateway, codesOf, type GatewayPair, startPair, stopAll } from './support/gateways.ts';
import { startRedis, type TestRedis } from './support/redis.ts';

const PER_MINUTE = 70;
/** Redis counts by ten seconds, of which any minute touches seven. */
const IN_TEN_SECONDS = 10;

let upstream: TestUpstream;
let redis: TestRedis;
let pair: GatewayPair;
beforeAll(async () => {
  [upstream, redis] = await Promise.all([startUpstream(), startRedis()]);
  pair = await startPair(upstream, redis, {
    UPSTREAM_REQUESTS_PER_MINUTE: String(PER_MINUTE),
    UPSTREAM_QUEUE_MS: '0',
  });
});
beforeEach(() => upstream.reset());
afterAll(async () => {
  await stopAll(pair);
  await Promise.all([upstream.close(), redis.close()]);
});

let mobile = 917_000_000_000;
const askBoth = (count: number, authorization: string) =>
  Promise.all(
    Array.from({ length: count }, (_, i) => askGateway(pair[i % 2 === 0 ? 0 : 1], { mobile: mobile++, authorization })),
  );

describe('The budget of UPSTREAM_REQUESTS_PER_MINUTE', () => {
  test('is held by two gateways together, and what goes over it is refused', async () => {
    const answers = await askBoth(40, 'Basic b25l');
    expect(upstream.calls).toHaveLength(IN_TEN_SECONDS);
    const refused = answers.filter((answer) => codesOf(answer).includes('UPSTREAM_RATE_LIMITED'));
    expect(refused).toHaveLength(40 - IN_TEN_SECONDS);
    for (const { errors } of refused) expect(errors?.[0]?.extensions.retryAfterSeconds).toBeLessThanOrEqual(10);
  });

  test('is kept over time, and goes on every ten seconds', async () => {
    const startedAt = performance.now();
    while (upstream.calls.length <= IN_TEN_SECONDS) await askBoth(4, 'Basic dHdv');
    expect(performance.now() - startedAt).toBeGreaterThan(9000);
    expect(upstream.calls.length).toBeLessThanOrEqual(2 * IN_TEN_SECONDS);
  });

  test('is one for each credentials', async () => {
    await askBoth(10, 'Basic dGhyZWU=');
    await askBoth(10, 'Basic Zm91cg==');
    expect(upstream.calls).toHaveLength(20);
  });

  test('is held by each gateway for itself while Redis is gone', async () => {
    await redis.kill();
    await askBoth(60, 'Basic Zml2ZQ==');
    // A tenth of a minute's calls at once from each, and the few that the time meanwhile gives.
    expect(upstream.calls.length).toBeGreaterThanOrEqual(2 * 7);
    expect(upstream.calls.length).toBeLessThanOrEqual(2 * 7 + 6);
  });
});
