import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { readTypeDefs } from '../../src/graphql/schema.ts';
import { BASIC, complaint, fileWith, JWT, keys, OAUTH, SHA256 } from './support/config.ts';

/** Settings that turn traces on. */
const TRACED = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

test.each<[string, Record<string, string>, RegExp]>([
  [
    'basic without a user',
    { ...BASIC, UPSTREAM_USERNAME: '' },
    /^UPSTREAM_USERNAME: .*UPSTREAM_AUTH=basic requires it/,
  ],
  ['a user with a colon', { ...BASIC, UPSTREAM_USERNAME: 'till:secret' }, /^UPSTREAM_USERNAME: It has a colon/],
  [
    'a user with a blank at its end',
    { ...BASIC, UPSTREAM_USERNAME: 'till ' },
    /^UPSTREAM_USERNAME: .* or a blank at an/,
  ],
  [
    'a user with a line break',
    { ...BASIC, UPSTREAM_USERNAME: 'till\n' },
    /^UPSTREAM_USERNAME: It has a colon, a line break/,
  ],
  [
    'basic without a password',
    { ...BASIC, UPSTREAM_PASSWORD: '' },
    /^UPSTREAM_PASSWORD: .*not set.* Set it, or UPSTREAM_PASSWORD_FILE\.$/,
  ],
  [
    'oauth without a key',
    { ...OAUTH, UPSTREAM_OAUTH_KEY: '' },
    /^UPSTREAM_OAUTH_KEY: .*UPSTREAM_AUTH=oauth requires it\. Set it, or UPSTREAM_OAUTH_KEY_FILE\.$/,
  ],
  [
    'oauth without a secret',
    { ...OAUTH, UPSTREAM_OAUTH_SECRET: '' },
    /^UPSTREAM_OAUTH_SECRET: .*not set.* Set it, or UPSTREAM_OAUTH_SECRET_FILE\.$/,
  ],
  ['an unknown way to authenticate', { UPSTREAM_AUTH: 'kerberos' }, /^UPSTREAM_AUTH: "kerberos" .*passthrough, basic/],
  [
    'basic for anonymous callers',
    BASIC,
    /^AUTH_MODE: .*anonymous callers read every customer.*AUTH_ALLOW_ANONYMOUS=true/,
  ],
  [
    'oauth for anonymous callers',
    OAUTH,
    /^AUTH_MODE: .*anonymous callers read every customer.*AUTH_ALLOW_ANONYMOUS=true/,
  ],
  ['an unknown mode', { AUTH_MODE: 'open' }, /^AUTH_MODE: "open" is not one of none, jwt, api-key/],
  ['jwt without a key set', { ...JWT, AUTH_JWKS_URL: '' }, /^AUTH_JWKS_URL: .*AUTH_MODE=jwt requires it/],
  ['jwt without an issuer', { ...JWT, AUTH_ISSUER: '' }, /^AUTH_ISSUER: .*AUTH_MODE=jwt requires it/],
  ['jwt without an audience', { ...JWT, AUTH_AUDIENCE: '' }, /^AUTH_AUDIENCE: .*AUTH_MODE=jwt requires it/],
  ['a key set in the clear', { ...JWT, AUTH_JWKS_URL: 'http://login.example/keys' }, /^AUTH_JWKS_URL: .*not an https/],
  [
    'a key set on a loopback look-alike',
    { ...JWT, AUTH_JWKS_URL: 'http://127.0.0.1.evil.example/' },
    /^AUTH_JWKS_URL:/,
  ],
  ['a key set that is no URL', { ...JWT, AUTH_JWKS_URL: 'login.example' }, /^AUTH_JWKS_URL: .*not an https/],
  [
    'tokens that may read nothing',
    { ...JWT, AUTH_CUSTOMER_CLAIMS: '' },
    /^AUTH_CUSTOMER_CLAIMS: .*AUTH_ANY_CUSTOMER_SCOPE/,
  ],
  ['a claim for an unknown identifier', { ...JWT, AUTH_CUSTOMER_CLAIMS: 'card=c' }, /^AUTH_CUSTOMER_CLAIMS: "card=c"/],
  ['an inherited name as identifier', { ...JWT, AUTH_CUSTOMER_CLAIMS: 'toString=c' }, /^AUTH_CUSTOMER_CLAIMS:/],
  ['an identifier without its claim', { ...JWT, AUTH_CUSTOMER_CLAIMS: 'mobile' }, /^AUTH_CUSTOMER_CLAIMS: "mobile"/],
  ['no claims between commas', { ...JWT, AUTH_CUSTOMER_CLAIMS: ' , ' }, /^AUTH_CUSTOMER_CLAIMS: It contains no claim/],
  [
    'no sources between commas',
    { ...JWT, AUTH_CUSTOMER_SOURCES: ',' },
    /^AUTH_CUSTOMER_SOURCES: It contains no source/,
  ],
  [
    'api-key without keys',
    keys(''),
    /^AUTH_API_KEYS: .*AUTH_MODE=api-key requires it\. Set it, or AUTH_API_KEYS_FILE\.$/,
  ],
  ['no keys between commas', keys(' , '), /^AUTH_API_KEYS: It contains no key/],
  [
    'a key in place of its hash',
    keys('till:hush-hush'),
    /^AUTH_API_KEYS: Entry 1 does not have the form name:sha256hex/,
  ],
  [
    'an empty key',
    keys('till:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'),
    /^AUTH_API_KEYS: The key of "till" is empty/,
  ],
  [
    'an empty key with a line break',
    keys('till:01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b'),
    /^AUTH_API_KEYS: The key of "till" is empty/,
  ],
  [
    'a token path that names a host',
    { ...OAUTH, AUTH_ALLOW_ANONYMOUS: 'true', UPSTREAM_OAUTH_PATH: '@evil.example/x' },
    /^UPSTREAM_OAUTH_PATH: "@evil.example\/x" is not a path/,
  ],
  [
    'a token path of another host',
    { ...OAUTH, AUTH_ALLOW_ANONYMOUS: 'true', UPSTREAM_OAUTH_PATH: '//evil.example/x' },
    /^UPSTREAM_OAUTH_PATH: .*is not a path/,
  ],
  ['a source that is none', { ...JWT, AUTH_CUSTOMER_SOURCES: 'INSTORE,SHOP' }, /^AUTH_CUSTOMER_SOURCES: "SHOP"/],
  ['a data scope that is none', { ...JWT, AUTH_CUSTOMER_DATA_SCOPES: 'OURS' }, /^AUTH_CUSTOMER_DATA_SCOPES: "OURS"/],
  ['a key without a name', keys(`crm:${SHA256},${SHA256}`), /^AUTH_API_KEYS: Entry 2/],
  [
    'two keys of one name',
    keys(`crm:${SHA256},crm:${SHA256}`),
    /^AUTH_API_KEYS: The name "crm" appears twice\. Give each key its own name\./,
  ],
  [
    'two names of one key',
    keys(`crm:${SHA256},till:${SHA256.toUpperCase()}`),
    /^AUTH_API_KEYS: The key of "till" is another name's too, .* Give each name its own key\./,
  ],
  ['an unknown data scope', { AUTH_DATA_SCOPES: 'MINE' }, /^AUTH_DATA_SCOPES: "MINE" is not a data scope/],
  ['organisations for SELF', { AUTH_DATA_SCOPES: 'SELF:1' }, /^AUTH_DATA_SCOPES: "SELF:1"/],
  [
    'a data scope that appears twice',
    { AUTH_DATA_SCOPES: 'OTHER:1,OTHER:2' },
    /^AUTH_DATA_SCOPES: OTHER appears twice/,
  ],
  ['no data scope between commas', { AUTH_DATA_SCOPES: ',' }, /^AUTH_DATA_SCOPES: It contains no data scope/],
  ['a default data scope without organisations', { DEFAULT_DATA_SCOPE: 'OTHER' }, /^DEFAULT_DATA_SCOPE: .*OTHER:50405/],
  [
    'a default data scope with two lists',
    { DEFAULT_DATA_SCOPE: 'OTHER:1:2' },
    /^DEFAULT_DATA_SCOPE: An organisation id/,
  ],
  [
    'a default data scope that no caller may read',
    { DEFAULT_DATA_SCOPE: 'ALL', AUTH_DATA_SCOPES: 'SELF,OTHER' },
    /^DEFAULT_DATA_SCOPE: AUTH_DATA_SCOPES=SELF,OTHER does not allow ALL\. Set one that it allows, or allow it there\.$/,
  ],
  [
    'a default data scope of another organisation than those that callers may read',
    { DEFAULT_DATA_SCOPE: 'OTHER:3', AUTH_DATA_SCOPES: 'OTHER:1|2' },
    /^DEFAULT_DATA_SCOPE: AUTH_DATA_SCOPES=OTHER:1\|2 does not allow OTHER:3\./,
  ],
  [
    "a default data scope that no token may read, since none is a customer's own",
    {
      ...JWT,
      AUTH_CUSTOMER_CLAIMS: '',
      AUTH_ANY_CUSTOMER_SCOPE: 'any',
      DEFAULT_DATA_SCOPE: 'ALL',
      AUTH_DATA_SCOPES: 'SELF',
    },
    /^DEFAULT_DATA_SCOPE: AUTH_DATA_SCOPES=SELF does not allow ALL/,
  ],
  ['a default data scope with an empty list', { DEFAULT_DATA_SCOPE: 'SELF:' }, /^DEFAULT_DATA_SCOPE: /],
  ...['ALL', 'all,anonymous', 'till', 'jwt'].map((callers): [string, Record<string, string>, RegExp] => [
    'a caller that there cannot be',
    { CACHE_TTL_SECONDS: '60', CACHE_CLIENT_CONTROL: callers },
    /^CACHE_CLIENT_CONTROL: There is no caller "\w+" with AUTH_MODE=none\. Set all, or one or more of anonymous\./,
  ]),
  [
    'callers that a real upstream refuses without credentials',
    { UPSTREAM_URL: 'https://eu.api.capillarytech.com', CACHE_TTL_SECONDS: '60', CACHE_CLIENT_CONTROL: 'anonymous' },
    /^CACHE_CLIENT_CONTROL: There is no caller "anonymous" .*more of passthrough\./,
  ],
  [
    'a caller without its key',
    { ...OAUTH, ...keys(`till:${SHA256}`), CACHE_TTL_SECONDS: '60', CACHE_CLIENT_CONTROL: 'till,tilx' },
    /^CACHE_CLIENT_CONTROL: There is no caller "tilx" with AUTH_MODE=api-key\. .*more of till\./,
  ],
  ['a number with a line break', { PORT: '80\n' }, /^PORT: "80 " is not a whole number .*\. Set one, or unset it\./],
  [
    'a level with a line break',
    { LOG_LEVEL: 'info\n' },
    /^LOG_LEVEL: "info " is not one of .*\. Set it to one of them/,
  ],
  ['origins in lines', { CORS_ORIGINS: 'https://a.example\nhttps://b.example' }, /^CORS_ORIGINS: .*commas\.$/],
  [
    'an origin with a wildcard',
    { CORS_ORIGINS: 'https://*.example' },
    /^CORS_ORIGINS: "https:..\*\.example" is not an/,
  ],
  ...['Authorization', 'data-scope', 'Content-Length'].map((name): [string, Record<string, string>, RegExp] => [
    'a header that says something else',
    { UPSTREAM_URL: 'https://eu.example', UPSTREAM_ORG_HEADER: name },
    new RegExp(`^UPSTREAM_ORG_HEADER: The header "${name}" has another meaning\\. Set a name such as`),
  ]),
  [
    'an upstream that is no URL',
    { UPSTREAM_URL: 'eu.api' },
    /^UPSTREAM_URL: It is not an http or https URL\. Set it to a URL such as https:/,
  ],
  ...['till@eu.example', ':hush-hush@eu.example', 'eu.example?key=hush-hush', 'eu.example/#hush-hush'].map(
    (rest): [string, Record<string, string>, RegExp] => [
      'an upstream URL with more than its base',
      { UPSTREAM_URL: `https://${rest}` },
      /^UPSTREAM_URL: The URL must not contain credentials, a query or a fragment\./,
    ],
  ),
  ...(
    [
      ['DEFAULT_DATA_SCOPE', {}],
      ['AUTH_DATA_SCOPES', {}],
      ['AUTH_CUSTOMER_DATA_SCOPES', JWT],
    ] as const
  ).map(([variable, mode]): [string, Record<string, string>, RegExp] => [
    'a data scope with a path that supports none',
    {
      ...mode,
      UPSTREAM_URL: 'https://eu.example',
      UPSTREAM_PATH: '/v2/customers/lookup/promotionData',
      [variable]: 'SELF',
    },
    new RegExp(`^${variable}: UPSTREAM_PATH=/v2/customers/lookup/promotionData .*supports no data scopes\\. Unset one`),
  ]),
  ...['DATA SCOPE', 'ORG:', '1-ORG', 'Ö'].map((name): [string, Record<string, string>, RegExp] => [
    'a name that no header has',
    { UPSTREAM_URL: 'https://eu.example', UPSTREAM_ORG_HEADER: name },
    new RegExp(`^UPSTREAM_ORG_HEADER: "${name}" is not a header name\\. Set a name such as`),
  ]),
  ['an upstream on another protocol', { UPSTREAM_URL: 'ftp://eu.example' }, /^UPSTREAM_URL: It is not an http/],
  ['a negative number', { PORT: '-1' }, /^PORT: "-1" is not a whole number/],
  ['a limit of nothing', { MAX_CUSTOMERS: '0' }, /^MAX_CUSTOMERS: .*from 1 to 10000/],
  ['an unknown log level', { LOG_LEVEL: 'loud' }, /^LOG_LEVEL: .*not one of trace/],
  ['every origin', { CORS_ORIGINS: '*' }, /^CORS_ORIGINS: "\*" is not an origin/],
  [
    'a cache that is no Redis',
    { REDIS_URL: 'https://:hush-hush@redis', CACHE_SECRET: 'hush-hush'.repeat(4) },
    /^REDIS_URL: It is not a redis, redis\+sentinel or redis\+cluster URL/,
  ],
  [
    'a budget in Redis without the number of instances',
    { REDIS_URL: 'redis://redis', CACHE_SECRET: 'hush-hush'.repeat(4), UPSTREAM_REQUESTS_PER_MINUTE: '10' },
    /^UPSTREAM_INSTANCES: It is not set, but REDIS_URL/,
  ],
  [
    'more instances than calls',
    {
      REDIS_URL: 'redis://redis',
      CACHE_SECRET: 'hush-hush'.repeat(4),
      UPSTREAM_REQUESTS_PER_MINUTE: '10',
      UPSTREAM_INSTANCES: '11',
    },
    /^UPSTREAM_INSTANCES: It must be at most UPSTREAM_REQUESTS_PER_MINUTE \(10\), got 11\./,
  ],
  [
    'a Redis that shares without a secret',
    { REDIS_URL: 'redis://redis' },
    /^CACHE_SECRET: It is not set, but REDIS_URL/,
  ],
  [
    'a token of events that is soon guessed',
    { CACHE_TTL_SECONDS: '60', EVENTS_TOKEN: 'hush-hush' },
    /^EVENTS_TOKEN: It must have at least 32 characters/,
  ],
  ...['DEBUG_TOKEN', 'EVENTS_TOKEN'].flatMap((name) =>
    [
      [`${'hush-hush'.repeat(4)}\n`, 'It begins or ends with a blank or a line break'],
      ['hush-hüsh'.repeat(4), 'It has a line break or a letter outside ASCII, which no header brings as it is'],
      ['hush-hush\n'.repeat(4).trim(), 'It has a line break or a letter outside ASCII'],
    ].map(([token = '', problem]): [string, Record<string, string>, RegExp] => [
      'a token that no header holds',
      { CACHE_TTL_SECONDS: '60', [name]: token },
      new RegExp(`^${name}: ${problem}`),
    ]),
  ),
  [
    'a scope with a blank',
    { ...JWT, AUTH_ANY_CUSTOMER_SCOPE: 'promotions any' },
    /^AUTH_ANY_CUSTOMER_SCOPE: "promotions any" has a blank, as no scope has\. Set one scope/,
  ],
  [
    'an issuer with a blank at its end',
    { ...JWT, AUTH_ISSUER: 'https://login.example/ ' },
    /^AUTH_ISSUER: It begins or ends with a blank or a line break\. Take that away\.$/,
  ],
  ['a secret of blanks', { CACHE_SECRET: ' '.repeat(40) }, /^CACHE_SECRET: It begins or ends with a blank/],
  [
    'a Redis with a line break at its end',
    { REDIS_URL: 'redis+sentinel://:hush-hush@redis/mymaster\n' },
    /^REDIS_URL: It begins or ends with a blank/,
  ],
  [
    'no origins between commas',
    { CORS_ORIGINS: ' ,\n' },
    /^CORS_ORIGINS: It contains no origin\. Set one, or unset it\./,
  ],
  ['a proxy that is none', { TRUSTED_PROXIES: ' ' }, /^TRUSTED_PROXIES: It contains no address/],
  [
    'callers between commas',
    { CACHE_TTL_SECONDS: '60', CACHE_CLIENT_CONTROL: ',' },
    /^CACHE_CLIENT_CONTROL: It contains no caller/,
  ],
  [
    'a secret that is soon guessed',
    { CACHE_SECRET: 'hush-hush' },
    /^CACHE_SECRET: It must have at least 32 characters/,
  ],
  ['a port that is none', { PORT: '70000' }, /^PORT: "70000" is not a whole number from 0 to 65535/],
  ['a number in other clothes', { UPSTREAM_RETRIES: '1e1' }, /^UPSTREAM_RETRIES: "1e1" is not a whole number/],
  ['a flag that is neither', { METRICS: 'yes' }, /^METRICS: "yes" is neither true nor false/],
  [
    'an environment that is none',
    { NODE_ENV: 'prod' },
    /^NODE_ENV: "prod" is not one of development, test, production/,
  ],
  [
    'production without an upstream',
    { NODE_ENV: 'production' },
    /^UPSTREAM_URL: .*NODE_ENV=production does not start the sandbox.*SANDBOX=true/,
  ],
  ['nothing to ask', { SANDBOX: 'false' }, /^UPSTREAM_URL: It is not set, and SANDBOX=false/],
  [
    'an upstream and the sandbox',
    { UPSTREAM_URL: 'https://eu.example', SANDBOX: 'true' },
    /^SANDBOX: UPSTREAM_URL is also set/,
  ],
  [
    "the endpoint's version in the URL",
    { UPSTREAM_URL: 'https://eu.example/v2.1' },
    /^UPSTREAM_URL: .*endpoint's path/,
  ],
  [
    "the endpoint's whole URL",
    { UPSTREAM_URL: 'https://eu.example/v2.1/customers/lookup/promotionData' },
    /^UPSTREAM_URL: The URL contains the endpoint's path/,
  ],
  [
    'an attempt longer than the operation',
    { UPSTREAM_TIMEOUT_MS: '9000' },
    /^UPSTREAM_TIMEOUT_MS: It must be at most UPSTREAM_DEADLINE_MS \(8000\), got 9000/,
  ],
  [
    'a deadline in seconds',
    { UPSTREAM_DEADLINE_MS: '8' },
    /^UPSTREAM_DEADLINE_MS: "8" is not a whole number from 100 to/,
  ],
  [
    'a delay in seconds',
    { SHUTDOWN_DELAY_MS: '5' },
    /^SHUTDOWN_DELAY_MS: It must be 0 or at least 100 milliseconds, got 5\. Set 5000 for five seconds\.$/,
  ],
  ['a timeout in seconds', { UPSTREAM_TIMEOUT_MS: '3' }, /^UPSTREAM_TIMEOUT_MS: "3" is not a whole number from 100 to/],
  [
    'a wait longer than the operation',
    { UPSTREAM_QUEUE_MS: '60000' },
    /^UPSTREAM_QUEUE_MS: It must be at most UPSTREAM_DEADLINE_MS \(8000\), got 60000/,
  ],
  [
    'a cache larger than the heap',
    { CACHE_TTL_SECONDS: '60', CACHE_MAX_MB: '100000' },
    /^CACHE_MAX_MB: It must be at most the limit of the process's heap \(\d+ MB\), got 100000/,
  ],
  [
    'every client as a proxy',
    { TRUSTED_PROXIES: '10.0.0.7, 0.0.0.0/0' },
    /^TRUSTED_PROXIES: "0.0.0.0\/0" trusts every/,
  ],
  ['every IPv6 client as a proxy', { TRUSTED_PROXIES: '::/0' }, /^TRUSTED_PROXIES: "::\/0" trusts every/],
  [
    'metrics on the port of the API',
    { PORT: '9464', METRICS_PORT: '9464' },
    /^METRICS_PORT: The API uses port 9464.*\. Set another port, or set METRICS=true instead/,
  ],
  [
    'a playground that gets no answer',
    { PLAYGROUND: 'true', PERSISTED_OPERATIONS: '/documents.json' },
    /^PLAYGROUND: PERSISTED_OPERATIONS is also set, .*\. Unset one of the two\.$/,
  ],
  ['metrics on two ports', { METRICS: 'true', METRICS_PORT: '9464' }, /^METRICS_PORT: METRICS=true serves/],
  ['metrics on and off', { METRICS: 'false', METRICS_PORT: '9464' }, /^METRICS_PORT: METRICS=false turns/],
  [
    'a collector that is no URL',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
    /^OTEL_EXPORTER_OTLP_ENDPOINT: It is not/,
  ],
  [
    'a collector for traces that is no URL',
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'collector:4318' },
    /^OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: It is not/,
  ],
  ['an origin with a path', { CORS_ORIGINS: 'https://shop.example/' }, /^CORS_ORIGINS: .*not an origin/],
])('The start is refused with one line that names the variable: %s', (_, env, message) => {
  const line = complaint(env);
  expect(line).toMatch(message);
  expect(line).not.toContain('\n');
  expect(line).not.toContain('hush-hush');
});

