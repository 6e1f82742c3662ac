import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { HTTP_TIMEOUTS } from '../http/connections.ts';
import type { PlaygroundFacts } from '../http/playgroundPage.ts';
import { createHttpServer } from '../http/server.ts';
import { KeyedHash } from '../model/keyedHash.ts';
import { operationContext } from '../operation/context.ts';
import type { UpstreamAddress } from '../operation/upstreamCredentials.ts';
import { derivedKey } from '../redis/seal.ts';
import { dependencyOutage } from '../telemetry/logLines.ts';
import type { Outage } from '../telemetry/outage.ts';
import { UpstreamClient } from '../upstream/client.ts';
import { LookupRequests } from '../upstream/request.ts';
import { startAccess } from './access.ts';
import { startGraphQL } from './graphql.ts';
import { startOutgoing } from './outgoing.ts';
import { memoryState, pageSource, publicIds, type SharedState } from './sharedState.ts';
import { startTelemetry } from './telemetry.ts';

export type Gateway = {
  /** Where the API is, as `http://host:port/graphql`. */
  readonly url: string;
  /** Announces the close: /readyz says so, and clients are asked to connect elsewhere. Requests are still taken. */
  drain(): void;
  /** Takes secrets and trusted documents from another configuration. @throws ConfigError if they cannot be used */
  renew(config: Config): Promise<void>;
  /** Stops accepting, and resolves once everything in flight is answered. */
  close(): Promise<void>;
};

/** Redis that answers now and then is one outage. */
const REDIS_QUIET_MS = 5000;

/** Starts every room, the lowest first, and connects them. */
export async function startGateway(
  config: Config,
  upstream: UpstreamAddress,
  logger: Logger,
  timeouts = HTTP_TIMEOUTS,
): Promise<Gateway> {
  const onUnhandledError = (error: unknown) => logger.error({ err: error }, 'defect');
  const telemetry = await startTelemetry(config, upstream.url, logger);
  const sharedState = await startSharedState(config, upstream.url, dependencyOutage(logger, 'Redis', REDIS_QUIET_MS));
  const outgoing = startOutgoing(config, upstream.url, telemetry);
  const { promotionIds, cursors } = publicIds(config, sharedState.hash);
  const client = new UpstreamClient({
    ...config.upstream,
    ...sharedState,
    promotionIds,
    transport: outgoing.transport,
    requests: new LookupRequests(config.lookup),
    events: telemetry.upstreamEvents,
  });
  telemetry.metrics?.observe(client);
  const access = await startAccess(config, upstream, sharedState.hash, outgoing, telemetry.upstreamEvents);
  const apollo = await startGraphQL(
    config,
    sharedState.persistedQueries,
    () => access.current().documents,
    logger,
    onUnhandledError,
  );
  const { server, drain } = await createHttpServer({
    ...config,
    apollo,
    authenticate: (headers) => access.current().authenticate(headers),
    contextOf: operationContext(
      config,
      pageSource(config, sharedState, client),
      cursors,
      access.current,
      telemetry.tracing,
    ),
    playground: config.playground ? playgroundFacts(config, upstream) : undefined,
    timeouts,
    rateLimitStore: sharedState.rateLimitStore,
    onInFlight: (count) => telemetry.metrics?.inFlight(count),
    onOperation: telemetry.operationEnded,
    onUnhandledError,
  });
  await telemetry.serveMetrics(server);
  await server.listen({ host: config.host, port: config.port });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `http://${config.host}:${port}/graphql`,
    drain,
    renew: access.renew,
    async close() {
      await server.close();
      await apollo.stop();
      outgoing.close();
      sharedState.close();
      await telemetry.close();
    },
  };
}

/** In Redis if there is one, else in memory. Instances of different upstreams share nothing, even in one Redis. */
async function startSharedState(config: Config, upstreamUrl: string, redisOutage: Outage): Promise<SharedState> {
  const { cacheSecret, redisUrl } = config;
  const secret = cacheSecret ?? redisUrl;
  const hash = new KeyedHash(secret === undefined ? randomBytes(32) : derivedKey(secret.reveal(), upstreamUrl, 'hash'));
  if (redisUrl === undefined) return memoryState(config, hash);
  const { startRedisState } = await import('./redisState.ts');
  return startRedisState(config, redisUrl, upstreamUrl, hash, redisOutage);
}

function playgroundFacts(config: Config, upstream: UpstreamAddress): PlaygroundFacts {
  return {
    upstream: upstream.sandbox ? 'sandbox' : 'real',
    callers: config.auth.mode,
    upstreamAuth: config.upstreamAuth.kind,
    debug: config.debug.kind,
    introspection: config.introspection,
    supergraph: false,
  };
}
