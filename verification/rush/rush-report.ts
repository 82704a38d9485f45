import type { BooksSnapshot } from '../checker/books-snapshot.js';
import type { Crowd } from './crowd.js';
import type { Answer, Load, Outcome, Retries } from './generator-messages.js';
import type { RushOptions } from './rush-options.js';

/** In ms. */
export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/** The results of a rush. `--json` prints this. */
export interface RushReport {
  readonly campaignId: string;
  readonly seed: number;
  readonly capacity: number;
  readonly users: number;
  /** Users by their first definite answer: a slot, a place in the line, "sold out". */
  readonly accepted: number;
  readonly waiting: number;
  readonly soldOut: number;
  /** Grants after the drain: SUCCESS, FAILED, and promoted from the line. */
  readonly paid: number;
  readonly failed: number;
  readonly promoted: number;
  /** Users without a definite answer, 5xx answers other than 503, unexpected and malformed answers. */
  readonly errors: number;
  /** From the first request to the last first answer that gave a slot or a place in the line; null if none did. */
  readonly lastAcceptMs: number | null;
  /** From the first request to the last SUCCESS in Postgres, corrected for its clock's lead; null if nobody is paid. */
  readonly lastPayoutMs: number | null;
  /** From the first request of an ask to its definite answer, including retries. Repeated asks count. */
  readonly latencyMs: Readonly<Partial<Record<Outcome, Quantiles>>>;
  readonly requests: number;
  readonly retries: Readonly<Retries>;
  readonly status5xx: number;
  readonly unexpectedExamples: readonly string[];
  /** The largest resident sets; null if they are not visible to us. */
  readonly rssMb: { readonly api: number | null; readonly worker: number | null };
  readonly audit: { readonly ok: boolean; readonly violations: readonly string[] };
}

const outcomes: readonly Outcome[] = ['accepted', 'waiting', 'soldOut'];

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function quantiles(answers: readonly Answer[]): Quantiles {
  const sorted = Float64Array.from(answers, ({ askedAt, answeredAt }) => answeredAt - askedAt).sort();
  const at = (share: number): number => tenths(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
  return { p50: at(0.5), p99: at(0.99) };
}

function firstAnswers(answers: readonly Answer[]): Answer[] {
  const first = new Map<number, Answer>();
  for (const answer of answers) {
    const known = first.get(answer.user);
    if (!known || answer.answeredAt < known.answeredAt) first.set(answer.user, answer);
  }
  return [...first.values()];
}

/** The input of the report. */
export interface RushFindings {
  readonly campaignId: string;
  readonly options: RushOptions;
  readonly crowd: Crowd;
  readonly load: Load;
  readonly books: BooksSnapshot;
  /** How far Postgres' clock is ahead of ours. */
  readonly clockLeadMs: number;
  readonly rssMb: RushReport['rssMb'];
  readonly violations: readonly string[];
}

export function reportOn(findings: RushFindings): RushReport {
  const { campaignId, options, crowd, load, books, clockLeadMs, rssMb, violations } = findings;
  const { answers, retries, status5xx, unexpected, unexpectedExamples, startedAtEpochMs } = load;
  const first = firstAnswers(answers);
  const count = (outcome: Outcome): number => first.filter((answer) => answer.outcome === outcome).length;
  const accepts = answers.reduce((earliest, { user, place, answeredAt }) => {
    if (place) earliest.set(user, Math.min(earliest.get(user) ?? Infinity, answeredAt));
    return earliest;
  }, new Map<number, number>());
  const lastAccept = [...accepts.values()].reduce((latest, at) => Math.max(latest, at), 0);
  const { places, lastPaidAtEpochMs } = books;
  const latency = outcomes.flatMap((outcome) => {
    const own = answers.filter((answer) => answer.outcome === outcome);
    return own.length > 0 ? [[outcome, quantiles(own)] as const] : [];
  });
  return {
    campaignId,
    seed: options.seed,
    capacity: books.capacity,
    users: crowd.userIds.length,
    accepted: count('accepted'),
    waiting: count('waiting'),
    soldOut: count('soldOut'),
    paid: places.filter(({ status }) => status === 'SUCCESS').length,
    failed: places.filter(({ status }) => status === 'FAILED').length,
    promoted: places.filter(({ grantSeq, lineArrivalNo }) => grantSeq !== null && lineArrivalNo !== null)
      .length,
    errors: crowd.userIds.length - first.length + unexpected,
    lastAcceptMs: accepts.size > 0 ? Math.round(lastAccept) : null,
    lastPayoutMs:
      lastPaidAtEpochMs === null ? null : Math.round(lastPaidAtEpochMs - clockLeadMs - startedAtEpochMs),
    latencyMs: Object.fromEntries(latency),
    requests: answers.length,
    retries,
    status5xx,
    unexpectedExamples,
    rssMb,
    audit: { ok: violations.length === 0, violations },
  };
}