test.each<[string, Record<string, string>]>([
  ['nothing at all', {}],
  ['production on the sandbox, knowingly', { NODE_ENV: 'production', SANDBOX: 'true' }],
  ['a deadline shorter than the usual attempt', { UPSTREAM_DEADLINE_MS: '500' }],
  ['a base URL with a path of its own', { UPSTREAM_URL: 'https://proxy.example/capillary' }],
  ['a dependent setting that is off', { CACHE_STALE_SECONDS: '0', AUTH_ALLOW_ANONYMOUS: 'false' }],
  ['anonymous callers, knowingly', { ...BASIC, AUTH_ALLOW_ANONYMOUS: 'true' }],
  ['tokens', { ...BASIC, ...JWT }],
  ['a key set on loopback', { ...JWT, AUTH_JWKS_URL: 'http://[::1]:8080/keys' }],
  ['a default data scope that is allowed', { DEFAULT_DATA_SCOPE: 'OTHER:2', AUTH_DATA_SCOPES: 'SELF,OTHER:1|2' }],
  ['data scopes that callers must name, without a default that is allowed', { AUTH_DATA_SCOPES: 'OTHER:1|2' }],
  [
    "the default of customers' own tokens, beside others for services",
    { ...JWT, AUTH_ANY_CUSTOMER_SCOPE: 'any', DEFAULT_DATA_SCOPE: 'SELF', AUTH_DATA_SCOPES: 'OTHER:1|2' },
  ],
  ['keys', { ...OAUTH, ...keys(`crm:${SHA256}, till:${'B'.repeat(64)}`) }],
])('Variables that go together are accepted: %s', (_, env) => {
  expect(parseConfig(env).auth.mode).toBe(env.AUTH_MODE ?? 'none');
});

