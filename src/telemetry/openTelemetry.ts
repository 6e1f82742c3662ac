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
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { CallTrace } from '../upstream/client.ts';
import type { CallKind } from '../upstream/events.ts';
import type { OperationTrace, Tracing } from './tracing.ts';

/**
 * OpenTelemetry traces to the collector that the standard OTEL_EXPORTER_OTLP_* variables name: a span an operation, a
 * span an upstream call. Loaded where a collector is configured alone, since it costs start-up time and memory.
 */
export function createOpenTelemetry(): Tracing {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME ?? 'promotions-gateway' }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('promotions-gateway');
  return {
    // A client's tracestate is any text, so it goes no further.
    startOperation: ({ traceparent }) => startOperation(tracer, propagation.extract(context.active(), { traceparent })),
    startCall: (kind) => startCall(tracer, kind, ROOT_CONTEXT),
    // A collector that is gone loses its last spans, and is no reason for the gateway to end badly.
    shutdown: () => provider.shutdown().catch(() => {}),
  };
}

function startOperation(tracer: Tracer, parent: Context): OperationTrace {
  const span = tracer.startSpan('graphql.operation', { kind: SpanKind.SERVER }, parent);
  const own = trace.setSpan(parent, span);
  return {
    startCall: () => startCall(tracer, 'lookup', own),
    end({ requestId, caller, clientName, operationName, outcome, cause, stats }) {
      span.setAttributes({
        'gateway.request_id': requestId,
        'gateway.caller': caller,
        'gateway.outcome': outcome,
        'gateway.upstream_calls': stats.made,
        ...(clientName !== undefined && { 'graphql.client.name': clientName }),
        ...(operationName !== undefined && { 'graphql.operation.name': operationName }),
      });
      if (outcome !== 'OK') fail(span, cause ?? outcome);
      span.end();
    },
  };
}

const SPAN_NAMES: Readonly<Record<CallKind, string>> = {
  lookup: 'upstream.lookup',
  token: 'upstream.token',
  'key set': 'callers.key_set',
};

function startCall(tracer: Tracer, kind: CallKind, parent: Context): CallTrace {
  const call = tracer.startSpan(SPAN_NAMES[kind], { kind: SpanKind.CLIENT }, parent);
  const headers: Record<string, string> = {};
  propagation.inject(trace.setSpan(parent, call), headers);
  return {
    headers,
    end({ status, outcome, error }) {
      if (status !== undefined) call.setAttribute('http.response.status_code', status);
      call.setAttribute('gateway.outcome', outcome);
      if (error?.upstream?.requestId) call.setAttribute('upstream.request_id', error.upstream.requestId);
      if (outcome !== 'OK') fail(call, error?.cause ?? outcome);
      call.end();
    },
  };
}

/** `error.type` is OpenTelemetry's own name for why a span failed. */
function fail(span: Span, cause: string): void {
  span.setAttribute('error.type', cause);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
