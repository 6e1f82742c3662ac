import { expect, test } from 'vitest';
import { REMOVED_SETTINGS } from '../../src/config/checks/removedSettings.ts';
import { parseConfig } from '../../src/config/config.ts';
import { BASIC, complaint, JWT, keys, OAUTH, SHA256 } from './support/config.ts';

test.each<[string, string, Record<string, string>]>([
  ['CACHE_STALE_SECONDS', 'CACHE_TTL_SECONDS above 0', { CACHE_STALE_SECONDS: '60' }],
  ['CACHE_MAX_MB', 'CACHE_TTL_SECONDS above 0', { CACHE_TTL_SECONDS: '0', CACHE_MAX_MB: '10' }],
  ['CACHE_CLIENT_CONTROL', 'CACHE_TTL_SECONDS above 0', { CACHE_CLIENT_CONTROL: 'all' }],
  ['EVENTS_TOKEN', 'CACHE_TTL_SECONDS above 0', { EVENTS_TOKEN: 'hush-hush'.repeat(4) }],
  ['AUTH_API_KEYS', 'AUTH_MODE=api-key', { AUTH_API_KEYS: `crm:${SHA256}` }],
  ['AUTH_JWKS_URL', 'AUTH_MODE=jwt', { ...JWT, AUTH_MODE: 'none' }],
  ['AUTH_ISSUER', 'AUTH_MODE=jwt', { ...keys(`crm:${SHA256}`), AUTH_ISSUER: 'https://login.example/' }],
  ...(
    [
      ['AUTH_REQUIRE_VERIFIED', 'true'],
      ['AUTH_CUSTOMER_SOURCES', 'INSTORE'],
      ['AUTH_CUSTOMER_DATA_SCOPES', 'SELF'],
    ] as const
  ).map(([name, value]): [string, string, Record<string, string>] => [
    name,
    'AUTH_CUSTOMER_CLAIMS',
    { ...JWT, AUTH_CUSTOMER_CLAIMS: '', AUTH_ANY_CUSTOMER_SCOPE: 'promotions:any', [name]: value },
  ]),
  ['AUTH_ALLOW_ANONYMOUS', 'AUTH_MODE=none and UPSTREAM_AUTH=basic or oauth', { AUTH_ALLOW_ANONYMOUS: 'true' }],
  ['UPSTREAM_PATH', 'UPSTREAM_URL', { UPSTREAM_PATH: '/v2/customers/lookup/promotionData' }],
  ['UPSTREAM_ORG_HEADER', 'UPSTREAM_URL', { UPSTREAM_ORG_HEADER: 'DATA-SCOPE-ORGS' }],
  ['UPSTREAM_OAUTH_PATH', 'UPSTREAM_URL', { ...OAUTH, ...JWT, UPSTREAM_OAUTH_PATH: '/token' }],
  [
    'UPSTREAM_INSTANCES',
    'REDIS_URL and UPSTREAM_REQUESTS_PER_MINUTE',
    { UPSTREAM_REQUESTS_PER_MINUTE: '10', UPSTREAM_INSTANCES: '3' },
  ],
  ['UPSTREAM_USERNAME', 'UPSTREAM_AUTH=basic', { UPSTREAM_USERNAME: 'till' }],
  ['UPSTREAM_PASSWORD', 'UPSTREAM_AUTH=basic', { ...OAUTH, ...JWT, UPSTREAM_PASSWORD: 'hush-hush' }],
  ['UPSTREAM_OAUTH_SECRET', 'UPSTREAM_AUTH=oauth', { ...BASIC, ...JWT, UPSTREAM_OAUTH_SECRET: 'hush-hush' }],
  ...(['UPSTREAM_CA_FILE', 'UPSTREAM_CLIENT_CERT_FILE', 'UPSTREAM_CLIENT_KEY_FILE'] as const).map(
    (name): [string, string, Record<string, string>] => [
      name,
      'an https URL in UPSTREAM_URL',
      { UPSTREAM_URL: 'http://upstream.internal', [name]: '/nope' },
    ],
  ),
])('The start is refused if %s is set without %s', (variable, other, env) => {
  expect(complaint(env)).toBe(`${variable}: It has no effect without ${other}. Set that too, or unset it.`);
});

test('The start is refused if AUTH_DATA_SCOPES is set and no token can be one for any customer', () => {
  const scoped = { ...JWT, AUTH_DATA_SCOPES: 'SELF' };
  expect(complaint(scoped)).toBe(
    'AUTH_DATA_SCOPES: It has no effect without AUTH_ANY_CUSTOMER_SCOPE. Set AUTH_CUSTOMER_DATA_SCOPES for the own tokens of customers, or unset it.',
  );
  expect(parseConfig({ ...scoped, AUTH_ANY_CUSTOMER_SCOPE: 'promotions:any' }).auth.mode).toBe('jwt');
  expect(parseConfig({ AUTH_DATA_SCOPES: 'SELF' }).auth.mode).toBe('none');
});

