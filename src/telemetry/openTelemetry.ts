import { AsyncLocalStorage } from 'node:async_hooks';
import { hash } from 'node:crypto';
import { tracingChannel } from 'node:diagnostics_channel';
import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { CallKind, CallTrace } from '../upstream/events.ts';
import type { OperationRecord, OperationTrace, Tracing } from './operationRecord.ts';
import { REDIS_SCRIPTS, SPANS, type SpanAttributes } from './spanCatalogue.ts';
import { VERSION } from './version.ts';

/**
 * Sends OpenTelemetry traces to the collector that the standard OTEL_EXPORTER_OTLP_* variables name: a span for each
 * operation, with a child span for each call and each Redis command. Names and attributes follow the semantic conventions, and
 * none holds an identifier. OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are used. This file is loaded only if a collector is
 * configured, since it costs start-up time and memory.
 * @param lookupUrl the endpoint of lookups
 */
export function createOpenTelemetry(lookupUrl: string): Tracing {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'promotions-gateway', 'service.version': VERSION }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('promotions-gateway', VERSION);
  const upstream = serverAttributes(lookupUrl);
  const operations: Operations = new AsyncLocalStorage();
  const stopRedis = traceRedis(tracer, operations);
  return {
    // A client's tracestate can be any text, so it is not passed on.
    startOperation: (method, { traceparent }) =>
      startOperation(tracer, operations, upstream, method, propagation.extract(context.active(), { traceparent })),
    startCall: (kind, url) => startCall(tracer, serverAttributes(url), kind, ROOT_CONTEXT),
    // If the collector is gone, the last spans are lost, and the gateway still ends normally.
    shutdown() {
      stopRedis();
      return provider.shutdown().catch(() => {});
    },
  };
}

/** The operation that code runs for: its span, in its context. */
type Operations = AsyncLocalStorage<Context>;

function startOperation(
  tracer: Tracer,
  operations: Operations,
  upstream: ServerAttributes,
  method: string,
  parent: Context,
): OperationTrace {
  const attributes: SpanAttributes<'operation'> = {
    'http.request.method': method,
    'http.route': '/graphql',
    'url.path': '/graphql',
    'url.scheme': 'http',
  };
  const span = tracer.startSpan(`${method} /graphql`, { kind: SpanKind.SERVER, attributes }, parent);
  const own = trace.setSpan(parent, span);
  return {
    traceId: span.spanContext().traceId,
    run: (next) => operations.run(own, next),
    startCall: () => startCall(tracer, upstream, 'lookup', own),
    end(record) {
      span.setAttributes(operationAttributes(record));
      // A server's span is an error only if the server failed, not if it refused a caller's mistake.
      if (SERVER_FAILURES.test(record.outcome)) fail(span, record.outcome);
      span.end();
    },
  };
}

function operationAttributes(record: OperationRecord): SpanAttributes<'operation'> {
  const { requestId, caller, clientName, operation, outcome, stats, cacheStats, status } = record;
  return {
    'gateway.request_id': requestId,
    'gateway.caller': caller,
    'gateway.outcome': outcome,
    'gateway.upstream_calls': stats.made,
    'gateway.cache.hits': cacheStats.hits,
    'gateway.cache.stale': cacheStats.stale,
    'gateway.cache.misses': cacheStats.misses,
    'gateway.cache.whole_response': cacheStats.wholeResponse,
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(clientName !== undefined && { 'graphql.client.name': clientName }),
    ...(operation !== undefined && {
      // The schema has nothing else.
      'graphql.operation.type': 'query',
      ...(operation.documentHash !== undefined && { 'graphql.document.hash': operation.documentHash }),
      ...(operation.name !== undefined && { 'graphql.operation.name': operation.name }),
    }),
  };
}

const METHODS: Readonly<Record<CallKind, string>> = { lookup: 'GET', token: 'POST', 'key set': 'GET' };

