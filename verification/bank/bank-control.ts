import { request } from 'undici';
import type { BankState } from './control-routes.js';
import type { PlannedFault } from './fault-source.js';
import type { Fault } from './fault-kinds.js';
import type { Odds } from './odds.js';
import type { Transfer } from './transfer.js';

/** The bank's control endpoint refused a request. The message holds its answer. */
export class BankControlError extends Error {
  override readonly name = 'BankControlError';
}

/** The bank's control endpoint, for tests and tools. Every method throws a BankControlError if the bank refuses. */
export class BankControl {
  constructor(
    private readonly url: string,
    private readonly secret: string,
  ) {}

  /** Replaces all odds. Odds that are not named return to their default (no faults). */
  setOdds(odds: Partial<Odds>): Promise<Odds> {
    return this.ask('PUT', 'odds', odds);
  }

  odds(): Promise<Odds> {
    return this.ask('GET', 'odds');
  }

  /** Plans a fault for the next occasions of a user or a key. Plans take precedence over odds. */
  planFault(
    whom: { readonly userId: string } | { readonly idempotencyKey: string },
    fault: Fault,
    times = 1,
  ): Promise<PlannedFault> {
    return this.ask('POST', 'fail', { ...whom, fault, times });
  }

  /** Reverses a settled transfer. */
  reverse(idempotencyKey: string): Promise<Transfer> {
    return this.ask('POST', 'reversals', { idempotencyKey });
  }

  /** @param url null turns webhooks off */
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
      reset: true, // a kept connection would be dead after the bank was killed
    });
    const text = await answer.text();
    if (statusCode >= 300)
      throw new BankControlError(`${method} ${what} was answered ${statusCode}: ${text}`);
    return JSON.parse(text) as Answer;
  }
}
