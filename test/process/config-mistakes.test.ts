import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/configError.ts';
import { startProgram } from '../support/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function mistake(env: Record<string, string>): string {
  try {
    parseConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('The configuration was accepted.');
}

const SHA = createHash('sha256').update('key').digest('hex');
const JWT = {
  AUTH_MODE: 'jwt',
  AUTH_JWKS_URL: 'https://login.example/jwks',
  AUTH_ISSUER: 'https://login.example',
  AUTH_AUDIENCE: 'api',
  AUTH_CUSTOMER_CLAIMS: 'mobile=phone_number',
};

/** The environment, the variable that is named, and what is said of it. */
const MISTAKES: readonly (readonly [Record<string, string>, string, RegExp])[] = [
  [{ PORT: 'http' }, 'PORT', /"http" is not a whole number from 0 to 65535\. Set it/],
  [{ PORT: '70000' }, 'PORT', /"70000" is not a whole number/],
  [{ PORT: '-1' }, 'PORT', /not a whole number/],
  [{ PORT: '4e3' }, 'PORT', /not a whole number/],
  [{ UPSTREAM_URL: 'eu.api.example' }, 'UPSTREAM_URL', /not an http or https URL\. Set it to one such as/],
  [{ UPSTREAM_URL: 'ftp://eu.api.example' }, 'UPSTREAM_URL', /not an http or https URL/],
  [{ UPSTREAM_URL: 'https://me:secret@eu.api.example' }, 'UPSTREAM_URL', /holds credentials, a query or a fragment/],
  [{ UPSTREAM_AUTH: 'digest' }, 'UPSTREAM_AUTH', /not one of passthrough, basic, oauth/],
  [{ UPSTREAM_AUTH: 'basic', AUTH_ALLOW_ANONYMOUS: 'true' }, 'UPSTREAM_USERNAME', /UPSTREAM_AUTH=basic needs it/],
  [{ UPSTREAM_AUTH: 'basic', AUTH_ALLOW_ANONYMOUS: 'true', UPSTREAM_USERNAME: 'till' }, 'UPSTREAM_PASSWORD', /not set/],
  [{ UPSTREAM_AUTH: 'oauth', AUTH_ALLOW_ANONYMOUS: 'true' }, 'UPSTREAM_OAUTH_KEY', /UPSTREAM_AUTH=oauth needs it/],
  [
    { UPSTREAM_AUTH: 'oauth', AUTH_ALLOW_ANONYMOUS: 'true', UPSTREAM_OAUTH_KEY: 'k' },
    'UPSTREAM_OAUTH_SECRET',
    /not set/,
  ],
  [
    { UPSTREAM_AUTH: 'basic', UPSTREAM_USERNAME: 'till', UPSTREAM_PASSWORD: 'secret' },
    'AUTH_MODE',
    /holds the key to every customer's promotions, and none lets anybody use it\. Set it to jwt or api-key; AUTH_ALLOW_ANONYMOUS=true/,
  ],
  [{ AUTH_MODE: 'saml' }, 'AUTH_MODE', /not one of none, jwt, api-key/],
  [{ ...JWT, AUTH_JWKS_URL: '' }, 'AUTH_JWKS_URL', /AUTH_MODE=jwt needs it/],
  [{ ...JWT, AUTH_ISSUER: '' }, 'AUTH_ISSUER', /AUTH_MODE=jwt needs it/],
  [{ ...JWT, AUTH_AUDIENCE: '' }, 'AUTH_AUDIENCE', /AUTH_MODE=jwt needs it/],
  [{ ...JWT, AUTH_JWKS_URL: 'http://login.example/jwks' }, 'AUTH_JWKS_URL', /not an https URL.*loopback/],
  [{ ...JWT, AUTH_CUSTOMER_CLAIMS: 'phone=phone_number' }, 'AUTH_CUSTOMER_CLAIMS', /"phone=phone_number" is not/],
  [{ ...JWT, AUTH_CUSTOMER_CLAIMS: 'mobile' }, 'AUTH_CUSTOMER_CLAIMS', /"mobile" is not an identifier and its claim/],
  [{ ...JWT, AUTH_CUSTOMER_CLAIMS: '' }, 'AUTH_CUSTOMER_CLAIMS', /no token may read anything/],
  [{ AUTH_MODE: 'api-key' }, 'AUTH_API_KEYS', /AUTH_MODE=api-key needs it/],
  [{ AUTH_MODE: 'api-key', AUTH_API_KEYS: 'secret-key' }, 'AUTH_API_KEYS', /Entry 1 is not a name and a SHA-256/],
  [{ AUTH_MODE: 'api-key', AUTH_API_KEYS: `a:${SHA},b` }, 'AUTH_API_KEYS', /Entry 2 is not/],
  [{ AUTH_MODE: 'api-key', AUTH_API_KEYS: `a:${SHA},a:${SHA}` }, 'AUTH_API_KEYS', /The name "a" stands twice/],
  [{ AUTH_MODE: 'api-key', AUTH_API_KEYS: ' , ' }, 'AUTH_API_KEYS', /holds no key/],
  [{ AUTH_DATA_SCOPES: 'MINE' }, 'AUTH_DATA_SCOPES', /"MINE" is not a data scope/],
  [{ AUTH_DATA_SCOPES: 'SELF:1' }, 'AUTH_DATA_SCOPES', /"SELF:1" is not a data scope/],
  [{ DEFAULT_SOURCE: 'SHOP' }, 'DEFAULT_SOURCE', /not one of INSTORE/],
  [{ DEFAULT_DATA_SCOPE: 'OTHER' }, 'DEFAULT_DATA_SCOPE', /OTHER/],
  [{ MAX_DEPTH: '0' }, 'MAX_DEPTH', /from 1 to 1000/],
  [{ METRICS: 'yes' }, 'METRICS', /"yes" is neither true nor false/],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL', /not one of trace/],
  [{ CORS_ORIGINS: 'https://shop.example/' }, 'CORS_ORIGINS', /"https:\/\/shop.example\/" is not an origin/],
  [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS', /"\*" is not an origin/],
  [{ UPSTREAM_PASSWORD_FILE: '/nowhere/password' }, 'UPSTREAM_PASSWORD_FILE', /cannot be read \(ENOENT\)/],
  [
    { UPSTREAM_PASSWORD_FILE: '/nowhere/password', UPSTREAM_PASSWORD: 'secret' },
    'UPSTREAM_PASSWORD_FILE',
    /UPSTREAM_PASSWORD is set too\. Set one of the two/,
  ],
];

describe('A setting that cannot be used is refused in one line that names it, tells what is wrong and how to mend it', () => {
  test.each(MISTAKES)('%j', (env, variable, said) => {
    const message = mistake(env);
    expect(message).toMatch(new RegExp(`^${variable}: `));
    expect(message).toMatch(said);
    expect(message).not.toContain('\n');
    expect(message).not.toMatch(/secret|undefined|\[object/);
  });
});

describe('Secrets may come from files', () => {
  test('whose last line break does not count', () => {
    const { upstreamAuth } = parseConfig({
      UPSTREAM_AUTH: 'oauth',
      AUTH_ALLOW_ANONYMOUS: 'true',
      UPSTREAM_OAUTH_KEY: 'key',
      UPSTREAM_OAUTH_SECRET_FILE: file('secret', ' s3cret \r\n'),
    });
    expect(upstreamAuth.kind === 'oauth' && upstreamAuth.secret.reveal()).toBe(' s3cret ');
  });

  test('as may the keys of callers, the password and the debug token', () => {
    const config = parseConfig({
      UPSTREAM_AUTH: 'basic',
      UPSTREAM_USERNAME: 'till',
      UPSTREAM_PASSWORD_FILE: file('password', 'p\n'),
      AUTH_MODE: 'api-key',
      AUTH_API_KEYS_FILE: file('keys', `shop:${SHA}\n`),
      DEBUG_TOKEN_FILE: file('debug', 'd\n'),
    });
    expect(config.upstreamAuth.kind === 'basic' && config.upstreamAuth.password.reveal()).toBe('p');
    expect(config.auth).toEqual({ mode: 'api-key', keys: [{ name: 'shop', sha256: Buffer.from(SHA, 'hex') }] });
    expect(config.debug.kind === 'token' && config.debug.token.reveal()).toBe('d');
  });
});

describe('An empty variable counts as unset', () => {
  test('for every one of them', () => {
    expect(parseConfig({ PORT: '', AUTH_MODE: '', UPSTREAM_URL: '', METRICS: '', UPSTREAM_PASSWORD_FILE: '' })).toEqual(
      parseConfig({}),
    );
  });
});

describe('The program', () => {
  test.each([
    [{ PORT: 'http' }, /^PORT: "http" is not a whole number.*\n$/],
    [{ UPSTREAM_AUTH: 'basic', UPSTREAM_USERNAME: 'a', UPSTREAM_PASSWORD: 'secret' }, /^AUTH_MODE: .*\n$/],
    [
      { PERSISTED_OPERATIONS: '/nowhere.json' },
      /^PERSISTED_OPERATIONS: The manifest cannot be read \(ENOENT\)\. .*\n$/,
    ],
  ])('ends with 1 and this one line, without a stack: %j', async (env: Record<string, string>, line) => {
    const program = startProgram('src/main.ts', { PORT: '0', ...env });
    expect(await program.exited).toBe(1);
    expect(program.output()).toMatch(line);
    expect(program.output()).not.toMatch(/secret| at /);
  });

  test.each(['PORT', 'METRICS_PORT'])('names a %s that is taken', async (variable) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const program = startProgram('src/main.ts', { PORT: '0', [variable]: String(port) });
    expect(await program.exited).toBe(1);
    expect(program.output().trim()).toBe(
      `${variable}: ${port} is taken by another program. Set ${variable} to a free one.`,
    );
    taken.close();
  });
});
