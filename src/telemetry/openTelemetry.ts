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
import { SPANS, type SpanAttributes } from './spanCatalogue.ts';
import { VERSION } from './version.ts';

/**
 * Sends OpenTelemetry traces to the collector that the standard OTEL_EXPORTER_OTLP_* variables name: a span for each
 * operation, with a child span for each call. Names and attributes follow the semantic conventions, and none holds an
 * identifier. OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are used. This file is loaded only if a collector is
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
  return {
    // A client's tracestate can be any text, so it is not passed on.
    startOperation: (method, { traceparent }) =>
      startOperation(tracer, upstream, method, propagation.extract(context.active(), { traceparent })),
    startCall: (kind, url) => startCall(tracer, serverAttributes(url), kind, ROOT_CONTEXT),
    // If the collector is gone, the last spans are lost, and the gateway still ends normally.
    shutdown: () => provider.shutdown().catch(() => {}),
  };
}

function startOperation(tracer: Tracer, upstream: ServerAttributes, method: string, parent: Context): OperationTrace {
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
  const { requestId, caller, clientName, operation, outcome, stats, status } = record;
  return {
    'gateway.request_id': requestId,
    'gateway.caller': caller,
    'gateway.outcome': outcome,
    'gateway.upstream_calls': stats.made,
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(clientName !== undefined && { 'graphql.client.name': clientName }),
    ...(operation !== undefined && {
      'graphql.operation.type': operation.type,
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
  const attributes: SpanAttributes<'operation' | CallKind> = { 'error.type': type };
  span.setAttributes(attributes).setStatus({ code: SpanStatusCode.ERROR });
}