test.each(['"', "'"])('The start is refused for a value in %s, which docker run --env-file keeps', (quote) => {
  expect(complaint({ ...JWT, AUTH_ISSUER: `${quote}https://login.example/${quote}` })).toBe(
    `AUTH_ISSUER: The value ${quote}https://login.example/${quote} is in quotes, which are a part of it. Take the quotes away.`,
  );
});

test('A secret may begin and end with a quote', () => {
  const { debug } = parseConfig({ DEBUG_TOKEN: '"hush-hush"' });
  expect(debug.kind === 'token' && debug.token.reveal()).toBe('"hush-hush"');
});

/** A password may have blanks anywhere, and NO_PROXY belongs to other programs too. */
const ANY_TEXT = ['NO_PROXY', 'UPSTREAM_PASSWORD'];
const LISTS = [
  'AUTH_API_KEYS',
  'AUTH_CUSTOMER_CLAIMS',
  'AUTH_CUSTOMER_DATA_SCOPES',
  'AUTH_CUSTOMER_SOURCES',
  'AUTH_DATA_SCOPES',
  'CACHE_CLIENT_CONTROL',
  'CORS_ORIGINS',
  'TRUSTED_PROXIES',
];

test.each(Object.entries(VARIABLES))(
  '%s has no blank at its ends, unless it is a list or a password',
  (name, field) => {
    const accepts = (value: string) => field.safeParse(value).success;
    expect(accepts(' ')).toBe(ANY_TEXT.includes(name));
    const isText = accepts('x');
    const isTolerant = isText && [...LISTS, ...ANY_TEXT].includes(name);
    expect([' x', 'x ', 'x\n'].map(accepts)).toEqual([isTolerant, isTolerant, isTolerant]);
  },
);

