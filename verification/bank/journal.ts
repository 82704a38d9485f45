import type { BankLog } from './bank-log.js';
import type { FaultKind } from './fault-kinds.js';
import type { FaultEntry, TransferEntry } from './log-line.js';
import type { Transfer } from './transfer.js';
import { type BookedTransfer, TransferBook } from './transfer-book.js';

type FaultFacts = Omit<FaultEntry, 'event' | 'fault' | 'reason'>;

const nothingKnown: FaultFacts = {
  id: null,
  idempotencyKey: null,
  campaignId: null,
  userId: null,
  amount: null,
  currency: null,
};

/** These and no others: whoever calls may have a whole transfer, or a request, at hand. */
const factsOf = <Facts extends FaultFacts>({
  id,
  idempotencyKey,
  campaignId,
  userId,
  amount,
  currency,
}: Facts): Pick<Facts, keyof FaultFacts> => ({ id, idempotencyKey, campaignId, userId, amount, currency });

/** The log and the book that is kept by it: what is written into one is at once in the other. */
export class Journal {
  readonly book = new TransferBook();

  constructor(private readonly log: BankLog) {
    for (const line of log.history) this.book.apply(line);
  }

  /** Writes what became of a transfer. Show it to nobody before it is durable. */
  write({ event, reason, bodySha256, ...transfer }: TransferEntry): BookedTransfer {
    this.book.apply(this.log.append({ event, ...factsOf(transfer), reason, bodySha256 }));
    const booked = this.book.get(transfer.id);
    if (!booked) throw new Error(`There is no transfer ${transfer.id} to write about.`);
    return booked;
  }

  /** Notes that a fault fires, for those who count; nobody waits for it to be durable. */
  noteFault(fault: FaultKind, about: Partial<FaultFacts>): void {
    const facts = factsOf({ ...nothingKnown, ...about });
    this.book.apply(this.log.append({ event: 'fault', ...facts, reason: null, fault }));
  }

  /** The transfer, as soon as it can be shown. */
  async durable({ transfer, seq }: BookedTransfer): Promise<Transfer> {
    await this.log.untilDurable(seq);
    return transfer;
  }

  /** Waits for all that has been written so far. */
  async allDurable(): Promise<void> {
    await this.log.untilDurable(this.log.latestSeq);
  }
}
