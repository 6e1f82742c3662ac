import { type Context, context, propagation, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
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
    // A collector that is gone loses its last spans, and is no reason for the gateway to end badly.
    shutdown: () => provider.shutdown().catch(() => {}),
  };
}

function startOperation(tracer: Tracer, parent: Context): OperationTrace {
  const span = tracer.startSpan('graphql.operation', { kind: SpanKind.SERVER }, parent);
  const own = trace.setSpan(parent, span);
  return {
    startCall() {
      const call = tracer.startSpan('upstream.lookup', { kind: SpanKind.CLIENT }, own);
      const headers: Record<string, string> = {};
      propagation.inject(trace.setSpan(own, call), headers);
      return {
        headers,
        end({ status, outcome }) {
          if (status !== undefined) call.setAttribute('http.response.status_code', status);
          call.setAttribute('gateway.outcome', outcome);
          if (outcome !== 'OK') call.setStatus({ code: SpanStatusCode.ERROR });
          call.end();
        },
      };
    },
    end({ requestId, caller, clientName, operationName, outcome, stats }) {
      span.setAttributes({
        'gateway.request_id': requestId,
        'gateway.caller': caller,
        'gateway.outcome': outcome,
        'gateway.upstream_calls': stats.made,
        ...(clientName !== undefined && { 'graphql.client.name': clientName }),
        ...(operationName !== undefined && { 'graphql.operation.name': operationName }),
      });
      if (outcome !== 'OK') span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}