test('Blanks and line breaks around the items of a list do not count', () => {
  const { corsOrigins, clientControl } = parseConfig({
    CORS_ORIGINS: ' https://a.example,\nhttps://b.example\n',
    CACHE_TTL_SECONDS: '60',
    CACHE_CLIENT_CONTROL: ' all ',
  });
  expect(corsOrigins).toEqual(['https://a.example', 'https://b.example']);
  expect(clientControl).toEqual({ kind: 'all' });
});

test('Empty variables count as unset', () => {
  const empty = { PORT: '', AUTH_MODE: '', UPSTREAM_URL: '', METRICS: '', UPSTREAM_PASSWORD_FILE: '' };
  expect(parseConfig(empty)).toEqual(parseConfig({}));
});

test('A configuration prints no secret', () => {
  const printed = JSON.stringify([parseConfig({ ...BASIC, ...JWT }), parseConfig({ ...OAUTH, ...JWT })]);
  expect(printed).toContain('[redacted]');
  expect(printed).not.toContain('hush-hush');
});

test('A secret from a file is used without the line break at its end', () => {
  const file = fileWith(' hush-hush \r\n');
  const { upstreamAuth } = parseConfig({ ...BASIC, UPSTREAM_PASSWORD: '', UPSTREAM_PASSWORD_FILE: file, ...JWT });
  expect(upstreamAuth.kind === 'basic' && upstreamAuth.password.reveal()).toBe(' hush-hush ');
});

