import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisConfig } from '../config/redis.ts';

/**
 * If Redis sends nothing for this long, pending commands fail and the connection is closed and made again. Callers give up
 * sooner (`sharedRedis.ts`). A shorter time would be wrong, since ioredis also counts delays of this process.
 */
const SILENCE_MS = 2000;
const CONNECT_TIMEOUT_MS = 1000;
const MAX_RECONNECT_MS = 1000;
/** The shortest time between two reconnections because of a READONLY reply. */
const READONLY_RECONNECT_MS = 1000;

/** A client of the configured Redis. It connects and reconnects automatically. */
export function connect({ topology, username, password, database: db, tls }: RedisConfig): Redis | Cluster {
  const secured = tls && { tls: tls.ca === undefined ? {} : { ca: tls.ca } };
  const login = {
    ...(username !== undefined && { username }),
    ...(password && { password: password.reveal() }),
    ...secured,
  };
  const reconnect = (times: number) => Math.min(50 * times, MAX_RECONNECT_MS);
  switch (topology.kind) {
    case 'single':
      return new Redis({
        ...COMMON,
        ...topology.address,
        ...login,
        db,
        retryStrategy: reconnect,
        reconnectOnError: onReadOnly(),
      });
    case 'sentinel':
      return new Redis({
        ...COMMON,
        ...login,
        db,
        sentinels: [...topology.sentinels],
        name: topology.master,
        ...(topology.password && { sentinelPassword: topology.password.reveal() }),
        ...(secured && { enableTLSForSentinelMode: true, sentinelTLS: secured.tls }),
        sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
        // No `failoverDetector`: what it detects while the client connects would end the client. A failover closes the
        // connection, and a master that becomes a replica refuses writes.
        retryStrategy: reconnect,
        sentinelRetryStrategy: reconnect,
        reconnectOnError: onReadOnly(),
      });
    case 'cluster':
      return new Cluster([...topology.nodes], {
        enableOfflineQueue: false,
        clusterRetryStrategy: reconnect,
        slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
        // A cluster names its nodes by address. With TLS, their certificates must hold these addresses.
        dnsLookup: (name, callback) => callback(null, name),
        redisOptions: { ...COMMON, ...login },
      });
  }
}

const COMMON = {
  connectTimeout: CONNECT_TIMEOUT_MS,
  commandTimeout: SILENCE_MS,
  socketTimeout: SILENCE_MS,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
} as const satisfies RedisOptions;

/** Reconnects if the master has become a replica, since its name may now lead to the new master. */
function onReadOnly(): (error: Error) => boolean {
  let lastAt = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    const now = performance.now();
    if (!message.includes('READONLY') || now - lastAt < READONLY_RECONNECT_MS) return false;
    lastAt = now;
    return true;
  };
}
