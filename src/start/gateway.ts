import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { authenticatorOf } from '../callers/authenticate.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/configError.ts';
import { compiler } from '../graphql/compiledExecutor.ts';
import { compiledOperations } from '../graphql/plugins/compiledOperations.ts';
import { debugExtensions } from '../graphql/plugins/debugExtensions.ts';
import { federatedTracing } from '../graphql/plugins/federatedTracing.ts';
import { operationLimits } from '../graphql/plugins/operationLimits.ts';
import { readManifest, trustedDocuments } from '../graphql/plugins/trustedDocuments.ts';
import { buildGatewaySchema } from '../graphql/schema.ts';
import { createGraphQLServer } from '../graphql/server.ts';
import type { PlaygroundFacts } from '../http/playgroundPage.ts';
import { createHttpServer, HTTP_TIMEOUTS } from '../http/server.ts';
import { operationContext } from '../operation/context.ts';
import { credentialsPolicy } from '../operation/upstreamCredentials.ts';
import { logOperation, logUpstream } from '../telemetry/logLines.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { NO_TRACING, type Tracing } from '../telemetry/tracing.ts';
import { UpstreamClient } from '../upstream/client.ts';
import type { UpstreamEvents } from '../upstream/events.ts';
import { createTransport } from '../upstream/transport.ts';
import { pageSource, startSharedState } from './sharedState.ts';

export type Gateway = {
  /** Where the API is, as `http://host:port/graphql`. */
  readonly url: string;
  /** Stops accepting, and resolves once everything in flight is answered. */
  close(): Promise<void>;
};

/** Starts serving. `upstream.url` is the real upstream's or the sandbox's; the sandbox asks for no credentials. */
export async function startGateway(
  config: Config,
  upstream: { readonly url: string; readonly sandbox: boolean },
  logger: Logger,
  timeouts = HTTP_TIMEOUTS,
): Promise<Gateway> {
  const metrics = await startMetrics(config);
  const tracing = await startTracing(config);
  const sharedState = await startSharedState(config, upstream.url, (reason) =>
    logger.warn({ reason }, 'Redis cannot be used: this instance goes on by itself'),
  );
  const { hash } = sharedState;
  const transport = createTransport({
    baseUrl: upstream.url,
    timeoutMs: config.upstream.timeoutMs,
    maxBytes: config.upstream.maxBytes,
  });
  const { queueMs, concurrency, retries } = config.upstream;
  const client = new UpstreamClient({
    transport,
    hash,
    budget: sharedState.budget,
    queueMs,
    concurrency,
    retries,
    events: upstreamEvents(logger, metrics),
  });
  metrics?.observe(client);

  const onUnhandledError = (error: unknown) => logger.error({ err: error }, 'defect');
  const apollo = createGraphQLServer({
    schema: buildGatewaySchema(),
    introspection: config.introspection,
    persistedQueries: sharedState.persistedQueries,
    production: config.production,
    limits: config.limits,
    plugins: [
      ...(config.persistedOperations === undefined ? [] : [trustedDocuments(readManifest(config.persistedOperations))]),
      operationLimits(config.limits),
      debugExtensions,
      federatedTracing(),
      // With a schema of its own: tracing wraps every resolver of Apollo Server's, and for good.
      ...(config.compile ? [compiledOperations(compiler(buildGatewaySchema()), onUnhandledError)] : []),
    ],
    // What Apollo Server calls unexpected is, among others, every refusal that a plugin throws.
    logger: quietly(logger),
    onUnhandledError,
  });
  await apollo.start();
  const server = await createHttpServer({
    apollo,
    authenticate: await authenticatorOf(config.auth, config.dataScopeAccess, hash, () =>
      logger.error('the key set at AUTH_JWKS_URL cannot be read: callers are refused'),
    ),
    contextOf: operationContext(
      config,
      pageSource(config, sharedState, client),
      credentialsPolicy(config, upstream, hash),
      tracing,
    ),
    bodyLimit: config.maxBodyBytes,
    timeouts,
    overload: config.overload,
    rateLimitPerMinute: config.rateLimitPerMinute,
    cached: config.cache.kind === 'on',
    rateLimitStore: sharedState.rateLimitStore,
    corsOrigins: config.corsOrigins,
    playground: config.playground ? playgroundFacts(config, upstream) : undefined,
    onInFlight: (count) => metrics?.inFlight(count),
    onOperation: (record) => {
      logOperation(logger, record);
      metrics?.operationEnded(record);
    },
    onUnhandledError,
  });
  const metricsServer = await serveMetrics(config, server, metrics);
  await server.listen({ host: config.host, port: config.port });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `http://${config.host}:${port}/graphql`,
    async close() {
      await server.close();
      await apollo.stop();
      transport.close();
      sharedState.close();
      await Promise.all([metricsServer?.close(), tracing.shutdown()]);
    },
  };
}

function playgroundFacts(config: Config, upstream: { readonly sandbox: boolean }): PlaygroundFacts {
  return {
    upstream: upstream.sandbox ? 'sandbox' : 'real',
    callers: config.auth.mode,
    upstreamAuth: config.upstreamAuth.kind,
    debug: config.debug.kind,
    supergraph: false,
  };
}

function quietly(logger: Logger) {
  const debug = (message: unknown) => logger.debug({ from: 'apollo' }, String(message));
  return { debug, info: debug, warn: debug, error: debug };
}

async function startMetrics({ metrics }: Config): Promise<Metrics | undefined> {
  if (metrics.kind === 'off') return undefined;
  const { createMetrics } = await import('../telemetry/metrics.ts');
  return createMetrics();
}

async function startTracing({ tracing }: Config): Promise<Tracing> {
  if (!tracing) return NO_TRACING;
  const { createOpenTelemetry } = await import('../telemetry/openTelemetry.ts');
  return createOpenTelemetry();
}

function upstreamEvents(logger: Logger, metrics: Metrics | undefined): UpstreamEvents {
  const log = logUpstream(logger);
  return {
    callEnded(call) {
      log.callEnded(call);
      metrics?.upstreamEvents.callEnded(call);
    },
    drifted: (drift) => metrics?.upstreamEvents.drifted(drift),
    circuitChanged: log.circuitChanged,
  };
}

/** At /metrics: beside the API, or on a port of their own. */
async function serveMetrics(config: Config, server: FastifyInstance, metrics: Metrics | undefined) {
  if (metrics === undefined) return undefined;
  const { registry } = metrics;
  const serve = (instance: FastifyInstance) =>
    instance.get('/metrics', async (_, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  if (config.metrics.kind !== 'own-port') {
    serve(server);
    return undefined;
  }
  const own = Fastify({ forceCloseConnections: true });
  serve(own);
  const { port } = config.metrics;
  await own.listen({ host: config.host, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new ConfigError('METRICS_PORT', `${port} is taken by another program.`, 'Set METRICS_PORT to a free one.');
  });
  return own;
}
