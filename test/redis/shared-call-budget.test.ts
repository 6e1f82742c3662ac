import { expect } from 'vitest';
import { codesOf, someone } from '../support/questions.ts';
import { testWith } from './support/fixture.ts';
import { askGateway, type GatewayPair } from './support/gateways.ts';

const PER_MINUTE = 70;
/** Redis counts by ten seconds, of which any minute touches seven. */
const IN_TEN_SECONDS = 10;

const test = testWith({ UPSTREAM_REQUESTS_PER_MINUTE: String(PER_MINUTE), UPSTREAM_QUEUE_MS: '0' });

const askBoth = (gateways: GatewayPair, count: number, authorization: string) =>
  Promise.all(
    Array.from({ length: count }, (_, i) =>
      askGateway(gateways[i % 2 === 0 ? 0 : 1], { mobile: someone(), authorization }),
    ),
  );

test('Two gateways share one call budget, and calls over it are refused', async ({ upstream, instances }) => {
  const answers = await askBoth(instances, 40, 'Basic b25l');
  expect(upstream.calls).toHaveLength(IN_TEN_SECONDS);
  const refused = answers.filter((answer) => codesOf(answer).includes('UPSTREAM_RATE_LIMITED'));
  expect(refused).toHaveLength(40 - IN_TEN_SECONDS);
  for (const { errors } of refused) expect(errors?.[0]?.extensions.retryAfterSeconds).toBeLessThanOrEqual(10);
});

test('A shared call budget is renewed every ten seconds', async ({ upstream, instances }) => {
  const startedAt = performance.now();
  while (upstream.calls.length <= IN_TEN_SECONDS) await askBoth(instances, 4, 'Basic dHdv');
  expect(performance.now() - startedAt).toBeGreaterThan(9000);
  expect(upstream.calls.length).toBeLessThanOrEqual(2 * IN_TEN_SECONDS);
});

test('Each credentials identity has a shared call budget of its own', async ({ upstream, instances }) => {
  await askBoth(instances, 10, 'Basic dGhyZWU=');
  await askBoth(instances, 10, 'Basic Zm91cg==');
  expect(upstream.calls).toHaveLength(20);
});

test('Each gateway has a call budget of its own while Redis is gone', async ({ upstream, redis, instances }) => {
  await redis.kill();
  await askBoth(instances, 60, 'Basic Zml2ZQ==');
  // A tenth of a minute's calls at once from each, and the few that the time meanwhile gives.
  expect(upstream.calls.length).toBeGreaterThanOrEqual(2 * 7);
  expect(upstream.calls.length).toBeLessThanOrEqual(2 * 7 + 6);
});
