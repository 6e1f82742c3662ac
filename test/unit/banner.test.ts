import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { describeStart, startedMembers } from '../../src/start/banner.ts';
import { BASIC, JWT, keys, OAUTH, SHA256 } from './support/config.ts';

const REAL = { url: 'https://eu.example/path', sandbox: false };
const SANDBOX = { url: 'http://127.0.0.1:4100', sandbox: true };

/** The values of these lines, by their names. */
function shown(env: Record<string, string>, upstream: typeof REAL, names: readonly string[]): string[] {
  const lines = describeStart(parseConfig(env), 'http://0.0.0.0:4000/graphql', upstream).split('\n');
  return names.map((name) => lines.find((line) => line.startsWith(`  ${name} `))?.slice(14) ?? '');
}

test.each([
  [{}, SANDBOX, 'none (the sandbox needs none)', 'anyone (AUTH_MODE=jwt or api-key restricts this)'],
  [{}, REAL, "passthrough: each caller's own", 'anyone with valid upstream credentials'],
  [JWT, SANDBOX, 'none (the sandbox needs none)', 'anyone with a bearer token from https://login.example/'],
  [
    { ...OAUTH, ...JWT },
    REAL,
    "oauth: the gateway's own client",
    'anyone with a bearer token from https://login.example/',
  ],
  [
    { ...BASIC, ...keys(`crm:${SHA256},till:${'b'.repeat(64)}`) },
    REAL,
    "basic: the gateway's own user",
    'anyone with an API key: crm, till',
  ],
  [
    { ...BASIC, AUTH_ALLOW_ANONYMOUS: 'true' },
    REAL,
    "basic: the gateway's own user",
    'anyone (AUTH_MODE=jwt or api-key restricts this)',
  ],
])(
  'The banner shows which credentials are sent upstream and who may call: %j',
  (env, upstream, credentials, callers) => {
    expect(shown(env, upstream, ['Credentials', 'Callers'])).toEqual([credentials, callers]);
  },
);

test.each([
  [{}, 'off (CACHE_TTL_SECONDS turns it on)'],
  [{ CACHE_TTL_SECONDS: '60' }, '60 seconds, in memory, at most 64 MB'],
  [
    { CACHE_TTL_SECONDS: '60', CACHE_SECRET: 'hush-hush'.repeat(4), REDIS_URL: 'redis://:hush-hush@redis' },
    '60 seconds, in Redis',
  ],
])('The banner shows what is cached: %j', (env, cache) => {
  expect(shown(env, REAL, ['Cache'])).toEqual([cache]);
});

test('The line `started` says the same, with no secret', () => {
  const env = { ...OAUTH, ...JWT, CACHE_SECRET: 'hush-hush'.repeat(4), REDIS_URL: 'redis://:hush-hush@redis' };
  expect(startedMembers(parseConfig(env), 'http://0.0.0.0:4000/graphql', REAL)).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    url: 'http://0.0.0.0:4000/graphql',
    upstream: 'https://eu.example',
    credentials: "oauth: the gateway's own client",
    callers: 'anyone with a bearer token from https://login.example/',
    cache: 'off (CACHE_TTL_SECONDS turns it on)',
    development: 'playground, introspection, debug',
  });
});

test.each([
  [{ NODE_ENV: 'production' }, ''],
  [{ NODE_ENV: 'production', PLAYGROUND: 'true' }, 'playground'],
  [{ DEBUG_TOKEN: 'a token', INTROSPECTION: 'false' }, 'playground'],
])('The line `started` says what is on that production has off: %j', (env, development) => {
  const config = parseConfig({ UPSTREAM_URL: 'https://eu.example', ...env });
  expect(startedMembers(config, 'http://0.0.0.0:4000/graphql', REAL).development).toBe(development);
});

test('The banner shows addresses to click, and no secret', () => {
  const env = { ...OAUTH, ...JWT, CACHE_SECRET: 'hush-hush'.repeat(4), REDIS_URL: 'redis://:hush-hush@redis' };
  const banner = describeStart(parseConfig(env), 'http://0.0.0.0:4000/graphql', REAL);
  expect(banner).toContain('http://localhost:4000/graphql in a browser');
  expect(banner).not.toContain('hush-hush');
});

test.each([
  ['http://127.0.0.1:4000/graphql', 'http://localhost:4000/graphql'],
  ['http://[::]:4000/graphql', 'http://localhost:4000/graphql'],
  ['http://[::1]:4000/graphql', 'http://localhost:4000/graphql'],
  ['http://[2001:db8::1]:4000/graphql', 'http://[2001:db8::1]:4000/graphql'],
])('The address %s is shown as %s', (url, address) => {
  expect(describeStart(parseConfig({}), url, REAL)).toContain(`  GraphQL     ${address}\n`);
});
