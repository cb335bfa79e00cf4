import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { ReportedExporter } from './reported-exporter.ts';

export interface Tracing {
  tracer: Tracer;
  /** Sends what is left, for at most some seconds. */
  close: () => Promise<void>;
}

const exportLimitMs = 5_000;

/** Traces that go to an OTLP/HTTP endpoint. `onChange`: exports begin to fail, or (null) succeed again. */
export function openTracing(url: string, onChange: (failure: unknown) => void): Tracing {
  const exporter = new ReportedExporter(new OTLPTraceExporter({ url, timeoutMillis: exportLimitMs }), onChange);
  const processor = new BatchSpanProcessor(exporter, { exportTimeoutMillis: exportLimitMs });
  const resource = resourceFromAttributes({ 'service.name': 'holdout-worker' });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  return {
    tracer: provider.getTracer('holdout'),
    close: () => provider.shutdown().catch(onChange),
  };
}
