import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { BuildInfo, Metrics } from '../telemetry/metrics.ts';
import { NO_TRACING, type Tracing } from '../telemetry/operationRecord.ts';
import { type Reports, reportsTo } from '../telemetry/reports.ts';
import { VERSION } from '../telemetry/version.ts';
import { listen } from './listen.ts';

/** Log, metrics and traces of one gateway. Metrics and traces are loaded only if they are on. */
export type Telemetry = {
  readonly metrics: Metrics | undefined;
  readonly tracing: Tracing;
  readonly reports: Reports;
  /** Serves /metrics, if it is on. @throws ConfigError if its port cannot be used */
  serveMetrics(server: FastifyInstance): Promise<void>;
  /** Sends the remaining spans and stops. */
  close(): Promise<void>;
};

/** @param upstreamUrl the server in the spans of calls */
export async function startTelemetry(config: Config, upstreamUrl: string, logger: Logger): Promise<Telemetry> {
  const metrics = await startMetrics(config);
  const tracing = await startTracing(config.tracing, `${upstreamUrl}${config.lookup.path}`);
  const reports = reportsTo(logger, metrics, config.upstreamAuth.kind);
  let metricsServer: FastifyInstance | undefined;
  return {
    metrics,
    tracing,
    reports,
    async serveMetrics(server) {
      if (metrics !== undefined) metricsServer = await serveMetrics(config, server, metrics, reports.unhandledError);
    },
    async close() {
      await Promise.all([metricsServer?.close(), tracing.shutdown()]);
    },
  };
}

async function startMetrics(config: Config): Promise<Metrics | undefined> {
  if (config.metrics.kind === 'off') return undefined;
  const { createMetrics } = await import('../telemetry/metrics.ts');
  return createMetrics({
    buildInfo: buildInfo(config),
    requestsPerMinute: config.upstream.requestsPerMinute,
    cacheTtlMs: config.cache.kind === 'off' ? undefined : config.cache.ttlMs,
    clientCertificateEndsAt: config.network.tls?.client?.endsAt,
  });
}

function buildInfo(config: Config): BuildInfo {
  const sharedState = config.redis === undefined ? 'memory' : 'redis';
  return {
    version: VERSION,
    node: process.versions.node,
    upstream: config.upstreamUrl === undefined ? 'sandbox' : 'real',
    upstream_auth: config.upstreamAuth.kind,
    auth_mode: config.auth.mode,
    cache: config.cache.kind === 'off' ? 'off' : sharedState,
    shared_state: sharedState,
    trusted_documents: String(config.persistedOperations !== undefined),
  };
}

async function startTracing(tracing: boolean, lookupUrl: string): Promise<Tracing> {
  if (!tracing) return NO_TRACING;
  const { createOpenTelemetry } = await import('../telemetry/openTelemetry.ts');
  return createOpenTelemetry(lookupUrl);
}

/** How many connections a port of metrics may have. They are no connections of clients, and take few of the open files. */
const METRICS_CONNECTIONS = 8;

/** Serves /metrics on the API's port, or on its own port. Returns the server of its own port. */
async function serveMetrics(
  { host, metrics }: Pick<Config, 'host' | 'metrics'>,
  server: FastifyInstance,
  { registry }: Metrics,
  onUnhandledError: Reports['unhandledError'],
) {
  const serve = (instance: FastifyInstance) =>
    instance.get('/metrics', async (_, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  if (metrics.kind !== 'own-port') {
    serve(server);
    return undefined;
  }
  const own = Fastify({ forceCloseConnections: true });
  // Fastify's own response has the error's message, which may be private.
  own.setErrorHandler((error, _, reply) => {
    onUnhandledError(error);
    return reply.code(500).send();
  });
  serve(own);
  own.server.maxConnections = METRICS_CONNECTIONS;
  await listen(own, { host, port: metrics.port }, 'METRICS_PORT');
  return own;
}
