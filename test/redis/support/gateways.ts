import { ask, BASIC, type GraphQLAnswer } from '../../support/gateway.ts';
import { type Program, startProgram } from '../../support/process.ts';
import type { TestUpstream } from '../../support/upstream.ts';
import type { TestRedis } from './redis.ts';

/** A gateway in a process of its own. */
export type GatewayProcess = { readonly url: string; readonly program: Program };

/** Starts a gateway in front of an upstream, with a Redis. */
export async function startGatewayProcess(
  upstream: TestUpstream,
  redis: TestRedis,
  env: Record<string, string> = {},
): Promise<GatewayProcess> {
  const program = startProgram('src/main.js', {
    PORT: '0',
    UPSTREAM_URL: upstream.url,
    REDIS_URL: redis.url,
    LOG_FORMAT: 'json',
    ...env,
  });
  const [, url = ''] = await program.printed(/GraphQL\s+(http:\/\/\S+)/);
  return { url, program };
}

export type GatewayPair = readonly [GatewayProcess, GatewayProcess];

export function startPair(
  upstream: TestUpstream,
  redis: TestRedis,
  env: Record<string, string> = {},
): Promise<GatewayPair> {
  return Promise.all([startGatewayProcess(upstream, redis, env), startGatewayProcess(upstream, redis, env)]);
}

export async function stopAll(gateways: readonly GatewayProcess[] = []): Promise<void> {
  await Promise.all(gateways.map(({ program }) => program.stop()));
}

export type Question = {
  readonly mobile?: number;
  readonly promotions?: string;
  readonly scope?: string;
  readonly authorization?: string;
};

/** Asks a gateway for ids of promotions and of their customer. */
export function askGateway(
  { url }: GatewayProcess,
  { mobile = 917_406_400_033, promotions = '', scope = 'SELF', authorization = BASIC }: Question = {},
): Promise<GraphQLAnswer> {
  return ask(
    url,
    `{ customer(identifier: { name: MOBILE, value: "${mobile}" }, source: INSTORE, dataScope: { scope: ${scope} }) {
      id promotions${promotions} { items { id } pageDetails { totalEntries hasNextPage } } } }`,
    { headers: { authorization, 'x-gateway-debug': '1' } },
  );
}

/** What the cache had for an answer. */
export function cacheOf({ text }: GraphQLAnswer): { readonly state: string; readonly age: number } {
  return JSON.parse(text).extensions.cache;
}

/** The ids of the promotions in an answer. */
export function idsOf({ data }: GraphQLAnswer): string[] {
  return data.customer.promotions.items.map(({ id }: { id: string }) => id);
}

export function codesOf({ errors }: GraphQLAnswer): unknown[] {
  return (errors ?? []).map(({ extensions }) => extensions.code);
}