test('The start is refused for the file of a secret with a blank at its end', () => {
  const env = { CACHE_SECRET_FILE: fileWith(`${'hush-hush'.repeat(4)} \n`) };
  expect(complaint(env)).toBe('CACHE_SECRET: It begins or ends with a blank or a line break. Take that away.');
});

test('A file may hold the debug token', () => {
  const { debug } = parseConfig({ DEBUG_TOKEN_FILE: fileWith('hush-hush') });
  expect(debug.kind === 'token' && debug.token.reveal()).toBe('hush-hush');
});

test('A file may hold API keys, one on each line', () => {
  const file = fileWith(`crm:${SHA256},\ntill:${'b'.repeat(64)}\n`);
  const { auth } = parseConfig({ AUTH_MODE: 'api-key', AUTH_API_KEYS_FILE: file });
  expect(auth.mode === 'api-key' && auth.keys.map(({ name }) => name)).toEqual(['crm', 'till']);
});

test('The start is refused if both a secret and its file are set', () => {
  const line = complaint({ UPSTREAM_PASSWORD_FILE: fileWith('hush-hush'), UPSTREAM_PASSWORD: 'hush-hush' });
  expect(line).toMatch(/^UPSTREAM_PASSWORD_FILE: .*also set/);
  expect(line).not.toContain('hush-hush');
});

