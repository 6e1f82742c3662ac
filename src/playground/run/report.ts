import type { ExecutionResult } from 'graphql';

/** A response as it was received. */
export type GatewayResponse = {
  readonly status: number;
  /** From sending the request to the end of the response. */
  readonly milliseconds: number;
  /** The size of the response's body, decompressed. */
  readonly bytes: number;
  readonly result: ExecutionResult;
};

/** The outcome, time, size and cost of a run as texts. `cost` is empty unless the gateway reported it. */
export type RunReport = {
  readonly failed: boolean;
  readonly status: string;
  readonly time: string;
  readonly size: string;
  readonly cost: readonly string[];
};

/** The gateway's debug extensions. */
type DebugExtensions = {
  readonly upstreamCalls?: {
    readonly made: number;
    readonly deduplicated: number;
    readonly queued: number;
    readonly retried: number;
  };
  readonly cache?: { readonly state: 'HIT' | 'STALE' | 'MISS' | 'BYPASS'; readonly age: number };
};

/** The report on a response. */
export function reportOn({ status, milliseconds, bytes, result }: GatewayResponse): RunReport {
  const errors = result.errors?.length ?? 0;
  const failed = status >= 400 || errors > 0;
  return {
    failed,
    status: errors === 0 ? `HTTP ${status}` : `HTTP ${status}, ${counted(errors, 'error')}`,
    time: milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`,
    size: bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`,
    cost: costIn((result.extensions ?? {}) as DebugExtensions),
  };
}

function costIn({ upstreamCalls, cache }: DebugExtensions): string[] {
  if (upstreamCalls === undefined) return [];
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
  switch (state) {
    case 'HIT':
      return `cache hit, ${age} s old`;
    case 'STALE':
      return `stale from the cache, ${age} s old`;
    case 'MISS':
      return age === 0 ? 'cache miss' : `cache miss, the rest ${age} s old`;
    case 'BYPASS':
      return 'cache not used';
  }
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** The result without the debug extensions that the page itself requested. */
export function withoutDebug(result: ExecutionResult): ExecutionResult {
  if (result.extensions === undefined) return result;
  const { upstreamCalls: _, cache: __, ...extensions } = result.extensions;
  const { extensions: ___, ...rest } = result;
  return Object.keys(extensions).length === 0 ? rest : { ...rest, extensions };
}
