import type { FloodStep } from './generator-messages.js';
import { summedUp } from './latencies.js';

const servedStatuses = [200, 202, 409];

/** Counts the outcomes of the claims sent during one rate. */
export class FloodRecord {
  sent = 0;
  private served = 0;
  private shed = 0;
  private shedWithoutRetryAfter = 0;
  private failed = 0;
  private why: string | undefined;
  private readonly servedMs: number[] = [];
  private readonly shedMs: number[] = [];

  /** @param planned the number of claims to send */
  constructor(private readonly planned: number) {}

  /** @param ms undefined if it would include opening the connection */
  answered(status: number, retryAfter: string | string[] | undefined, ms: number | undefined): void {
    if (servedStatuses.includes(status)) {
      this.served++;
      if (ms !== undefined) this.servedMs.push(ms);
    } else if (status === 503) {
      this.shed++;
      if (ms !== undefined) this.shedMs.push(ms);
      if (!(Number(retryAfter) > 0)) this.shedWithoutRetryAfter++;
    } else this.unanswered(`status ${status}`);
  }

  /** @param why a description; the first of a step is reported */
  unanswered(why: string): void {
    this.failed++;
    this.why ??= why;
  }

  get step(): FloodStep {
    const { planned, sent, served, shed, failed, why, shedWithoutRetryAfter } = this;
    return {
      ...{ planned, sent, served, shed, failed, why, shedWithoutRetryAfter },
      servedMs: summedUp(this.servedMs),
      shedMs: summedUp(this.shedMs),
    };
  }
}