test.each([
  ['is missing', '/nowhere/secret', 'The file /nowhere/secret cannot be read (ENOENT).'],
  ['is a folder', tmpdir(), `The file ${tmpdir()} cannot be read (EISDIR).`],
  ['is the secret itself', 'hush-hush', 'The file cannot be read (ENOENT).'],
  ['is the secret itself in base64', '/hush/hush=', 'The file cannot be read (ENOENT).'],
])('The start is refused if the file of a secret %s', (_, file, problem) => {
  expect(complaint({ UPSTREAM_PASSWORD_FILE: file })).toBe(
    `UPSTREAM_PASSWORD_FILE: ${problem} Set the path of a file that the gateway can read.`,
  );
});

test.each(['', '\n', '\ufeff\n'])('An empty file of a secret is named by its variable and path: %j', (content) => {
  const file = fileWith(content);
  expect(complaint({ ...BASIC, UPSTREAM_PASSWORD: '', UPSTREAM_PASSWORD_FILE: file })).toBe(
    `UPSTREAM_PASSWORD_FILE: The file ${file} is empty. Write the secret into it.`,
  );
});

test('A byte order mark is no part of the secret in a file', () => {
  const file = fileWith('\ufeffhush-hush');
  const { upstreamAuth } = parseConfig({ ...BASIC, UPSTREAM_PASSWORD: '', UPSTREAM_PASSWORD_FILE: file, ...JWT });
  expect(upstreamAuth.kind === 'basic' && upstreamAuth.password.reveal()).toBe('hush-hush');
});

