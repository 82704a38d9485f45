import type { Credential, Secrets } from './credentials.js';
import type { Latencies } from './latencies.js';

/** One volley of requests of one kind over several connections. */
export interface Volley {
  readonly method: 'GET' | 'POST';
  /** Scheme, host and port. */
  readonly origin: string;
  /** Of every request; a list is taken in turn. */
  readonly path: string | readonly string[];
  readonly connections: number;
  /** The users `first` … `first + count - 1`, each with a credential of their own. */
  readonly users: { readonly first: number; readonly count: number };
  /** How they prove who they are. Absent: by a bearer token. */
  readonly by?: Credential;
  /** Headers of each request besides that. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Share of requests, 0..1, from users who asked before: in this volley, or in `askedBefore`. */
  readonly repeaters: number;
  readonly askedBefore?: { readonly first: number; readonly count: number };
  /** Share of requests, 0..1, whose token has a wrong signature. */
  readonly badTokens: number;
  /** Absent: every request is sent once. Else the volley lasts this many seconds and repeats the list when it ends. */
  readonly seconds?: number;
}

/**
 * The results of a volley. Times are in ms. Latencies exclude each connection's first request, which waits for the
 * connection to open.
 */
export interface Hits {
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Requests without an answer: time-outs and broken connections. */
  readonly errors: number;
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
  /** When the first request was sent, in ms since the epoch. */
  readonly startedAt: number;
  /** The mean size of an answer, with its headers. */
  readonly bytesEach: number;
  readonly latencyMs: Latencies;
  /** The share of its core that the generator used: 0..1. */
  readonly coreShare: number;
  /**
   * Whether there were more answers than requests in the list, so that users repeated and their tokens were not new.
   */
  readonly wrapped: boolean;
}

/**
 * Claims at a fixed rate, independent of the answers to earlier ones (open loop). Each comes from a different user over
 * an idle connection.
 */
export interface Flood {
  readonly origin: string;
  readonly path: string;
  readonly firstUser: number;
  /**
   * Maximum number of connections; at most a hundred are opened at once. If all wait for an answer or are still
   * opening, the requests due then are not offered.
   */
  readonly connections: number;
  /** The rates in requests per second, one after the other without a pause. */
  readonly rates: readonly number[];
  /** The duration of each rate. */
  readonly secondsEach: number;
}

/**
 * The results of the claims sent during one rate. A claim without an answer within 10 s has failed. Latencies exclude
 * each connection's first request, which waits for the connection to open.
 */
export interface FloodStep {
  /** The number of claims that were due. */
  readonly planned: number;
  readonly sent: number;
  /** 200, 202, 409. */
  readonly served: number;
  /** 503. */
  readonly shed: number;
  readonly shedWithoutRetryAfter: number;
  /** No answer, or any other status. */
  readonly failed: number;
  /** The reason of the first failure. */
  readonly why: string | undefined;
  readonly servedMs: Latencies;
  readonly shedMs: Latencies;
}

export interface Flooded {
  /** When the first request was sent, in ms since the epoch. */
  readonly startedAt: number;
  readonly steps: readonly FloodStep[];
  /** The share of its core that the generator used: 0..1. */
  readonly coreShare: number;
}

/** Claim pages to keep open, each of a different user. */
export interface PagesOrder {
  readonly origin: string;
  /** Of the claims. */
  readonly path: string;
  readonly firstUser: number;
  readonly pages: number;
  /** Connections, kept open, that all pages share. */
  readonly connections: number;
}

/** What open pages were answered. */
export interface Looks {
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Requests without an answer. */
  readonly silent: number;
  readonly latencyMs: Latencies;
}

export type ToGenerator =
  | { readonly kind: 'fire'; readonly secrets: Secrets; readonly volley: Volley }
  | { readonly kind: 'flood'; readonly secrets: Secrets; readonly flood: Flood }
  | { readonly kind: 'claim-pages'; readonly secrets: Secrets; readonly order: PagesOrder }
  | { readonly kind: 'show-pages'; readonly secrets: Secrets }
  | { readonly kind: 'hide-pages'; readonly secrets: Secrets };

/** `looks` answers each message about pages: what they were answered since the message before. */
export type FromGenerator =
  | { readonly kind: 'hits'; readonly hits: Hits }
  | { readonly kind: 'flooded'; readonly flooded: Flooded }
  | { readonly kind: 'looks'; readonly looks: Looks };
