import type { LogLine, TransferLine } from './log-line.js';
import { type Transfer, type TransferState, transferStates } from './transfer.js';

/** A transfer and the bank's internal data about it. */
export interface BookedTransfer {
  readonly transfer: Transfer;
  /** Number of the line that set this state. The transfer may be shown when that line is durable. */
  readonly seq: number;
  readonly bodySha256: string;
}

export interface Page {
  readonly transfers: Transfer[];
  /** The id after which the next page begins; null on the last. */
  readonly next: string | null;
}

/** The state that the line sets, if any. */
const stateIn = (line: TransferLine): TransferState | undefined =>
  transferStates.find((state) => state === line.event);

/** The index of the first number above `limit` in an ascending list. */
function firstAbove(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** `tr_000001` -> 1; undefined for an invalid id. */
function numberOf(id: string): number | undefined {
  const digits = /^tr_(\d{6,15})$/.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** All transfers, built only from lines of the log; a restart applies the same lines again. */
export class TransferBook {
  private readonly byNumber: BookedTransfer[] = [];
  /** The latest transfer of each key. */
  private readonly numberByKey = new Map<string, number>();
  private readonly numbersByCampaign = new Map<string, number[]>();
  private readonly eventCounts = new Map<string, number>();
  private readonly faultCounts = new Map<string, number>();

  apply(line: LogLine): void {
    this.eventCounts.set(line.event, (this.eventCounts.get(line.event) ?? 0) + 1);
    if (line.event === 'fault') {
      this.faultCounts.set(line.fault, (this.faultCounts.get(line.fault) ?? 0) + 1);
      return;
    }
    const state = stateIn(line);
    if (state) this.book(line, state);
  }

  /** The id of the next new transfer. */
  nextId(): string {
    return `tr_${String(this.byNumber.length + 1).padStart(6, '0')}`;
  }

  latestOf(idempotencyKey: string): BookedTransfer | undefined {
    const number = this.numberByKey.get(idempotencyKey);
    return number === undefined ? undefined : this.byNumber[number - 1];
  }

  get(id: string): BookedTransfer | undefined {
    return this.byNumber[(numberOf(id) ?? 0) - 1];
  }

  /**
   * Transfers of a campaign in order of creation.
   * @returns undefined if `after` is not an id
   */
  page(campaignId: string, after: string | undefined, limit: number): Page | undefined {
    const last = after === undefined ? 0 : numberOf(after);
    if (last === undefined) return undefined;
    const numbers = this.numbersByCampaign.get(campaignId) ?? [];
    const start = firstAbove(numbers, last);
    const transfers = numbers
      .slice(start, start + limit)
      .flatMap((number) => this.byNumber[number - 1]?.transfer ?? []);
    const next = start + limit < numbers.length ? (transfers.at(-1)?.id ?? null) : null;
    return { transfers, next };
  }

  pending(): BookedTransfer[] {
    return this.byNumber.filter(({ transfer }) => transfer.state === 'pending');
  }

  countByState(): Record<TransferState, number> {
    const counts = { pending: 0, settled: 0, rejected: 0, reversed: 0 };
    for (const { transfer } of this.byNumber) counts[transfer.state]++;
    return counts;
  }

  /** Lines by event since the start of the log. */
  countByEvent(): Record<string, number> {
    return Object.fromEntries(this.eventCounts);
  }

  /** Faults by kind since the start of the log. */
  countByFault(): Record<string, number> {
    return Object.fromEntries(this.faultCounts);
  }

  private book(line: TransferLine, state: TransferState): void {
    const { id, idempotencyKey, campaignId, userId, amount, currency, reason, seq, bodySha256 } = line;
    const known = this.get(id)?.transfer;
    const createdAt = known?.createdAt ?? line.at;
    const transfer = { id, idempotencyKey, campaignId, userId, amount, currency, state, reason, createdAt };
    const number = numberOf(id) ?? 0;
    this.byNumber[number - 1] = { transfer, seq, bodySha256 };
    if (known) return;
    this.numberByKey.set(idempotencyKey, number);
    const numbers = this.numbersByCampaign.get(campaignId);
    if (numbers) numbers.push(number);
    else this.numbersByCampaign.set(campaignId, [number]);
  }
}