test.each([
  [true, TRACED],
  [true, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }],
  [
    true,
    { ...TRACED, OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_SDK_DISABLED: 'false' },
  ],
  [
    true,
    {
      ...TRACED,
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_PROPAGATORS: 'tracecontext',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
    },
  ],
  [false, { ...TRACED, OTEL_SDK_DISABLED: 'true' }],
  [false, { ...TRACED, OTEL_TRACES_EXPORTER: 'none' }],
  [false, { OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_PROPAGATORS: 'b3' }],
])('Traces are %s with %j', (tracing, env: Record<string, string>) => {
  expect(parseConfig(env).tracing).toBe(tracing);
});

test.each([
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
  ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'http/protobuf'],
  ['OTEL_TRACES_EXPORTER', 'zipkin'],
  ['OTEL_METRICS_EXPORTER', 'otlp'],
  ['OTEL_PROPAGATORS', 'b3'],
  ['OTEL_TRACES_SAMPLER', 'parentbased_traceidratios'],
  ['OTEL_CONFIG_FILE', '/etc/otel.yaml'],
])('The start is refused for %s=%s, which would have no effect on traces', (name, value) => {
  expect(complaint({ ...TRACED, [name]: value })).toMatch(new RegExp(`^${name}: The gateway ignores this`));
});

