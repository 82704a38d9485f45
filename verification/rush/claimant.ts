import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'undici';
import { type Meaning, readClaimAnswer } from './claim-answer.js';
import type { LoadRecord } from './load-record.js';
import { retryPauseMs } from './retry-pause.js';

/** How long a user keeps asking: long enough to restart a service by hand. */
const patienceMs = 120_000;

interface Heard {
  readonly meaning: Meaning;
  readonly retryAfter: string | string[] | undefined;
}

/** Sends claims like a patient user: after a lost answer the outcome is unknown, so the user asks again. */
export class Claimant {
  private lastHeardAt = performance.now();

  constructor(
    private readonly pool: Pool,
    private readonly campaignId: string,
    private readonly record: LoadRecord,
  ) {}

  /** One user asks until there is a definite or an unexpected answer, or until the user gives up. */
  async ask(user: number, userId: string, token: string): Promise<void> {
    const askedAt = performance.now();
    this.record.ask(user, askedAt);
    for (let attempt = 1; ; attempt++) {
      const heard = await this.request(userId, token);
      const now = performance.now();
      if (heard?.meaning.kind === 'unexpected') return;
      if (heard?.meaning.kind === 'definite') {
        this.record.answer(user, heard.meaning.outcome, heard.meaning.place, askedAt, now);
        return;
      }
      // A service that was silent for this long is not expected to answer any more.
      if (now - askedAt > patienceMs || now - this.lastHeardAt > patienceMs) {
        this.record.giveUp();
        return;
      }
      this.record.retry(heard?.meaning.reason ?? 'connection');
      await sleep(retryPauseMs(attempt, heard?.retryAfter));
    }
  }

  /** Undefined if no answer came. */
  private async request(userId: string, token: string): Promise<Heard | undefined> {
    let status: number;
    let text: string;
    let retryAfter: string | string[] | undefined;
    try {
      const { statusCode, headers, body } = await this.pool.request({
        method: 'POST',
        path: `/v1/campaigns/${this.campaignId}/grants`,
        headers: { authorization: `Bearer ${token}` },
      });
      [status, text, retryAfter] = [statusCode, await body.text(), headers['retry-after']];
    } catch {
      return undefined;
    }
    this.lastHeardAt = performance.now();
    this.record.status(status);
    const meaning = readClaimAnswer(status, text, this.campaignId, userId);
    const isError =
      meaning.kind === 'unexpected' || (meaning.kind === 'retry' && meaning.reason === 'serverError');
    if (isError) this.record.surprise(`${status}: ${text.replaceAll(userId, '<user>').slice(0, 200)}`);
    return { meaning, retryAfter };
  }
}
