import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/configError.ts';
import { logOperation, logUpstream } from '../telemetry/logLines.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { OperationRecord } from '../telemetry/operationRecord.ts';
import { NO_TRACING, type Tracing } from '../telemetry/tracing.ts';
import type { UpstreamEvents } from '../upstream/events.ts';

/** Log, metrics and traces of one gateway. Metrics and traces are loaded only if they are on. */
export type Telemetry = {
  readonly metrics: Metrics | undefined;
  readonly tracing: Tracing;
  readonly upstreamEvents: UpstreamEvents;
  /** Reports one request to /graphql that has ended. */
  operationEnded(record: OperationRecord): void;
  /** Serves /metrics, if it is on. @throws ConfigError for a metrics port that is taken. */
  serveMetrics(server: FastifyInstance): Promise<void>;
  /** Sends what has been collected, and ends. */
  close(): Promise<void>;
};

/** @param upstreamUrl what spans name as the server of a call */
export async function startTelemetry(config: Config, upstreamUrl: string, logger: Logger): Promise<Telemetry> {
  const metrics = await startMetrics(config);
  const tracing = await startTracing(config, upstreamUrl);
  let metricsServer: FastifyInstance | undefined;
  return {
    metrics,
    tracing,
    upstreamEvents: upstreamEvents(logger, metrics),
    operationEnded(record) {
      logOperation(logger, record);
      metrics?.operationEnded(record);
    },
    async serveMetrics(server) {
      if (metrics !== undefined) metricsServer = await serveMetrics(config, server, metrics);
    },
    async close() {
      await Promise.all([metricsServer?.close(), tracing.shutdown()]);
    },
  };
}

async function startMetrics({ metrics }: Config): Promise<Metrics | undefined> {
  if (metrics.kind === 'off') return undefined;
  const { createMetrics } = await import('../telemetry/metrics.ts');
  return createMetrics();
}

async function startTracing({ tracing }: Config, upstreamUrl: string): Promise<Tracing> {
  if (!tracing) return NO_TRACING;
  const { createOpenTelemetry } = await import('../telemetry/openTelemetry.ts');
  return createOpenTelemetry(upstreamUrl);
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
    limitZeroRefused: log.limitZeroRefused,
    ownTokenRefused: log.ownTokenRefused,
  };
}

/** At /metrics: beside the API, or on a port of their own; that server is returned. */
async function serveMetrics(config: Config, server: FastifyInstance, { registry }: Metrics) {
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
