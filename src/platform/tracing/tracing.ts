import type { IncomingHttpHeaders } from 'node:http';
import type { SpanName } from './spans.js';

/**
 * What is said about a span, besides its name and its time. Never a user id, a token, an address or a path: a grant is
 * named by campaign and arrival number, as in the log.
 */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** A place in somebody's trace: a `traceparent` as W3C Trace Context defines it, not checked. Undefined: none. */
export type Origin = string | undefined;

/** The span under way, as log lines name it. */
export type SpanIds = { readonly traceId: string; readonly spanId: string } | Readonly<Record<string, never>>;

/**
 * Spans of this process's work, for an operator who wants to see where time went. Nothing depends on them: a span that
 * is lost changes nothing, and no work waits for one.
 */
export abstract class Tracing {
  /** Whether there are spans at all. */
  abstract readonly isOn: boolean;

  /**
   * Does the work in a span: a child of the span under way, or else the first of a new trace, for which a ratio of our
   * own decides whether it is recorded. The span ends with the work; if that fails, the span says so.
   * @param origins why there is this work: the span links to them. Asked for only if the span is recorded. They never
   *   become its parent, so a stranger decides neither what is recorded nor in which trace
   * @returns, and throws, what the work does
   */
  abstract run<T>(
    name: SpanName,
    facts: Facts,
    work: () => Promise<T>,
    origins?: () => readonly Origin[],
  ): Promise<T>;

  /** Says more about the span under way. */
  abstract note(facts: Facts): void;

  /** Where the span under way can be found, for whoever is called by this work. Undefined outside of spans. */
  abstract get here(): Origin;

  /** Where a request says that it comes from; undefined while tracing is off. */
  abstract originOf(headers: IncomingHttpHeaders): Origin;

  /** The ids of the span under way; none if it is not recorded. */
  abstract get ids(): SpanIds;
}
