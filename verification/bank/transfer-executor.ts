import type { FaultSource } from './fault-source.js';
import type { Journal } from './journal.js';
import { Refusal } from './refusal.js';
import type { Transfer } from './transfer.js';
import type { BookedTransfer } from './transfer-book.js';
import type { TransferRequest } from './transfer-request.js';
import type { Webhooks } from './webhooks.js';

/** The result of a request. */
export interface Receipt {
  readonly transfer: Transfer;
  /** Whether this request made the transfer. */
  readonly isNew: boolean;
}

/** Moves the money: one outcome per key, as long as the key is remembered. */
export class TransferExecutor {
  constructor(
    private readonly journal: Journal,
    private readonly faultSource: FaultSource,
    private readonly webhooks: Webhooks,
    /** How long a key is remembered after its first request. */
    private readonly keyMemoryMs: number,
  ) {}

  /** Continues with transfers that were pending when the bank was killed. */
  resume(): void {
    for (const pending of this.journal.book.pending()) this.decideLater(pending);
  }

  /**
   * Executes a request, or returns its earlier result. Resolves when the result is durable. Of concurrent requests
   * under one key, the first is executed.
   * @throws Refusal with status 409 if the key came with another body before
   */
  async execute(request: TransferRequest): Promise<Receipt> {
    const known = this.journal.book.latestOf(request.idempotencyKey);
    if (known && this.remembers(known)) {
      if (known.bodySha256 !== request.bodySha256) await this.refuseOtherBody(known, request);
      return { transfer: await this.journal.durable(known), isNew: false };
    }
    if (known) this.forget(known);
    const made = this.make(request);
    const transfer = await this.journal.durable(made);
    this.tell(made);
    return { transfer, isNew: true };
  }

  /**
   * Reverses the transfer of a key.
   * @throws Refusal with status 404 or 409 if there is no settled transfer
   */
  async reverse(idempotencyKey: string): Promise<Transfer> {
    const known = this.journal.book.latestOf(idempotencyKey);
    if (!known) throw new Refusal(404, 'not-found');
    if (known.transfer.state !== 'settled') throw new Refusal(409, 'not-settled');
    return this.takeBack(known);
  }

  /** A rejection is final. Money that moved may move again once the key is forgotten. */
  private remembers({ transfer: { state, createdAt } }: BookedTransfer): boolean {
    if (state === 'rejected' || state === 'pending') return true;
    return Date.now() - Date.parse(createdAt) < this.keyMemoryMs;
  }

  private forget({ transfer, bodySha256 }: BookedTransfer): void {
    this.journal.write({ ...transfer, bodySha256, event: 'forgotten' });
  }

  private async refuseOtherBody(known: BookedTransfer, request: TransferRequest): Promise<never> {
    this.journal.write({ ...request, event: 'key-conflict', id: known.transfer.id, reason: null });
    await this.journal.allDurable();
    throw new Refusal(409, 'key-reused');
  }

  private make(request: TransferRequest): BookedTransfer {
    const id = this.journal.book.nextId();
    if (!this.faultSource.takes('pendingFirst', request)) return this.decide({ ...request, id });
    this.journal.noteFault('pendingFirst', { ...request, id });
    const pending = this.journal.write({ ...request, event: 'pending', id, reason: null });
    this.decideLater(pending);
    return pending;
  }

  private decideLater({ transfer, bodySha256 }: BookedTransfer): void {
    this.after(this.faultSource.odds.pendingMs, async () => {
      const decided = this.decide({ ...transfer, bodySha256 });
      await this.journal.durable(decided);
      this.tell(decided);
    });
  }

  private decide(request: TransferRequest & { id: string }): BookedTransfer {
    const reason = this.rejectionOf(request);
    const event = reason === null ? 'settled' : 'rejected';
    const decided = this.journal.write({ ...request, event, reason });
    if (event === 'settled' && this.faultSource.takes('reversal', request)) this.reverseLater(request.id);
    return decided;
  }

  private rejectionOf(request: TransferRequest): string | null {
    if (this.faultSource.odds.rejectUsers.includes(request.userId)) return 'account-closed';
    return this.faultSource.takes('reject', request) ? 'refused' : null;
  }

  private reverseLater(id: string): void {
    this.after(this.faultSource.odds.reversalDelayMs, async () => {
      const settled = this.journal.book.get(id);
      if (settled?.transfer.state === 'settled') await this.takeBack(settled);
    });
  }

  private async takeBack({ transfer, bodySha256 }: BookedTransfer): Promise<Transfer> {
    const reversed = this.journal.write({ ...transfer, bodySha256, event: 'reversed', reason: 'returned' });
    const durable = await this.journal.durable(reversed);
    this.tell(reversed);
    return durable;
  }

  private tell({ transfer, seq }: BookedTransfer): void {
    if (transfer.state === 'pending') return;
    // Numbered by the line of the log, so that ids stay unique across restarts.
    const id = `evt_${String(seq).padStart(6, '0')}`;
    this.webhooks.announce({ id, type: `transfer.${transfer.state}`, transfer });
  }

  private after(ms: number, act: () => Promise<void>): void {
    setTimeout(() => {
      void act(); // it fails only if the log fails, and then the bank ends
    }, ms).unref();
  }
}
