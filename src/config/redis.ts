import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Secret } from '../model/redacted.ts';
import { ConfigError } from './configError.ts';
import { flag, refuse, text } from './fields.ts';

type Address = { readonly host: string; readonly port: number };

const SENTINEL_PORT = 26379;

/** `host:port,host:port`. The port is optional. */
function addresses() {
  return z.string().transform((list, context): readonly Address[] =>
    list.split(',').map((entry) => {
      const url = URL.canParse(`redis://${entry.trim()}`) ? new URL(`redis://${entry.trim()}`) : undefined;
      const isAddress = url !== undefined && url.hostname !== '' && url.pathname === '' && url.username === '';
      if (!isAddress) {
        return refuse(
          context,
          `"${entry}" is not a host and port.`,
          'Set addresses such as sentinel-0:26379,sentinel-1:26379.',
        );
      }
      return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || SENTINEL_PORT) };
    }),
  );
}

/** The Redis through which instances share their state. */
export const REDIS_VARIABLES = {
  REDIS_URL: text().optional(),
  REDIS_CA_FILE: text().optional(),
  REDIS_SENTINELS: addresses().optional(),
  REDIS_SENTINEL_NAME: text().optional(),
  REDIS_SENTINEL_PASSWORD: text().optional(),
  REDIS_CLUSTER: flag().default(false),
} as const;

const SCHEMA = z.object(REDIS_VARIABLES);
type RedisValues = z.output<typeof SCHEMA>;

/** How the Redis server to write to is found. */
export type RedisTopology =
  | { readonly kind: 'single' }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly Address[];
      /** The master's name. */
      readonly name: string;
      readonly password: Secret | undefined;
    }
  | { readonly kind: 'cluster' };

export type RedisConfig = {
  /** `redis://` or `rediss://`. It is a secret, since it may contain credentials. */
  readonly url: Secret;
  /** The certificate authorities to trust, in PEM. Undefined trusts Node's. */
  readonly ca: string | undefined;
  readonly topology: RedisTopology;
};

/** Undefined if instances share nothing. @throws ConfigError for settings that cannot be used together */
export function redisFrom(values: RedisValues): RedisConfig | undefined {
  if (values.REDIS_URL === undefined) return undefined;
  const url = redisUrlFrom(values.REDIS_URL);
  const isSecure = new URL(url.reveal()).protocol === 'rediss:';
  if (values.REDIS_CA_FILE !== undefined && !isSecure) {
    throw new ConfigError(
      'REDIS_CA_FILE',
      'It has no effect without TLS.',
      'Set REDIS_URL to a rediss URL, or unset it.',
    );
  }
  const topology = topologyFrom(values);
  if (topology.kind === 'cluster' && !/^\/?0?$/.test(new URL(url.reveal()).pathname)) {
    throw new ConfigError('REDIS_URL', 'A Redis cluster has only database 0.', 'Remove the database from the URL.');
  }
  return { url, ca: values.REDIS_CA_FILE === undefined ? undefined : caFrom(values.REDIS_CA_FILE), topology };
}

function redisUrlFrom(setting: string): Secret {
  if (URL.canParse(setting)) {
    const { protocol, hostname, pathname } = new URL(setting);
    if (/^rediss?:$/.test(protocol) && hostname !== '' && /^\/?\d*$/.test(pathname)) return new Secret(setting);
  }
  throw new ConfigError('REDIS_URL', 'It is not a redis or rediss URL.', 'Set a URL such as redis://redis:6379.');
}

function topologyFrom({
  REDIS_CLUSTER,
  REDIS_SENTINELS,
  REDIS_SENTINEL_NAME,
  REDIS_SENTINEL_PASSWORD,
}: RedisValues): RedisTopology {
  if (REDIS_SENTINELS === undefined) return REDIS_CLUSTER ? { kind: 'cluster' } : { kind: 'single' };
  if (REDIS_CLUSTER) {
    throw new ConfigError(
      'REDIS_CLUSTER',
      'REDIS_SENTINELS is also set, but a cluster has no Sentinels.',
      'Set only one of the two.',
    );
  }
  if (REDIS_SENTINEL_NAME === undefined) {
    throw new ConfigError(
      'REDIS_SENTINEL_NAME',
      'It is not set, but REDIS_SENTINELS requires it.',
      "Set it to the master's name.",
    );
  }
  const password = REDIS_SENTINEL_PASSWORD === undefined ? undefined : new Secret(REDIS_SENTINEL_PASSWORD);
  return { kind: 'sentinel', sentinels: REDIS_SENTINELS, name: REDIS_SENTINEL_NAME, password };
}

function caFrom(path: string): string {
  try {
    const pem = readFileSync(path, 'utf8');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  } catch {
    throw new ConfigError('REDIS_CA_FILE', 'The file cannot be read.', 'Set the path of a file with PEM certificates.');
  }
  throw new ConfigError(
    'REDIS_CA_FILE',
    'The file contains no PEM certificate.',
    'Set the path of a file with PEM certificates.',
  );
}
