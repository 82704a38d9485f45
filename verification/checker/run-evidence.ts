import { mayHaveGivenPlace, readToldPlace, saysPlace, saysSoldOut, type ToldPlace } from './answer.js';
import type { BankEvent } from './bank-log.js';
import type { BookedPlace, BooksSnapshot } from './books-snapshot.js';
import type { GateSnapshot } from './gate-snapshot.js';
import { grouped } from './grouped.js';
import type { Operation } from './history.js';
import type { Loss } from './loss.js';
import { grantKey, type MoneyRecord, witnessedMoney } from './money.js';

/** A user's operation that was answered. */
export type Answered = Operation & { readonly userId: string; readonly end: number; readonly status: number };

/** An answer that told a user their place. */
export interface Telling {
  readonly userId: string;
  readonly operation: Answered;
  readonly place: ToldPlace;
}

/** The records of a run. Plain data, read without any server. */
export interface RunRecords {
  /** Of any campaigns, in any order. */
  readonly history: readonly Operation[];
  readonly books: BooksSnapshot;
  /** Null if payouts are made in our own ledger. */
  readonly bank: readonly BankEvent[] | null;
  /** Null if there is no gate. */
  readonly gate: GateSnapshot | null;
  /** The periods in which faults of the run set the database back. */
  readonly losses?: readonly Loss[];
}

function isAnswered(operation: Operation): operation is Answered {
  return operation.userId !== null && operation.end !== null && operation.status !== null;
}

/** A run's records, and values derived from them that several statements need, computed once. */
export class RunEvidence {
  /** Of this campaign only, by start. */
  readonly operations: readonly Operation[];
  /** The operations of users that were answered, by start. */
  readonly answered: readonly Answered[];
  /** By end, without answers that may rest on rows that the database was permitted to lose. */
  readonly tellings: readonly Telling[];
  /** By user, each by end. */
  readonly tellingsOf: ReadonlyMap<string, readonly Telling[]>;
  /** By end, without answers that may rest on lost rows, given before the service had to notice the loss. */
  readonly soldOuts: readonly Answered[];
  readonly placeOf: ReadonlyMap<string, BookedPlace>;
  /** Users whose slot the database was permitted to lose: it has none for them, although they may be in line again. */
  readonly mayBeLost: ReadonlySet<string>;
  /** When each user first sent a claim that may have created a place. Refused claims did not. */
  readonly firstAsk: ReadonlyMap<string, number>;
  /** The records of the payouts' witness; null if it is not given. */
  readonly money: readonly MoneyRecord[] | null;
  /** The same without users of `mayBeLost`: nothing is left to compare their records with. */
  readonly accountedMoney: readonly MoneyRecord[] | null;
  /** Users whose money came back. */
  readonly reversed: ReadonlySet<string>;
  readonly books: BooksSnapshot;
  readonly bank: readonly BankEvent[] | null;
  readonly gate: GateSnapshot | null;
  readonly losses: readonly Loss[];

  constructor({ history, books, bank, gate, losses = [] }: RunRecords) {
    [this.books, this.bank, this.gate, this.losses] = [books, bank, gate, losses];
    const { campaignId } = books;
    this.operations = history
      .filter((operation) => operation.campaignId === campaignId)
      .sort((a, b) => a.start - b.start);
    this.answered = this.operations.filter(isAnswered);
    const byEnd = this.answered.toSorted((a, b) => a.end - b.end);
    this.tellings = byEnd
      .filter((operation) => saysPlace(operation) && !mayBeVoid(operation, losses))
      .flatMap((operation) => {
        const { userId, body } = operation;
        const place = readToldPlace(body, campaignId, userId);
        return place ? [{ userId, operation, place }] : [];
      });
    this.tellingsOf = grouped(this.tellings, ({ userId }) => userId);
    const untilNoticed = losses.map(({ from, noticed }) => ({ from, to: noticed }));
    this.soldOuts = byEnd.filter(
      (operation) => saysSoldOut(operation) && !mayBeVoid(operation, untilNoticed),
    );
    this.placeOf = new Map(books.places.map((place) => [place.userId, place]));
    this.firstAsk = firstAsks(this.operations);
    this.money = witnessedMoney(books, bank);
    this.mayBeLost = new Set(
      this.operations
        .filter((operation) => mayHaveGivenPlace(operation) && mayBeVoid(operation, losses))
        .flatMap(({ userId }) => (userId !== null && !this.placeOf.get(userId)?.grantSeq ? userId : [])),
    );
    this.accountedMoney = this.money?.filter(({ userId }) => !this.mayBeLost.has(userId)) ?? null;
    const returned = this.money?.filter(({ what }) => what === 'returned') ?? [];
    this.reversed = new Set(returned.map(({ userId }) => userId));
  }

  keyOf(userId: string): string {
    return grantKey(this.books.campaignId, userId);
  }
}

/** Whether an operation, answered or not, may rest on a transaction that a set-back database was permitted to lose. */
export function mayBeVoid(
  { start, end }: Pick<Operation, 'start' | 'end'>,
  losses: readonly Pick<Loss, 'from' | 'to'>[],
): boolean {
  return losses.some(({ from, to }) => start <= to && (end === null || end >= from));
}

/** @param operations by start */
function firstAsks(operations: readonly Operation[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const operation of operations) {
    const { userId, start } = operation;
    if (userId !== null && mayHaveGivenPlace(operation) && !first.has(userId)) first.set(userId, start);
  }
  return first;
}