test.each([
  ['OTEL_TRACES_SAMPLER_ARG', '1.5', 1],
  ['OTEL_TRACES_SAMPLER_ARG', 'a quarter', 1],
  ['OTEL_TRACES_SAMPLER_ARG', '.', 1],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', '10s', 600_000],
  ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', '-1', 600_000],
])('The start is refused for %s=%s, of which the SDK would use its default', (name, value, max) => {
  expect(complaint({ ...TRACED, [name]: value })).toBe(
    `${name}: "${value}" is not a number from 0 to ${max}. Set one, or unset it.`,
  );
});

/** The least and the largest value of each setting that is a number. */
const BOUNDS: Readonly<Partial<Record<string, readonly [number, number]>>> = {
  CACHE_MAX_MB: [1, 100_000],
  CACHE_STALE_SECONDS: [0, 86_400],
  CACHE_TTL_SECONDS: [0, 86_400],
  MAX_BODY_BYTES: [1024, 100_000_000],
  MAX_CONNECTIONS: [1, 1_000_000],
  MAX_CUSTOMERS: [1, 10_000],
  MAX_IN_FLIGHT: [1, 1_000_000],
  MAX_PROMOTIONS: [10, 100_000],
  MAX_RESPONSE_BYTES: [1024, 1_000_000_000],
  MAX_TOKENS: [1, 1_000_000],
  MAX_UPSTREAM_CALLS: [1, 100_000],
  METRICS_PORT: [1, 65_535],
  PORT: [0, 65_535],
  RATE_LIMIT_PER_MINUTE: [1, 10_000_000],
  SHUTDOWN_DELAY_MS: [0, 600_000],
  UPSTREAM_CONCURRENCY: [1, 10_000],
  UPSTREAM_DEADLINE_MS: [100, 600_000],
  UPSTREAM_INSTANCES: [1, 1000],
  UPSTREAM_MAX_BYTES: [1024, 1_000_000_000],
  UPSTREAM_QUEUE_MS: [0, 600_000],
  UPSTREAM_REQUESTS_PER_MINUTE: [1, 10_000_000],
  UPSTREAM_RETRIES: [0, 10],
  UPSTREAM_TIMEOUT_MS: [100, 600_000],
};

test.each(Object.entries(VARIABLES))('%s accepts the numbers within its bounds, and no other', (name, field) => {
  const accepts = (value: number) => field.safeParse(String(value)).success;
  const [min, max] = BOUNDS[name] ?? [];
  const isNumber = field.safeParse('none').error?.issues[0]?.message.includes('is not a whole number') ?? false;
  expect(isNumber).toBe(min !== undefined);
  if (min === undefined || max === undefined) return;
  expect([min - 1, min, max, max + 1].map(accepts)).toEqual([false, true, true, false]);
});

test('The least MAX_PROMOTIONS is what a list asks for that names no limit', () => {
  const defaults = [...readTypeDefs().matchAll(/\b(?:limit|first): Int = (\d+)/g)].map(([, number]) => Number(number));
  expect(defaults).toHaveLength(2);
  for (const number of defaults) {
    expect(parseConfig({ MAX_PROMOTIONS: String(number) }).limits.maxPromotions).toBe(number);
    expect(complaint({ MAX_PROMOTIONS: String(number - 1) })).toMatch(/^MAX_PROMOTIONS: "\d" .* from 10 to 100000\./);
  }
});
