import { expect } from 'vitest';
import { A_MINUTE, eventually } from '../../support/eventually.ts';
import { ask, BASIC, type GraphQLResult } from '../../support/gateway.ts';
import { type GatewayProgram, runFirst, startGatewayProgram } from '../../support/process.ts';
import { cacheOf, someone } from '../../support/questions.ts';
import type { TestUpstream } from '../../support/upstream.ts';
import type { TestRedis } from './redis.ts';

/** Starts a gateway in front of an upstream, with a Redis. */
export async function startInstance(
  upstream: TestUpstream,
  redis: TestRedis,
  env: Record<string, string> = {},
): Promise<GatewayProgram> {
  const shared = { REDIS_URL: redis.url, CACHE_SECRET: 'a secret that only these gateways know' };
  const gateway = await startGatewayProgram({ UPSTREAM_URL: upstream.url, ...shared, LOG_FORMAT: 'json', ...env });
  // For some seconds after an answer that came late, a gateway counts alone.
  runFirst(gateway.program.child);
  return gateway;
}

export type GatewayPair = readonly [GatewayProgram, GatewayProgram];

export function startPair(
  upstream: TestUpstream,
  redis: TestRedis,
  env: Record<string, string> = {},
): Promise<GatewayPair> {
  return Promise.all([startInstance(upstream, redis, env), startInstance(upstream, redis, env)]);
}

/** Stops gateways. Each must exit with 0, whatever happened to Redis. */
export async function stopAll(gateways: readonly GatewayProgram[]): Promise<void> {
  expect(await Promise.all(gateways.map(({ program }) => program.stop()))).toEqual(gateways.map(() => 0));
}

export type Question = {
  readonly mobile?: string;
  readonly promotions?: string;
  readonly scope?: string;
  readonly authorization?: string;
  /** Whether the response has debug extensions. Such a response is never stored as a whole. */
  readonly debug?: boolean;
};

/** Queries a gateway for the ids of promotions and of their customer. */
export function askGateway(
  { url }: GatewayProgram,
  { mobile = '917406400033', promotions = '', scope = 'SELF', authorization = BASIC, debug = true }: Question = {},
): Promise<GraphQLResult> {
  return ask(
    url,
    `{ customer(identifier: { name: MOBILE, value: "${mobile}" }, source: INSTORE) {
      customerId promotions(dataScope: { scope: ${scope} } ${promotions}) { items { promotionId } pageDetails { totalEntries hasNextPage } } } }`,
    { headers: { authorization, ...(debug && { 'x-gateway-debug': '1' }) } },
  );
}

/** Resolves once each of these gateways uses Redis. */
export async function useRedis(gateways: readonly GatewayProgram[]): Promise<void> {
  for (const gateway of gateways) {
    const state = async () => {
      const mobile = someone();
      await askGateway(gateway, { mobile });
      return cacheOf(await askGateway(gateway, { mobile })).state;
    };
    await eventually('the cache state', state, 'HIT', A_MINUTE);
  }
}

/** Queries fresh customers at both gateways in turn, all at once. */
export function askBoth(gateways: GatewayPair, count: number, authorization: string): Promise<GraphQLResult[]> {
  return Promise.all(
    Array.from({ length: count }, (_, i) =>
      askGateway(gateways[i % 2 === 0 ? 0 : 1], { mobile: someone(), authorization }),
    ),
  );
}

/** How many of this many requests to two gateways are accepted. */
export async function letThrough(gateways: GatewayPair, count: number): Promise<number> {
  const asking = Array.from({ length: count }, (_, i) => ask(gateways[i % 2 === 0 ? 0 : 1].url, '{ __typename }'));
  return (await Promise.all(asking)).filter(({ status }) => status === 200).length;
}
