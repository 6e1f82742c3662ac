import { expect } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { firstError, outcomeOf, someone } from '../../support/questions.ts';
import { errorBody, json, type TestUpstream } from '../../support/upstream.ts';
import { askBoth, askGateway, type GatewayPair, letThrough } from './gateways.ts';

/** 70 a minute: two at once, and then one every 878 ms. */
export const SMALL_BUDGET = { UPSTREAM_REQUESTS_PER_MINUTE: '70', UPSTREAM_INSTANCES: '2', UPSTREAM_QUEUE_MS: '0' };
export const AT_ONCE = 2;
export const INTERVAL_MS = 60_600 / 69;

/** Two gateways with `SMALL_BUDGET` make only the calls of one budget, and refuse the others. */
export async function expectOneBudget(gateways: GatewayPair, upstream: TestUpstream): Promise<void> {
  // The first operation of a gateway takes longer.
  await askBoth(gateways, 4, 'Basic d2FybTp4');
  const flood = async () => {
    const before = upstream.calls.length;
    const startedAt = performance.now();
    const answers = await askBoth(gateways, 40, `Basic ${btoa(`${someone()}:`)}`);
    const earned = Math.floor((performance.now() - startedAt) / INTERVAL_MS);
    const made = upstream.calls.length - before;
    expect(made).toBeLessThanOrEqual(AT_ONCE + earned);
    const succeeded = answers.filter((answer) => outcomeOf(answer) === 'OK');
    const refused = answers.filter((answer) => outcomeOf(answer) === 'UPSTREAM_RATE_LIMITED');
    // A call whose connection was dead is repeated, and may then be one of the refused.
    expect(succeeded.length).toBeLessThanOrEqual(made);
    expect(refused).toHaveLength(40 - succeeded.length);
    for (const { errors } of refused) expect(errors?.[0]?.extensions.retryAfterSeconds).toBeLessThanOrEqual(2);
    return made;
  };
  // A gateway whose Redis answers late counts alone for a while, and makes fewer calls.
  await eventually('calls of a flood', flood, (made) => made >= AT_ONCE);
}

/** A 429 that one gateway receives also pauses the other one, and only for the same credentials. */
export async function expectOnePause([one, other]: GatewayPair, upstream: TestUpstream): Promise<void> {
  upstream.on('917000000429', json({}, 429, { 'retry-after': '30' }));
  expect(outcomeOf(await askGateway(one, { mobile: '917000000429' }))).toBe('UPSTREAM_RATE_LIMITED');
  // Without the pause, the budget refuses calls too, for a second or two.
  const waitAtOther = async () => firstError(await askGateway(other, { mobile: someone() }))?.retryAfterSeconds;
  await eventually('retryAfterSeconds at the other gateway', waitAtOther, (seconds) => Number(seconds) > 20);
  upstream.reply(errorBody(8015));
  const outcomeOfOthers = async () =>
    outcomeOf(await askGateway(other, { mobile: someone(), authorization: 'Basic b3RoZXI6eA==' }));
  // While a gateway counts alone it makes a call in two seconds. The pause is longer than this wait.
  const BEFORE_ITS_END = { withinMs: 18_000, everyMs: 500 };
  await eventually('the outcome for other credentials', outcomeOfOthers, 'CUSTOMER_NOT_FOUND', BEFORE_ITS_END);
}

/** A cache lookup waits only 40 ms, so on a busy machine a late answer is no failure of a command. */
const FAILING = /^.*"cause":"(?!it does not answer in time").*dependency is failing.*$/gm;

type StartPair = (env: Record<string, string>) => Promise<GatewayPair>;

/**
 * Gateways with this Redis count together: the call budget, pauses and the rate limit of a caller. Redis refuses
 * none of their commands, since then each gateway would silently count its own.
 */
export async function expectSharedCounts(startPair: StartPair, redis: Record<string, string>, upstream: TestUpstream) {
  // The pairs must not count together, so each has its own secret.
  const [budgeted, limited] = await Promise.all([
    startPair({ ...redis, ...SMALL_BUDGET, CACHE_SECRET: 'a secret of two gateways with a small budget' }),
    startPair({ ...redis, RATE_LIMIT_PER_MINUTE: '10', CACHE_SECRET: 'a secret of two gateways with a rate limit' }),
  ]);
  await expectOneBudget(budgeted, upstream);
  await expectOnePause(budgeted, upstream);
  upstream.reset();
  expect(await letThrough(limited, 30)).toBe(10);
  for (const { program } of [...budgeted, ...limited]) expect(program.output().match(FAILING)).toBe(null);
}
