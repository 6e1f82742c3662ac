import type { AddressInfo } from 'node:net';
import { getHeapStatistics } from 'node:v8';
import type { Logger } from 'pino';
import { markOfCustomer } from '../cache/marks.ts';
import { authenticatorOf } from '../callers/authenticate.ts';
import { Places } from '../calls/bounded.ts';
import { RateLimiter } from '../calls/budgeted.ts';
import { calls } from '../calls/calls.ts';
import { Circuits } from '../calls/guarded.ts';
import { RetryBudget } from '../calls/retried.ts';
import type { Config } from '../config/config.ts';
import { startApolloServer } from '../graphql/apolloServer.ts';
import { urlHost } from '../http/addresses.ts';
import type { EventsOptions } from '../http/eventsRoute.ts';
import { HeldBytes } from '../http/heldBytes.ts';
import { HTTP_TIMEOUTS } from '../http/limits.ts';
import type { PlaygroundFacts } from '../http/playgroundPage.ts';
import { createHttpServer } from '../http/server.ts';
import { type Keys, keysFrom } from '../model/keyedHash.ts';
import { operationContext } from '../operation/context.ts';
import { credentialsPolicy, debugAllowed, type UpstreamAddress } from '../operation/request.ts';
import type { Reports } from '../telemetry/reports.ts';
import { LookupRequests } from '../upstream/lookupRequest.ts';
import { listen } from './listen.ts';
import { openFiles } from './openFiles.ts';
import { startOutgoing } from './outgoing.ts';
import { memoryState, pageCacheOptions, publicIds, type SharedState, startResponseCache } from './sharedState.ts';
import { startTelemetry } from './startTelemetry.ts';

/** A gateway that serves, and how it is stopped: `drain`, `finish`, `close`, in this order. */
export type Gateway = {
  /** The API's address, `http://host:port/graphql`. */
  readonly url: string;
  /** Announces the close: /readyz reports it, and connections close after their next response. Requests are still accepted. */
  drain(): void;
  /** Accepts no more requests, and resolves once all requests in flight have their response. */
  finish(): Promise<void>;
  /** Closes connections to others, and sends the last spans. */
  close(): Promise<void>;
};

/** The bytes that wait for clients and for upstream, as a share of the heap's limit. */
const SHARE_OF_THE_HEAP = 1 / 16;

/** If Redis fails repeatedly within this time, it is one outage. */
const REDIS_QUIET_MS = 5000;

/** Starts all parts, the lowest first, and connects them. */
export async function startGateway(
  config: Config,
  upstream: UpstreamAddress,
  logger: Logger,
  timeouts = HTTP_TIMEOUTS,
): Promise<Gateway> {
  const telemetry = await startTelemetry(config, upstream.url, logger);
  const { reports } = telemetry;
  // Instances of different upstreams share nothing, even with the same secret and Redis.
  const keys = keysFrom(config.cacheSecret, upstream.url, config.lookup);
  const sharedState = await startSharedState(config, keys, reports);
  const held = new HeldBytes(getHeapStatistics().heap_size_limit * SHARE_OF_THE_HEAP);
  const outgoing = startOutgoing(config, upstream.url, telemetry, held.ofUpstream);
  const { promotionIds, cursors } = publicIds(config.cacheSecret, keys);
  const { queueMs, retries, timeoutMs } = config.upstream;
  const { maxConnections, concurrency: max } = openFiles(config, logger);
  const callsState = {
    circuits: new Circuits(reports.circuitChanged),
    places: new Places({ max, queueMs, timeoutMs }),
    limiter: new RateLimiter(sharedState.budget, queueMs),
    retryBudget: new RetryBudget(),
  };
  const fetch = calls({
    ...callsState,
    cache: pageCacheOptions(config, sharedState, keys, promotionIds),
    retries,
    upstream: {
      transport: outgoing.transport,
      requests: new LookupRequests(config.lookup),
      promotionIds,
      events: reports,
    },
  });
  const responses = startResponseCache(config, sharedState);
  const mayDebug = debugAllowed(config.debug);
  const apollo = await startApolloServer(config, upstream.sandbox, reports.unhandledError);
  const http = await createHttpServer({
    ...config,
    maxConnections,
    held,
    apollo,
    authenticate: await authenticatorOf(config.auth, config.dataScopeAccess, keys.logNames, outgoing.keySets),
    credentialsPolicy: credentialsPolicy(config.upstreamAuth, upstream, keys.storeNames, outgoing.tokens),
    contextOf: operationContext(config, fetch, keys, cursors, mayDebug),
    playground: config.playground ? playgroundFacts(config, upstream) : undefined,
    timeouts,
    wholeResponses: responses && { cache: responses, mayDebug, clientControl: config.clientControl },
    startTrace: telemetry.tracing.startOperation,
    events: eventsOptions(config, sharedState, keys, reports.customerEvent),
    countRequest: sharedState.countRequest,
    onOperation: reports.operationEnded,
    onNotFound: reports.notFound,
    onConnectionRefused: reports.connectionRefused,
    onUnhandledError: reports.unhandledError,
  });
  const { server, drain } = http;
  telemetry.metrics?.observe(callsState, [sharedState.store, responses], http);
  await telemetry.serveMetrics(server);
  await listen(server, config, 'PORT');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `http://${urlHost(config.host)}:${port}/graphql`,
    drain,
    finish: async () => server.close(),
    async close() {
      await apollo.stop();
      outgoing.close();
      sharedState.close();
      await telemetry.close();
    },
  };
}

/** The shared state is in Redis if there is one, else in memory. */
async function startSharedState(config: Config, keys: Keys, { outageOf }: Reports): Promise<SharedState> {
  if (config.redis === undefined) return memoryState(config);
  const { startRedisState } = await import('./redisState.ts');
  return startRedisState(config, config.redis, keys, outageOf('Redis', REDIS_QUIET_MS));
}

/** Undefined if no events are accepted. */
function eventsOptions(
  { eventsToken: token }: Pick<Config, 'eventsToken'>,
  { store }: SharedState,
  { storeNames }: Keys,
  onEvent: EventsOptions['onEvent'],
): EventsOptions | undefined {
  if (token === undefined || store === undefined) return undefined;
  const customerChanged: EventsOptions['customerChanged'] = async (customerId) =>
    store.invalidate(markOfCustomer(storeNames, customerId.revealCanonical()));
  return { token, customerChanged, onEvent };
}

function playgroundFacts(config: Config, upstream: UpstreamAddress): PlaygroundFacts {
  return {
    upstream: upstream.sandbox ? 'sandbox' : 'real',
    callers: config.auth.mode,
    upstreamAuth: config.upstreamAuth.kind,
    debug: config.debug.kind,
    supergraph: false,
  };
}