function startCall(tracer: Tracer, server: ServerAttributes, kind: CallKind, parent: Context): CallTrace {
  const [name] = SPANS[kind].names;
  const attributes: SpanAttributes<CallKind> = { 'http.request.method': METHODS[kind], ...server };
  const call = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
  const headers: Record<string, string> = {};
  propagation.inject(trace.setSpan(parent, call), headers);
  return {
    traceId: call.spanContext().traceId,
    headers,
    end({ status, outcome, error }) {
      const requestId = error?.upstream?.requestId;
      const ended: SpanAttributes<'lookup'> = {
        'gateway.outcome': outcome,
        ...(status !== undefined && { 'http.response.status_code': status }),
        ...(requestId !== undefined && { 'upstream.request_id': requestId }),
      };
      call.setAttributes(ended);
      if (outcome !== 'OK') fail(call, status === undefined || status < 400 ? outcome : String(status));
      call.end();
    },
  };
}

/** What ioredis publishes of a command. `args` are keys and values, but for the script of an EVALSHA or EVAL. */
type RedisCommand = {
  readonly command: string;
  readonly args: readonly string[];
  readonly serverAddress: string;
  readonly serverPort: number;
};

/** The names of the gateway's scripts, by their text and by its SHA-1. */
const SCRIPT_NAMES: ReadonlyMap<string | undefined, string> = new Map(
  Object.entries(REDIS_SCRIPTS).flatMap(([name, lua]) => [
    [lua, name],
    [hash('sha1', lua), name],
  ]),
);

/**
 * Makes a span of each command that an operation sends to Redis before it ends. Lookups of several operations may be one
 * command, which is then the first one's.
 * @returns ends it
 */
function traceRedis(tracer: Tracer, operations: Operations): () => void {
  const spans = new WeakMap<RedisCommand, Span>();
  const channel = tracingChannel<unknown, RedisCommand>('ioredis:command');
  const subscribers = {
    start(command: RedisCommand) {
      const operation = operations.getStore();
      if (operation === undefined || !trace.getSpan(operation)?.isRecording()) return;
      spans.set(command, startCommand(tracer, command, operation));
    },
    error(command: RedisCommand & { readonly error?: unknown }) {
      const span = spans.get(command);
      if (span !== undefined) failCommand(span, command.error);
    },
    asyncEnd: (command: RedisCommand) => spans.get(command)?.end(),
    end() {},
    asyncStart() {},
  };
  channel.subscribe(subscribers);
  return () => void channel.unsubscribe(subscribers);
}

function startCommand(tracer: Tracer, command: RedisCommand, parent: Context): Span {
  const operation = command.command.toUpperCase();
  const script = operation.startsWith('EVAL') ? SCRIPT_NAMES.get(command.args[0]) : undefined;
  const attributes: SpanAttributes<'redis'> = {
    'db.system.name': 'redis',
    'db.operation.name': operation,
    ...(script !== undefined && { 'db.stored_procedure.name': script }),
    'server.address': command.serverAddress,
    'server.port': command.serverPort,
  };
  const name = script === undefined ? operation : `${operation} ${script}`;
  return tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
}

/** Redis' own errors begin with a word in capitals. The others are ioredis's. */
function failCommand(span: Span, error: unknown): void {
  const { message, name } = error instanceof Error ? error : new Error();
  const [prefix] = /^[A-Z]{2,}\b/.exec(message) ?? [];
  const failed: SpanAttributes<'redis'> = prefix === undefined ? {} : { 'db.response.status_code': prefix };
  span.setAttributes(failed);
  fail(span, prefix ?? (message === 'Command timed out' ? 'timeout' : name));
}

/** The outcomes that are not a caller's mistake: the same as in the alert PromotionsGatewayErrorRatio. */
const SERVER_FAILURES =
  /^(UPSTREAM_(UNAVAILABLE|TIMEOUT|INVALID_RESPONSE|RATE_LIMITED|OVERLOADED)|OVERLOADED|AUTHENTICATION_UNAVAILABLE|INTERNAL_SERVER_ERROR)$/;

type ServerAttributes = Pick<SpanAttributes<CallKind>, 'server.address' | 'server.port' | 'url.full'>;

/** `url.full` is without the query, where identifiers are, and without the user and password of a URL. */
function serverAttributes(url: string): ServerAttributes {
  const { hostname, port, protocol, origin, pathname } = new URL(url);
  return {
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
    'url.full': origin + pathname,
  };
}

/** @param type a status or a code, of which there are few; the log has the cause */
function fail(span: Span, type: string): void {
  const attributes: SpanAttributes<'operation' | CallKind | 'redis'> = { 'error.type': type };
  span.setAttributes(attributes).setStatus({ code: SpanStatusCode.ERROR });
}