const IN_REDIS_URL = 'Set it as a part of REDIS_URL, such as redis://user:password@redis:6379, and unset it.';

test.each([
  ['CACHE_TTL_SECOND', '60', 'Set CACHE_TTL_SECONDS instead, or unset it.'],
  ['METRIC', 'true', 'Set METRICS instead, or unset it.'],
  ['AUTH_MOD', 'jwt', 'Set AUTH_MODE instead, or unset it.'],
  ['UPSTREAM_URLS', 'https://eu.example', 'Set UPSTREAM_URL instead, or unset it.'],
  ['NODE_EVN', 'production', 'Set NODE_ENV instead, or unset it.'],
  ['METRIC_PORT', '9464', 'Set METRICS_PORT instead, or unset it.'],
  ['Log_Level', 'debug', 'Set LOG_LEVEL instead, or unset it.'],
  ['REDIS_URI', 'redis://redis', 'Set REDIS_URL instead, or unset it.'],
  ['MAX_DEPT', '12', 'The nearest name is MAX_'],
  ['AUTH_PORT', '80', 'The nearest name is AUTH_MODE. Set that, or unset it.'],
  ['AUTH_KEYS', 'till:ab', 'The nearest name is AUTH_API_KEYS. Set that, or unset it.'],
  ['CACHE_TTL', '60', 'The nearest name is CACHE_TTL_SECONDS. Set that, or unset it.'],
  ['RATE_LIMIT', '60', 'The nearest name is RATE_LIMIT_PER_MINUTE. Set that, or unset it.'],
  ['TRUSTED_PROXY', '10.0.0.7', 'The nearest name is TRUSTED_PROXIES. Set that, or unset it.'],
  ['CORS_ORIGINS_LIST', 'https://shop.example', 'The nearest name is CORS_ORIGINS. Set that, or unset it.'],
  ['REDIS_PASSWORD', 'hush-hush', IN_REDIS_URL],
  ['REDIS_PASSWORD_FILE', '/nope', IN_REDIS_URL],
  ['REDIS_HOST', 'redis', IN_REDIS_URL],
  ['REDIS_PORT', '6379', IN_REDIS_URL],
  ['REDIS_DB', '1', IN_REDIS_URL],
  ['REDIS_DATABASE', '1', IN_REDIS_URL],
])('A variable that resembles a setting is refused: %s', (variable, value, fix) => {
  expect(complaint({ [variable]: value })).toMatch(
    new RegExp(`^${variable}: The gateway has no setting of this name\\. `),
  );
  expect(complaint({ [variable]: value })).toContain(fix);
});

test.each(['UPSTREAM_URL', 'UPSTREAM_USERNAME', 'HOST', 'PORT', 'LOG_LEVEL'])(
  '%s is no secret, so it cannot come from a file',
  (setting) => {
    expect(complaint({ [`${setting}_FILE`]: '/nope' })).toBe(
      `${setting}_FILE: Only secrets may come from a file. Set ${setting} instead, or unset it.`,
    );
  },
);

test.each(Object.entries(REMOVED_SETTINGS))(
  'The setting %s of version 2 ends the start with what to do instead',
  (name, fix) => {
    for (const variable of [name, `${name}_FILE`])
      expect(complaint({ [variable]: '1' })).toBe(`${variable}: Version 3 has no such setting. ${fix}`);
  },
);

test('Variables of other programs are ignored', () => {
  const others = {
    HOSTNAME: 'promotions-gateway-0',
    HOME: '/home/node',
    NODE_OPTIONS: '--max-old-space-size=640',
    NODE_VERSION: '24.21.0',
    NODE_PATH: '/app',
    OTEL_SERVICE_NAME: 'promotions',
    OTEL_EXPORTER_OTLP_HEADERS: 'a=b',
    REDIS_SERVICE_HOST: '10.0.0.1',
    REDIS_PORT: 'tcp://10.0.0.1:6379',
    AUTH_PORT: 'tcp://10.0.0.1:80',
    AUTH_PORT_80_TCP: 'tcp://10.0.0.1:80',
    AUTH_PORT_80_TCP_ADDR: '10.0.0.1',
    AUTH_SERVICE_HOST: '10.0.0.1',
    AUTH_SERVICE_PORT_HTTP: '80',
    PROMOTIONS_GATEWAY_SERVICE_HOST: '10.0.0.2',
    UPSTREAM_HOST: '',
    HTTP_PROXY: 'http://proxy.internal:3128',
    ALL_PROXY: 'socks5://proxy.internal:1080',
    FTP_PROXY: 'http://proxy.internal:3128',
    http_proxy: 'http://proxy.internal:3128',
    https_proxy: 'http://proxy.internal:3128',
    all_proxy: 'socks5://proxy.internal:1080',
    ftp_proxy: 'http://proxy.internal:3128',
    no_proxy: 'localhost',
    npm_config_cache: '/root/.npm',
  };
  expect(parseConfig(others)).toEqual(parseConfig({}));
});
