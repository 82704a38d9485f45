import type { ToldPlace } from '../checker/answer.js';

/** The task of the generator. It mints the tokens, sends `ready`, and starts on `go`. */
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

/** A definite answer. Times are in ms since the first request, on the generator's clock. */
export interface Answer {
  /** An index into the crowd's `userIds`. */
  readonly user: number;
  readonly outcome: Outcome;
  /** Null when sold out. */
  readonly place: ToldPlace | null;
  /** When the ask was first sent; retries do not change it. */
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** Number of retries by reason. */
export interface Retries {
  /** 503. */
  unavailable: number;
  /** 429. */
  tooManyRequests: number;
  /** Refused, reset or silent connections: an answer, if any, is lost. */
  connection: number;
  /** Another 5xx: an error, and the outcome is unknown as well. */
  serverError: number;
}

export interface Progress {
  readonly asked: number;
  readonly accepted: number;
  readonly waiting: number;
  readonly soldOut: number;
  readonly retries: number;
  /** Unexpected answers and asks that were given up. */
  readonly errors: number;
}

/** Everything that the generator observed. */
export interface Load {
  /** The zero point of the other times, by `Date.now()`. */
  readonly startedAtEpochMs: number;
  readonly answers: readonly Answer[];
  /** When each user sent their first request, whatever its outcome; NaN for users who never did. */
  readonly firstAskedAt: Float64Array;
  readonly retries: Retries;
  /** All 5xx answers, including 503. */
  readonly status5xx: number;
  /** 5xx other than 503, unexpected statuses, malformed answers. */
  readonly unexpected: number;
  /** Descriptions of some of those. */
  readonly unexpectedExamples: readonly string[];
}

export type ToGenerator = Assignment | { readonly kind: 'go' };

export type FromGenerator =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly load: Load };
