import type { BankProcess } from '../../verification/bank/bank-process.js';
import type { Transfer } from '../../verification/bank/transfer.js';
import { type Answer, send } from './http.js';

/** A caller of the bank as docs/payout-provider.md describes it; each call uses a connection of its own. */
export class BankCustomer {
  constructor(private readonly bank: Pick<BankProcess, 'url' | 'secret'>) {}

  static keyOf(userId: string, campaignId = 'spring-drop'): string {
    return `grant:${campaignId}:${userId}`;
  }

  static bodyFor(userId: string, campaignId = 'spring-drop'): string {
    return JSON.stringify({ campaignId, userId, amount: 10, currency: 'KRW' });
  }

  /** Asks the bank to pay 10 KRW to the user; rejects when the connection breaks. */
  pay(userId: string, campaignId = 'spring-drop'): Promise<Answer> {
    return this.post(BankCustomer.keyOf(userId, campaignId), BankCustomer.bodyFor(userId, campaignId));
  }

  post(key: string, body: string): Promise<Answer> {
    const headers = { ...this.authorization, 'Idempotency-Key': key, 'Content-Type': 'application/json' };
    return send(this.bank.url, { method: 'POST', path: '/transfers', headers, body });
  }

  get(path: string): Promise<Answer> {
    return send(this.bank.url, { path, headers: this.authorization });
  }

  lookUp(userId: string): Promise<Answer> {
    return this.get(`/transfers/${encodeURIComponent(BankCustomer.keyOf(userId))}`);
  }

  /** All transfers of a campaign, page by page. */
  async statement(limit = 1000, campaignId = 'spring-drop'): Promise<Transfer[]> {
    const transfers: Transfer[] = [];
    for (let after: string | null = ''; after !== null;) {
      const cursor = after ? `&after=${after}` : '';
      const { text } = await this.get(`/transfers?campaignId=${campaignId}&limit=${limit}${cursor}`);
      const page = JSON.parse(text) as { transfers: Transfer[]; next: string | null };
      transfers.push(...page.transfers);
      after = page.next;
    }
    return transfers;
  }

  private get authorization(): Record<string, string> {
    return { Authorization: `Bearer ${this.bank.secret}` };
  }
}

export const transferIn = ({ text }: Answer): Transfer => JSON.parse(text) as Transfer;
