import { expect } from 'vitest';
import { testWith } from '../support/fixture.ts';
import { ask, type TestGateway } from '../support/gateway.ts';
import type { TestUpstream } from '../support/upstream.ts';
import { worldOf } from './lists.ts';
import { type Difference, visit } from './visit.ts';

/** `ORACLE_SEED=7 ORACLE_VISITS=2000` asks others. A difference names its visit: `ORACLE_VISIT=7/123` asks that one alone. */
const { ORACLE_SEED: SEED = '1', ORACLE_VISITS = '40', ORACLE_VISIT } = process.env;

/** The operations that each visit asks at least: four, and a step through a list. */
const LEAST_ASKED = 5;

/** Visits one world, some callers at a time. */
async function visitAll(upstream: TestUpstream, gateway: TestGateway) {
  const world = worldOf(ORACLE_VISIT?.split('/')[0] ?? SEED);
  upstream.reply(world.reply);
  const seeds = ORACLE_VISIT ? [ORACLE_VISIT] : Array.from({ length: Number(ORACLE_VISITS) }, (_, i) => `${SEED}/${i}`);
  const all = { visits: seeds.length, asked: 0, found: [] as Difference[] };
  const caller = async () => {
    for (let seed = seeds.pop(); seed !== undefined; seed = seeds.pop()) {
      const { operations, found } = await visit(
        ({ query, variables }, headers) => ask(gateway.url, query, { variables, headers }),
        world,
        seed,
      );
      all.asked += operations;
      all.found.push(...found);
    }
  };
  await Promise.all(Array.from({ length: 4 }, caller));
  return all;
}

const SETTINGS = {
  UPSTREAM_RETRIES: '0',
  MAX_UPSTREAM_CALLS: '1000',
  LOG_LEVEL: 'error',
  // Tests compete for the processor.
  UPSTREAM_TIMEOUT_MS: '30000',
  UPSTREAM_DEADLINE_MS: '60000',
};
const withoutCache = testWith(SETTINGS);
const withCache = testWith({ ...SETTINGS, CACHE_TTL_SECONDS: '600' });
// A quiet machine takes seconds. The rest is for a busy one, and for many visits.
const TIMEOUT = { timeout: 300_000 + 1000 * Number(ORACLE_VISITS) };

withoutCache('Each answer is what the descriptions of the schema say', TIMEOUT, async ({ upstream, gateway }) => {
  const { visits, asked, found } = await visitAll(upstream, gateway);
  expect(found).toEqual([]);
  expect(asked).toBeGreaterThanOrEqual(LEAST_ASKED * visits);
});

withCache('So is each answer with the cache on', TIMEOUT, async ({ upstream, gateway }) => {
  const { visits, asked, found } = await visitAll(upstream, gateway);
  expect(found).toEqual([]);
  expect(asked).toBeGreaterThanOrEqual(LEAST_ASKED * visits);
});
