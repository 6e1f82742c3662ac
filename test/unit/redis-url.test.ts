import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redisFrom } from '../../src/config/redis.ts';
import { complaint, fileWith } from './support/config.ts';

/** The settings of a URL, with passwords as text. */
function settingsOf(REDIS_URL: string) {
  const settings = redisFrom({ REDIS_URL });
  const { topology, username, password, database, tls } = settings ?? expect.unreachable();
  const login = [username, password?.reveal()];
  return topology.kind === 'sentinel'
    ? { topology: { ...topology, password: topology.password?.reveal() }, login, database, tls }
    : { topology, login, database, tls };
}

const NO_LOGIN = [undefined, undefined];
const sentinel = (...sentinels: { host: string; port: number }[]) => ({
  kind: 'sentinel',
  sentinels,
  master: 'mymaster',
});

test.each([
  [
    'redis://redis',
    { topology: { kind: 'single', address: { host: 'redis', port: 6379 } }, login: NO_LOGIN, database: 0 },
  ],
  [
    'rediss://user:password@[::1]:6380/7',
    {
      topology: { kind: 'single', address: { host: '::1', port: 6380 } },
      login: ['user', 'password'],
      database: 7,
      tls: { ca: undefined },
    },
  ],
  [
    'redis+sentinel://:password@sentinel-0:26379,sentinel-1/mymaster/3?sentinelPassword=their%20own',
    {
      topology: {
        ...sentinel({ host: 'sentinel-0', port: 26379 }, { host: 'sentinel-1', port: 26379 }),
        password: 'their own',
      },
      login: [undefined, 'password'],
      database: 3,
    },
  ],
  [
    'rediss+sentinel://10.0.0.7/mymaster',
    {
      topology: { ...sentinel({ host: '10.0.0.7', port: 26379 }), password: undefined },
      login: NO_LOGIN,
      database: 0,
      tls: { ca: undefined },
    },
  ],
  [
    'redis+cluster://user@redis-0,redis-1:7001',
    {
      topology: {
        kind: 'cluster',
        nodes: [
          { host: 'redis-0', port: 6379 },
          { host: 'redis-1', port: 7001 },
        ],
      },
      login: ['user', undefined],
      database: 0,
    },
  ],
])('%s is understood', (url, expected) => {
  expect(settingsOf(url)).toEqual({ tls: undefined, ...expected });
});

test('Any user and password that are encoded reach Redis as they are', () => {
  const word = fc.string({ unit: 'binary', minLength: 1 });
  fc.assert(
    fc.property(word, word, word, (user, password, own) => {
      const [a, b, c] = [user, password, own].map(encodeURIComponent);
      const { login, topology } = settingsOf(`redis+sentinel://${a}:${b}@host/master?sentinelPassword=${c}`);
      expect([login, topology.kind === 'sentinel' && topology.password]).toEqual([[user, password], own]);
    }),
  );
});

test.each([
  [
    'redis://:hush/hush@redis:6379',
    'It has no host, or one of / ? # @ within a user or a password. Set a URL in which %',
  ],
  ['redis://:hush?hush@redis', 'It has no host, or one of / ? # @ within a user or a password.'],
  ['redis://:hush#hush@redis', 'It has no host, or one of / ? # @ within a user or a password.'],
  ['redis://:hush@hush@redis', 'It has no host, or one of / ? # @ within a user or a password.'],
  ['redis://', 'It has no host, or one of / ? # @ within a user or a password.'],
  ['redis://:100%hush@redis', 'It has a % that encodes nothing. Set a URL in which %'],
  [
    'redis+tls://redis',
    'It is not a redis, redis+sentinel or redis+cluster URL. Set a URL such as redis://redis:6379.',
  ],
  ['redis://redis:hush', 'Entry 1 of its hosts is not a host and port.'],
  ['redis+cluster://redis,redis:70000', 'Entry 2 of its hosts is not a host and port.'],
  [
    'redis://redis-0,redis-1',
    'It names several servers. Set a URL that begins with redis+sentinel:// or redis+cluster://',
  ],
  ['redis://redis/hush', 'The database is not a number.'],
  ['redis://redis?hush=1', 'Only a redis+sentinel URL has options.'],
  ['redis+cluster://redis/1', 'A Redis cluster has only database 0.'],
  [
    'redis+sentinel://sentinel',
    'It does not name the master that the Sentinels watch. Set a URL such as redis+sentinel://',
  ],
  ['redis+sentinel://sentinel/mymaster/hush', 'The database is not a number.'],
  ['redis+sentinel://sentinel/mymaster?password=hush', 'Its only option is sentinelPassword.'],
])('The start is refused with one line that quotes no part of the URL: %s', (REDIS_URL, problem) => {
  const line = complaint({ REDIS_URL, CACHE_SECRET: 'x'.repeat(32) });
  expect(line).toContain(`REDIS_URL: ${problem}`);
  expect(line).not.toContain('hush');
});

const NO_CERTIFICATE = 'The file contains no PEM certificate. Set the path of a PEM file.';

test.each([
  [
    'is missing',
    () => '/nowhere',
    'The file /nowhere cannot be read (ENOENT). Set the path of a file that the gateway can read.',
  ],
  ['holds something else', () => 'package.json', NO_CERTIFICATE],
  [
    'holds a broken certificate',
    () => fileWith('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'),
    NO_CERTIFICATE,
  ],
])('The start is refused if the file of the CA %s', (_, file, problem) => {
  const line = complaint({ REDIS_URL: 'rediss://redis', REDIS_CA_FILE: file(), CACHE_SECRET: 'x'.repeat(32) });
  expect(line).toBe(`REDIS_CA_FILE: ${problem}`);
});

test('The start is refused for a CA without TLS', () => {
  const line = complaint({ REDIS_URL: 'redis://redis', REDIS_CA_FILE: 'package.json', CACHE_SECRET: 'x'.repeat(32) });
  expect(line).toBe('REDIS_CA_FILE: It has no effect without TLS. Set REDIS_URL to a rediss URL, or unset it.');
});
