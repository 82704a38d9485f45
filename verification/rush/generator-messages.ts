import type { ToldPlace } from '../checker/answer.js';

/** To the generator: what it is to do. It mints the tokens, says `ready`, and begins when it is told `go`. */
export interface Assignment {
  readonly kind: 'assignment';
  readonly url: string;
  readonly campaignId: string;
  readonly jwtSecret: string;
  readonly connections: number;
  readonly userIds: readonly string[];
  /** Indices into `userIds`, in the order of asking. */
  readonly asks: readonly number[];
}

export type Outcome = 'accepted' | 'waiting' | 'soldOut';

/** A definite answer. Times are ms since the first request was sent, all by the generator's one clock. */
export interface Answer {
  /** An index into the crowd's `userIds`. */
  readonly user: number;
  readonly outcome: Outcome;
  /** Null when sold out. */
  readonly place: ToldPlace | null;
  /** When the ask was sent first; retries don't move it. */
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** How often an ask had to be repeated, by reason. */
export interface Retries {
  /** 503. */
  unavailable: number;
  /** 429. */
  tooManyRequests: number;
  /** Refused, reset or silent connections: the answer, if there was one, is lost. */
  connection: number;
  /** Another 5xx: an error, and the outcome is unknown all the same. */
  serverError: number;
}

export interface Progress {
  readonly asked: number;
  readonly accepted: number;
  readonly waiting: number;
  readonly soldOut: number;
  readonly retries: number;
  /** Answers that should not be, and asks that were given up. */
  readonly errors: number;
}

/** All that the generator saw. */
export interface Load {
  /** By `Date.now()`: the moment from which the other times count. */
  readonly startedAtEpochMs: number;
  readonly answers: readonly Answer[];
  /** When each user sent their first request, whatever came of it; NaN for who never did. */
  readonly firstAskedAt: Float64Array;
  readonly retries: Retries;
  /** All 5xx answers, 503 too. */
  readonly status5xx: number;
  /** 5xx other than 503, unexpected statuses, malformed answers. */
  readonly unexpected: number;
  /** Some of those, in words. */
  readonly unexpectedExamples: readonly string[];
}

export type ToGenerator = Assignment | { readonly kind: 'go' };

export type FromGenerator =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly load: Load };
