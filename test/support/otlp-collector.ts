import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it arrived, with the facts that it states. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly failed: boolean;
}

/** How the collector treats an export. A hanging one takes it and never answers. */
type Mood = 'takes' | 'refuses' | 'hangs';

/** A collector of traces: OTLP/HTTP in JSON, https://opentelemetry.io/docs/specs/otlp/. */
export class OtlpCollector {
  readonly spans: CollectedSpan[] = [];
  /** The attributes of the resources that sent something. */
  readonly resources: Readonly<Record<string, unknown>>[] = [];
  /** The bodies as they came. */
  readonly bodies: string[] = [];
  readonly headers: IncomingMessage['headers'][] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(mood: Mood = 'takes'): Promise<OtlpCollector> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const collector = new OtlpCollector(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => void collector.answer(mood, request, response));
    return collector;
  }

  named(name: string): CollectedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(mood: Mood, request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.bodies.push(body);
    this.headers.push(request.headers);
    if (mood === 'hangs') return;
    if (mood === 'refuses' || request.url !== '/v1/traces') {
      response.writeHead(400).end('{}');
      return;
    }
    for (const { resource, scopeSpans } of (JSON.parse(body) as Export).resourceSpans) {
      this.resources.push(valuesOf(resource.attributes));
      for (const { spans } of scopeSpans) this.spans.push(...spans.map(read));
    }
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
  }
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly KeyValue[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code: number };
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

const ERROR = 2;

function read({ attributes, links = [], status, ...span }: SentSpan): CollectedSpan {
  const { traceId, spanId, parentSpanId, name, kind } = span;
  return {
    ...{ traceId, spanId, name, kind, ...(parentSpanId === undefined ? {} : { parentSpanId }) },
    facts: valuesOf(attributes),
    links: links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })),
    failed: status.code === ERROR,
  };
}

function valuesOf(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
