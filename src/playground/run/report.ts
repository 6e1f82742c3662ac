import type { ExecutionResult } from 'graphql';
import type { PlaygroundFacts } from '../../http/playgroundPage.ts';

/** A run in a few texts: its outcome, then its time, size and cost. */
export type RunReport = {
  readonly failed: boolean;
  /** Whether the gateway asks for credentials, or for others. */
  readonly unauthenticated: boolean;
  readonly outcome: string;
  readonly details: readonly string[];
};

/** A response as it was received: its status, 0 without a response, the time that it took, and its size, decompressed. */
export type GatewayResponse = {
  readonly status: number;
  readonly milliseconds: number;
  readonly bytes: number;
  readonly result: ExecutionResult;
};

/** The gateway's debug extensions. */
type DebugExtensions = {
  readonly upstreamCalls?: Readonly<Record<'made' | 'deduplicated' | 'queued' | 'retried', number>>;
  readonly cache?: { readonly state: 'HIT' | 'STALE' | 'MISS' | 'BYPASS'; readonly age: number };
};

/** The report on a response of a gateway that tells its cost to no one, to anyone, or to those with a token. */
export function reportOn(response: GatewayResponse, debug: PlaygroundFacts['debug']): RunReport {
  const { status, milliseconds, bytes, result } = response;
  const errors = result.errors ?? [];
  const time = milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
  const size = bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`;
  const outcome = status === 0 ? 'No response' : `HTTP ${status}`;
  return {
    failed: status === 0 || status >= 400 || errors.length > 0,
    unauthenticated: errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED'),
    outcome: errors.length === 0 ? outcome : `${outcome}, ${counted(errors.length, 'error')}`,
    details: [time, size, ...costIn((result.extensions ?? {}) as DebugExtensions, debug)],
  };
}

function costIn({ upstreamCalls, cache }: DebugExtensions, debug: PlaygroundFacts['debug']): string[] {
  if (upstreamCalls === undefined) return debug === 'token' ? ['its cost needs a valid debug token'] : [];
  const { made, deduplicated, queued, retried } = upstreamCalls;
  return [
    counted(made, 'upstream call'),
    ...(deduplicated > 0 ? [`${deduplicated} saved by deduplication`] : []),
    ...(queued > 0 ? [`${queued} queued`] : []),
    ...(retried > 0 ? [`${retried} retried`] : []),
    ...(cache === undefined ? [] : [cacheInWords(cache)]),
  ];
}

function cacheInWords({ state, age }: NonNullable<DebugExtensions['cache']>): string {
  if (state === 'HIT') return `cache hit, ${age} s old`;
  if (state === 'STALE') return `stale from the cache, ${age} s old`;
  if (state === 'BYPASS') return 'cache not used';
  return age === 0 ? 'cache miss' : `cache miss, the rest ${age} s old`;
}

const counted = (count: number, thing: string) => `${count} ${thing}${count === 1 ? '' : 's'}`;

/** The result without the debug extensions, which the page itself requests. */
export function withoutDebug(result: ExecutionResult): ExecutionResult {
  const { extensions, ...rest } = result;
  const { upstreamCalls: _, cache: __, ...others } = extensions ?? {};
  return Object.keys(others).length === 0 ? rest : { ...rest, extensions: others };
}
