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

/** Only these fields: callers may pass a whole transfer or a request. */
const factsOf = <Facts extends FaultFacts>({
  id,
  idempotencyKey,
  campaignId,
  userId,
  amount,
  currency,
}: Facts): Pick<Facts, keyof FaultFacts> => ({ id, idempotencyKey, campaignId, userId, amount, currency });

/** The log and the book built from it. A line written to the log is applied to the book at once. */
export class Journal {
  readonly book = new TransferBook();

  constructor(private readonly log: BankLog) {
    for (const line of log.history) this.book.apply(line);
  }

  /** Writes the new state of a transfer. It must not be shown before it is durable. */
  write({ event, reason, bodySha256, ...transfer }: TransferEntry): BookedTransfer {
    this.book.apply(this.log.append({ event, ...factsOf(transfer), reason, bodySha256 }));
    const booked = this.book.get(transfer.id);
    if (!booked) throw new Error(`There is no transfer ${transfer.id} to write about.`);
    return booked;
  }

  /** Records a fault for the counts. Nothing waits for this line to be durable. */
  noteFault(fault: FaultKind, about: Partial<FaultFacts>): void {
    const facts = factsOf({ ...nothingKnown, ...about });
    this.book.apply(this.log.append({ event: 'fault', ...facts, reason: null, fault }));
  }

  /** Resolves with the transfer once it may be shown. */
  async durable({ transfer, seq }: BookedTransfer): Promise<Transfer> {
    await this.log.untilDurable(seq);
    return transfer;
  }

  /** Waits until every line written so far is durable. */
  async allDurable(): Promise<void> {
    await this.log.untilDurable(this.log.latestSeq);
  }
}
