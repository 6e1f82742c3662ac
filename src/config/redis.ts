import { Secret } from '../model/redacted.ts';
import { ConfigError } from './configError.ts';
import { text, type ValuesOf } from './fields.ts';
import { certificatesOf } from './files.ts';

/** The Redis through which instances share their state. */
export const REDIS_VARIABLES = {
  REDIS_URL: text()
    .optional()
    .describe('URL of the Redis through which [instances share state](deployment.md#10-redis), as in the table below'),
  REDIS_CA_FILE: text().optional().describe("PEM file of the CA for Redis' certificates; requires a `rediss://` URL"),
} as const;

export type RedisAddress = { readonly host: string; readonly port: number };

/** How the Redis server to write to is found. */
export type RedisTopology =
  | { readonly kind: 'single'; readonly address: RedisAddress }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisAddress[];
      /** The master's name. */
      readonly master: string;
      /** Of the Sentinels themselves. */
      readonly password: Secret | undefined;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisAddress[] };

/** How instances connect to the Redis that they share. */
export type RedisConfig = {
  readonly topology: RedisTopology;
  readonly username: string | undefined;
  readonly password: Secret | undefined;
  /** The number of the database; 0 in a cluster. */
  readonly database: number;
  /** Undefined without TLS. `ca` are the certificate authorities to trust, in PEM; undefined trusts Node's. */
  readonly tls: { readonly ca: string | undefined } | undefined;
};

/** Undefined if instances share nothing. @throws ConfigError for a URL or a certificate that cannot be used */
export function redisFrom({
  REDIS_URL: url,
  REDIS_CA_FILE: caFile,
}: ValuesOf<typeof REDIS_VARIABLES>): RedisConfig | undefined {
  if (url === undefined) return undefined;
  const { secure, ...rest } = redisUrlFrom(url);
  if (caFile !== undefined && !secure) {
    throw new ConfigError(
      'REDIS_CA_FILE',
      'It has no effect without TLS.',
      'Set REDIS_URL to a rediss URL, or unset it.',
    );
  }
  return { ...rest, tls: secure ? { ca: certificatesOf('REDIS_CA_FILE', caFile) } : undefined };
}

/** scheme, topology, user and password, hosts, path, query. */
const URL_PARTS = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/?]*)@)?([^@/?]+)(?:\/([^@?]*))?(?:\?([^@]*))?$/;

/** The URL is a secret, so no message quotes a part of it. */
function redisUrlFrom(url: string): Omit<RedisConfig, 'tls'> & { readonly secure: boolean } {
  if (!/^rediss?(\+sentinel|\+cluster)?:\/\//.test(url)) {
    throw refused('It is not a redis, redis+sentinel or redis+cluster URL.', 'such as redis://redis:6379');
  }
  const [matched, secure, kind, login = '', hosts = '', path = '', query = ''] = URL_PARTS.exec(url) ?? [];
  if (matched === undefined || url.includes('#')) {
    throw refused('It has no host, or one of / ? # @ within a user or a password.', ENCODED);
  }
  const [username = '', ...words] = login.split(':');
  const password = decoded(words.join(':'));
  return {
    topology: topologyFrom(kind, hosts, path, query),
    username: username === '' ? undefined : decoded(username),
    password: password === '' ? undefined : new Secret(password),
    database: databaseFrom(kind, path),
    secure: secure === 's',
  };
}

/** Each topology has its own path: the database, the master's name and the database, or nothing. */
function topologyFrom(kind: string | undefined, hosts: string, path: string, query: string): RedisTopology {
  if (kind === 'sentinel') {
    const [master = ''] = path.split('/').map(decoded);
    if (master === '') throw refused('It does not name the master that the Sentinels watch.', SENTINEL);
    return { kind, sentinels: addressesFrom(hosts, 26_379), master, password: sentinelPasswordFrom(query) };
  }
  if (query !== '') throw refused('Only a redis+sentinel URL has options.', 'without ? and what follows it');
  const addresses = addressesFrom(hosts, 6379);
  if (kind === 'cluster') return { kind, nodes: addresses };
  const [address, ...others] = addresses;
  if (address === undefined || others.length > 0) {
    throw refused('It names several servers.', 'that begins with redis+sentinel:// or redis+cluster://, or name one');
  }
  return { kind: 'single', address };
}

function databaseFrom(kind: string | undefined, path: string): number {
  const database = kind === 'sentinel' ? path.split('/').slice(1).join('/') : path;
  if (!/^\d{0,5}$/.test(database)) throw refused('The database is not a number.', 'such as redis://redis:6379/0');
  if (kind === 'cluster' && Number(database) > 0) {
    throw refused('A Redis cluster has only database 0.', 'without a database');
  }
  return Number(database);
}

/** `host:port,host:port`. The port is optional; an IPv6 address is in brackets. */
function addressesFrom(hosts: string, defaultPort: number): readonly RedisAddress[] {
  return hosts.split(',').map((entry, index) => {
    const [, bracketed, name, port = String(defaultPort)] =
      /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(entry) ?? [];
    const host = bracketed ?? name;
    if (host !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return { host, port: Number(port) };
    throw refused(`Entry ${index + 1} of its hosts is not a host and port.`, 'such as redis://redis:6379');
  });
}

function sentinelPasswordFrom(query: string): Secret | undefined {
  if (query === '') return undefined;
  const [, password] = /^sentinelPassword=([^&=]+)$/.exec(query) ?? [];
  if (password === undefined) throw refused('Its only option is sentinelPassword.', SENTINEL);
  return new Secret(decoded(password));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused('It has a % that encodes nothing.', ENCODED);
  }
}

const ENCODED = 'in which % / ? # @ of a user or a password are written as %25 %2F %3F %23 %40';
const SENTINEL = 'such as redis+sentinel://sentinel-0:26379,sentinel-1:26379/mymaster?sentinelPassword=password';

function refused(problem: string, example: string): ConfigError {
  return new ConfigError('REDIS_URL', problem, `Set a URL ${example}.`);
}
