import type { ToldPlace } from '../checker/answer.js';
import type { Answer, Load, Outcome, Progress, Retries } from './generator-messages.js';

const mostExamples = 10;

/** The generator's records. Times are passed as `performance.now()` and stored relative to the start. */
export class LoadRecord {
  private readonly startedAt = performance.now();
  private readonly startedAtEpochMs = Date.now();
  private readonly answers: Answer[] = [];
  private readonly firstAskedAt: Float64Array;
  private readonly firstOutcomes = new Map<number, Outcome>();
  private readonly counts: Record<Outcome, number> = { accepted: 0, waiting: 0, soldOut: 0 };
  private readonly retries: Retries = { unavailable: 0, tooManyRequests: 0, connection: 0, serverError: 0 };
  private readonly unexpectedExamples: string[] = [];
  private asked = 0;
  private unexpected = 0;
  private givenUp = 0;
  private status5xx = 0;

  constructor(users: number) {
    this.firstAskedAt = new Float64Array(users).fill(Number.NaN);
  }

  ask(user: number, now: number): void {
    this.asked++;
    if (Number.isNaN(this.firstAskedAt[user])) this.firstAskedAt[user] = now - this.startedAt;
  }

  answer(user: number, outcome: Outcome, place: ToldPlace | null, askedAt: number, answeredAt: number): void {
    this.answers.push({
      user,
      outcome,
      place,
      askedAt: askedAt - this.startedAt,
      answeredAt: answeredAt - this.startedAt,
    });
    if (this.firstOutcomes.has(user)) return;
    this.firstOutcomes.set(user, outcome);
    this.counts[outcome]++;
  }

  retry(reason: keyof Retries): void {
    this.retries[reason]++;
  }

  giveUp(): void {
    this.givenUp++;
  }

  /** Counts the status of an answer. */
  status(status: number): void {
    if (status >= 500) this.status5xx++;
  }

  /** @param words a description for the report, without token or user id */
  surprise(words: string): void {
    this.unexpected++;
    if (this.unexpectedExamples.length < mostExamples) this.unexpectedExamples.push(words);
  }

  progress(): Progress {
    const { unavailable, tooManyRequests, connection, serverError } = this.retries;
    return {
      asked: this.asked,
      ...this.counts,
      retries: unavailable + tooManyRequests + connection + serverError,
      errors: this.unexpected + this.givenUp,
    };
  }

  finish(): Load {
    const { startedAtEpochMs, answers, firstAskedAt, retries, status5xx, unexpected, unexpectedExamples } =
      this;
    return { startedAtEpochMs, answers, firstAskedAt, retries, status5xx, unexpected, unexpectedExamples };
  }
}
