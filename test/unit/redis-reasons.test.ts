import { expect, test } from 'vitest';
import { reasonOf } from '../../src/redis/reason.ts';

/** An error of the client, which has a name and no code. */
const named = (name: string, message: string) => Object.assign(new Error(message), { name });

test.for<[string, Error, string]>([
  ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  [
    'a command without a connection',
    new Error("Stream isn't writeable and enableOfflineQueue options is false"),
    'there is no connection',
  ],
  [
    'a command that lost its connection',
    named('MaxRetriesPerRequestError', 'Reached the max retries per request limit (which is 0).'),
    'there is no connection',
  ],
  ['a late command', new Error('Command timed out'), 'it does not answer in time'],
  [
    'a replica',
    named('ReplyError', "READONLY You can't write against a read only replica."),
    'it is a replica and refuses writes (READONLY)',
  ],
  [
    'a full server, within a script',
    named('ReplyError', 'ERR Error running script (call to f_1): -OOM command not allowed when used memory'),
    'it is full and refuses writes (OOM)',
  ],
  [
    'a node of a cluster',
    named('ReplyError', "CROSSSLOT Keys in request don't hash to the same slot"),
    'the keys of a command are on several nodes (CROSSSLOT)',
  ],
  [
    'a server that cannot save',
    named(
      'ReplyError',
      'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
    ),
    'it cannot save its data and refuses writes (MISCONF)',
  ],
  [
    'a value of someone else',
    named('ReplyError', 'WRONGTYPE Operation against a key holding the wrong kind of value'),
    'it holds a value that the gateway did not write',
  ],
  [
    'why no node of a cluster could be used',
    Object.assign(named('ClusterAllFailedError', 'Failed to refresh slots cache.'), {
      lastNodeError: named('ReplyError', 'WRONGPASS invalid username-password pair or user is disabled.'),
    }),
    'it refuses the user or the password (WRONGPASS)',
  ],
  [
    'a server that is no cluster',
    Object.assign(named('ClusterAllFailedError', 'Failed to refresh slots cache.'), {
      lastNodeError: named('ReplyError', 'ERR This instance has cluster support disabled'),
    }),
    'it is not a cluster: set a redis URL',
  ],
  [
    'a database that there is not',
    named('ReplyError', 'ERR DB index is out of range'),
    'it has no database of the number in REDIS_URL',
  ],
  [
    'a database of a cluster',
    named('ReplyError', 'ERR SELECT is not allowed in cluster mode'),
    'it is a cluster: set a redis+cluster URL',
  ],
  [
    'another server',
    named('ParserError', 'Protocol error, got "H" as reply type byte. Please report this.'),
    'what answers is no Redis',
  ],
  [
    'a Redis that requires a certificate',
    Object.assign(new Error('tlsv13 alert certificate required'), {
      code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    }),
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  ],
  [
    'a Redis that requires a certificate, with TLS 1.2',
    Object.assign(new Error('ssl/tls alert handshake failure'), { code: 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE' }),
    'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
  ],
  ['no master', new Error('All sentinels are unreachable.'), 'no Sentinel knows a master'],
  ['anything else', named('OtherError', 'redis://user:password@host'), 'OtherError'],
])('The log names %s without an address or a value', ([, error, reason]) => {
  expect(reasonOf(error)).toBe(reason);
});
