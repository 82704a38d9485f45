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
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Of its core, how much the generator used meanwhile: 0..1. */
  readonly coreShare: number;
  /** More answers than requests in the list: users were repeated, and their tokens not new any more. */
  readonly wrapped: boolean;
}

export type ToGenerator = { readonly kind: 'fire'; readonly jwtSecret: string; readonly volley: Volley };

export type FromGenerator = { readonly kind: 'hits'; readonly hits: Hits };
