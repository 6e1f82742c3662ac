import type { Config } from '../config/config.ts';
import type { UpstreamAddress } from '../operation/request.ts';
import type { MembersOf } from '../telemetry/logCatalogue.ts';
import { VERSION } from '../telemetry/version.ts';

/** The text printed after the start: the gateway's address, its upstream and who may call. It contains no secret. */
export function describeStart(config: Config, url: string, upstream: UpstreamAddress): string {
  const shown = url.replace(/\/\/(127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?=:)/, '//localhost');
  const lines: readonly (readonly [string, string])[] = [
    ['GraphQL', shown],
    ['Playground', config.playground ? `${shown} in a browser` : 'off (PLAYGROUND=true turns it on)'],
    [
      'Upstream',
      upstream.sandbox
        ? `embedded sandbox at ${upstream.url} (UPSTREAM_URL sets the real one)`
        : new URL(upstream.url).origin,
    ],
    ['Credentials', credentials(config.upstreamAuth, upstream.sandbox)],
    ['Callers', callers(config, upstream.sandbox)],
    ['Cache', cache(config)],
  ];
  return ['', 'Promotions gateway', ...lines.map(([name, value]) => `  ${name.padEnd(12)}${value}`), ''].join('\n');
}

/** The same as members of a line of JSON. */
export function startedMembers(config: Config, url: string, upstream: UpstreamAddress): MembersOf<'started'> {
  return {
    version: VERSION,
    url,
    upstream: upstream.sandbox ? 'sandbox' : new URL(upstream.url).origin,
    credentials: credentials(config.upstreamAuth, upstream.sandbox),
    callers: callers(config, upstream.sandbox),
    cache: cache(config),
    development: developmentIn(config).join(', '),
  };
}

/** What is on that production has off by default. */
function developmentIn({ playground, introspection, debug }: Config): string[] {
  const isOn = { playground, introspection, debug: debug.kind === 'anyone' };
  return Object.entries(isOn).flatMap(([name, on]) => (on ? [name] : []));
}

/** The credentials of upstream calls. */
function credentials({ kind }: Config['upstreamAuth'], sandbox: boolean): string {
  switch (kind) {
    case 'passthrough':
      return sandbox ? 'none (the sandbox needs none)' : "passthrough: each caller's own";
    case 'basic':
      return "basic: the gateway's own user";
    case 'oauth':
      return "oauth: the gateway's own client";
  }
}

/** Who may call. */
function callers({ auth, upstreamAuth }: Pick<Config, 'auth' | 'upstreamAuth'>, sandbox: boolean): string {
  switch (auth.mode) {
    case 'none':
      return upstreamAuth.kind === 'passthrough' && !sandbox
        ? 'anyone with valid upstream credentials'
        : 'anyone (AUTH_MODE=jwt or api-key restricts this)';
    case 'jwt':
      return `anyone with a bearer token from ${auth.issuer}`;
    case 'api-key':
      return `anyone with an API key: ${auth.keys.map(({ name }) => name).join(', ')}`;
  }
}

function cache({ cache, redis, cacheMaxBytes }: Pick<Config, 'cache' | 'redis' | 'cacheMaxBytes'>): string {
  if (cache.kind === 'off') return 'off (CACHE_TTL_SECONDS turns it on)';
  const store = redis === undefined ? `in memory, at most ${cacheMaxBytes / 1024 / 1024} MB` : 'in Redis';
  return `${cache.ttlMs / 1000} seconds, ${store}`;
}
