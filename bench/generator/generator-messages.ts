import type { Latencies } from './latencies.js';

/** One volley of requests: all of a kind, over a number of connections. */
export interface Volley {
  readonly method: 'GET' | 'POST';
  /** Scheme, host and port. */
  readonly origin: string;
  readonly path: string;
  readonly connections: number;
  /** Who asks: the users `first` … `first + count - 1`, each with a token of their own. */
  readonly users: { readonly first: number; readonly count: number };
  /** Share of the requests, 0..1, that repeat one of users who asked before: in this volley, or in `askedBefore`. */
  readonly repeaters: number;
  readonly askedBefore?: { readonly first: number; readonly count: number };
  /** Share of the requests, 0..1, whose token is signed wrongly. */
  readonly badTokens: number;
  /** Absent: every request is sent once. Else for so many seconds, from the start of the list again when it ends. */
  readonly seconds?: number;
}

/** What became of a volley. Times in ms; latencies leave out each connection's first request, which waits for it to open. */
export interface Hits {
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Requests that got no answer: time-outs and broken connections. */
  readonly errors: number;
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
  /** When the first request was sent, in ms since the epoch. */
  readonly startedAt: number;
  readonly latencyMs: Latencies;
  /** Of its core, how much the generator used meanwhile: 0..1. */
  readonly coreShare: number;
  /** More answers than requests in the list: users were repeated, and their tokens not new any more. */
  readonly wrapped: boolean;
}

/**
 * Claims that come at a rate of their own, whether or not those before have been answered: of users who are all different, each
 * over a connection that is idle.
 */
export interface Flood {
  readonly origin: string;
  readonly path: string;
  readonly firstUser: number;
  /**
   * Connections at most, of which a hundred are being opened at once. When all wait for an answer, or those are not open yet,
   * what should be sent then is not offered.
   */
  readonly connections: number;
  /** One rate after the other, without a pause, in requests per second. */
  readonly rates: readonly number[];
  /** How long each of them lasts. */
  readonly secondsEach: number;
}

/**
 * What became of the claims that were sent while one rate was on; what is not answered within 10 s has failed. Latencies leave out
 * each connection's first request, which waits for it to open.
 */
export interface FloodStep {
  /** What should have been sent. */
  readonly planned: number;
  readonly sent: number;
  /** 200, 202, 409. */
  readonly served: number;
  /** 503. */
  readonly shed: number;
  readonly shedWithoutRetryAfter: number;
  /** Without an answer, or with any other. */
  readonly failed: number;
  /** Of the first that failed. */
  readonly why: string | undefined;
  readonly servedMs: Latencies;
  readonly shedMs: Latencies;
}

export interface Flooded {
  /** When the first request was sent, in ms since the epoch. */
  readonly startedAt: number;
  readonly steps: readonly FloodStep[];
  /** Of its core, how much the generator used meanwhile: 0..1. */
  readonly coreShare: number;
}

export type ToGenerator =
  | { readonly kind: 'fire'; readonly jwtSecret: string; readonly volley: Volley }
  | { readonly kind: 'flood'; readonly jwtSecret: string; readonly flood: Flood };

export type FromGenerator =
  { readonly kind: 'hits'; readonly hits: Hits } | { readonly kind: 'flooded'; readonly flooded: Flooded };
