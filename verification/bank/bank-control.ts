import { request } from 'undici';
import type { BankState } from './control-desk.js';
import type { PlannedMisfortune } from './fate.js';
import type { Misfortune } from './fault-kinds.js';
import type { Odds } from './odds.js';
import type { Transfer } from './transfer.js';

/** The bank refused what it was asked by its control endpoint; the message says how. */
export class BankControlError extends Error {
  override readonly name = 'BankControlError';
}

/** The bank's control endpoint, for tests and tools. Every method throws a BankControlError when it is refused. */
export class BankControl {
  constructor(
    private readonly url: string,
    private readonly secret: string,
  ) {}

  /** Replaces all odds: what isn't named is good manners again. */
  setOdds(odds: Partial<Odds>): Promise<Odds> {
    return this.ask('PUT', 'odds', odds);
  }

  odds(): Promise<Odds> {
    return this.ask('GET', 'odds');
  }

  /** Plans a misfortune for the next occasions that a user, or a key, gives. Plans go before odds. */
  planFault(
    whom: { readonly userId: string } | { readonly idempotencyKey: string },
    fault: Misfortune,
    times = 1,
  ): Promise<PlannedMisfortune> {
    return this.ask('POST', 'fail', { ...whom, fault, times });
  }

  /** Takes the money of a settled transfer back. */
  reverse(idempotencyKey: string): Promise<Transfer> {
    return this.ask('POST', 'reversals', { idempotencyKey });
  }

  /** @param url null: no webhooks any more */
  setWebhookUrl(url: string | null): Promise<{ url: string | null }> {
    return this.ask('PUT', 'webhook-url', { url });
  }

  state(): Promise<BankState> {
    return this.ask('GET', 'state');
  }

  private async ask<Answer>(method: 'GET' | 'PUT' | 'POST', what: string, body?: object): Promise<Answer> {
    const { statusCode, body: answer } = await request(`${this.url}/control/${what}`, {
      method,
      headers: { Authorization: `Bearer ${this.secret}`, 'Content-Type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      reset: true, // a connection that is kept would be a dead one after the bank was killed
    });
    const text = await answer.text();
    if (statusCode >= 300)
      throw new BankControlError(`${method} ${what} was answered ${statusCode}: ${text}`);
    return JSON.parse(text) as Answer;
  }
}
