import type { ExportResult } from '@opentelemetry/core';
import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { EventLog } from '../logging/event-log.js';

/** How often the log says that spans are lost. */
const SAY_MS = 60_000;

/** Says when spans could not be exported: OpenTelemetry tells nobody. */
export class ReportedExporter implements SpanExporter {
  private readonly log = new EventLog('Tracing');
  private saidAt = -Infinity;

  constructor(private readonly exporter: SpanExporter) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.exporter.export(spans, (result) => {
      if (result.code !== ExportResultCode.SUCCESS) this.report(spans.length, result.error);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  private report(spans: number, error: Error | undefined): void {
    if (performance.now() - this.saidAt < SAY_MS) return;
    this.saidAt = performance.now();
    this.log.write('spans-not-exported', { spans, cause: String(error) });
  }
}
