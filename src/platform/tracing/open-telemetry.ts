import type { OnApplicationShutdown } from '@nestjs/common';
import {
  type Attributes,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { parseKeyPairsIntoRecord, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../config/environment.js';
import { ReportedExporter } from './reported-exporter.js';
import { type SpanName, SPANS } from './spans.js';
import { type Facts, type Origin, type SpanIds, Tracing } from './tracing.js';

/** Finished spans that wait to be exported; when there are more, new ones are lost. */
const MOST_WAITING = 2_048;
/** Spans in one export. Writing them as JSON holds up everything else in this process, so they are few. */
const EXPORTED_AT_ONCE = 64;
const EXPORT_EVERY_MS = 1_000;
/** For one export with all its repetitions. */
const EXPORT_TIMEOUT_MS = 5_000;
/** How long the end of the process waits for the last exports. */
const FLUSH_MS = 1_000;

/** Of a batch of hundreds, so many requests are linked to: the first. */
const MOST_LINKS = 64;
/** Longest text of a fact; an id of a campaign may be anything that fits into a path until it is looked for. */
const LONGEST_TEXT = 128;

const KINDS = {
  internal: SpanKind.INTERNAL,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
} as const;

const NO_IDS: SpanIds = {};

/** The work whose span is under way. Timers and connections that it has opened refer to this after its end. */
interface Scope {
  /** Undefined once the work has ended: what outlives it does not belong to it, and does not keep its span. */
  span: Span | undefined;
}

/**
 * Tracing by OpenTelemetry, sent to a collector as OTLP/HTTP in JSON. Nothing is registered globally, and nothing is
 * instrumented: only the work that the code names has spans.
 */
export class OpenTelemetry extends Tracing implements OnApplicationShutdown {
  readonly isOn = true;
  private readonly scopes = new AsyncLocalStorage<Scope>();
  private readonly context = new W3CTraceContextPropagator();
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;

  /** @param endpoint of the collector, without `/v1/traces` */
  constructor(environment: Readonly<Environment>, endpoint: string) {
    super();
    const { OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER_ARG, APP_ROLE } = environment;
    const exporter = new OTLPTraceExporter({
      url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
      headers: parseKeyPairsIntoRecord(OTEL_EXPORTER_OTLP_HEADERS),
      timeoutMillis: EXPORT_TIMEOUT_MS,
      concurrencyLimit: 1 + MOST_WAITING / EXPORTED_AT_ONCE, // at the end all that wait are exported at once
    });
    this.provider = new TracerProvider({
      resource: defaultResource()
        .merge(detectResources({ detectors: [envDetector] }))
        .merge(
          resourceFromAttributes({
            'service.name': OTEL_SERVICE_NAME,
            'service.instance.id': randomUUID(),
            'seonchak.role': APP_ROLE,
          }),
        ),
      // Parents are spans of this process alone, so this is a ratio of traces that begin here.
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(OTEL_TRACES_SAMPLER_ARG) }),
      spanLimits: { linkCountLimit: MOST_LINKS, attributeValueLengthLimit: LONGEST_TEXT },
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: new ReportedExporter(exporter),
          maxQueueSize: MOST_WAITING,
          maxExportBatchSize: EXPORTED_AT_ONCE,
          scheduledDelayMillis: EXPORT_EVERY_MS,
          exportTimeoutMillis: EXPORT_TIMEOUT_MS,
        }),
      ],
    });
    this.tracer = this.provider.getTracer('seonchak');
  }

  run<T>(
    name: SpanName,
    facts: Facts,
    work: () => Promise<T>,
    origins?: () => readonly Origin[],
  ): Promise<T> {
    const parent = this.span;
    const span = this.tracer.startSpan(
      name,
      { kind: KINDS[SPANS[name][0]], attributes: attributesOf(facts) },
      parent ? trace.setSpan(ROOT_CONTEXT, parent) : ROOT_CONTEXT,
    );
    if (origins && span.isRecording()) this.link(span, origins());
    const scope: Scope = { span };
    return this.scopes.run(scope, async () => {
      try {
        return await work();
      } catch (error) {
        span.setAttribute('error.type', kindOf(error));
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        scope.span = undefined;
        span.end();
      }
    });
  }

  note(facts: Facts): void {
    this.span?.setAttributes(attributesOf(facts));
  }

  get here(): Origin {
    const { span } = this;
    if (!span) return undefined;
    const carrier: { traceparent?: string } = {};
    this.context.inject(trace.setSpan(ROOT_CONTEXT, span), carrier, defaultTextMapSetter);
    return carrier.traceparent;
  }

  originOf({ traceparent }: IncomingHttpHeaders): Origin {
    return typeof traceparent === 'string' ? traceparent : undefined;
  }

  get ids(): SpanIds {
    const { span } = this;
    if (!span?.isRecording()) return NO_IDS;
    const { traceId, spanId } = span.spanContext();
    return { traceId, spanId };
  }

  /** What the collector has not taken by then is lost. */
  async onApplicationShutdown(): Promise<void> {
    const patience = new AbortController();
    const flushed = this.provider
      .shutdown()
      .catch(() => undefined) // the log has said it
      .finally(() => patience.abort());
    const givenUp = sleep(FLUSH_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([flushed, givenUp]);
  }

  private get span(): Span | undefined {
    return this.scopes.getStore()?.span;
  }

  private link(span: Span, origins: readonly Origin[]): void {
    let links = 0;
    for (const origin of origins) {
      const context = origin === undefined ? undefined : this.parse(origin);
      if (!context) continue;
      span.addLink({ context });
      if (++links === MOST_LINKS) return;
    }
  }

  private parse(traceparent: string): SpanContext | undefined {
    return trace.getSpanContext(this.context.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter));
  }
}

function attributesOf(facts: Facts): Attributes {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [`seonchak.${name}`, value]));
}

/** Never the message, which may quote what a user or a server said. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
