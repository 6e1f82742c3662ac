import type { Config } from '../config/config.ts';

/** What a person reads when the gateway has started: where it is, what is behind it, who may ask. Never a secret. */
export function describeStart(
  config: Config,
  url: string,
  upstream: { readonly url: string; readonly sandbox: boolean },
): string {
  const shown = url.replace(/\/\/(127\.0\.0\.1|0\.0\.0\.0)/, '//localhost');
  const lines: readonly (readonly [string, string])[] = [
    ['GraphQL', shown],
    ['Playground', config.playground ? `${shown} in a browser` : 'off (PLAYGROUND=true turns it on)'],
    [
      'Upstream',
      upstream.sandbox
        ? `embedded sandbox at ${upstream.url} (UPSTREAM_URL sets the real one)`
        : new URL(upstream.url).origin,
    ],
    ['Credentials', credentials(config, upstream.sandbox)],
  ];
  return ['', 'Promotions gateway', ...lines.map(([name, value]) => `  ${name.padEnd(12)}${value}`), ''].join('\n');
}

function credentials({ upstreamAuth }: Config, sandbox: boolean): string {
  switch (upstreamAuth.kind) {
    case 'passthrough':
      return sandbox ? 'none needed by the sandbox' : "passthrough: each caller's own are passed on";
    case 'basic':
      return "basic: the gateway's own user";
    case 'oauth':
      return "oauth: the gateway's own client";
  }
}
