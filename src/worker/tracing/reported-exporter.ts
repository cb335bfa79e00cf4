import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';

type Done = Parameters<SpanExporter['export']>[1];

/** ExportResultCode.SUCCESS of @opentelemetry/core. */
const success = 0;

/** An exporter that reports when exports begin to fail, and when they succeed again; the spans of a failed one are lost. */
export class ReportedExporter implements SpanExporter {
  private isFailing = false;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly onChange: (failure: unknown) => void,
  ) {}

  export(spans: ReadableSpan[], done: Done): void {
    this.exporter.export(spans, (result) => {
      const isFailure = Number(result.code) !== success;
      if (isFailure !== this.isFailing) this.onChange(isFailure ? result.error : null);
      this.isFailing = isFailure;
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }
}
