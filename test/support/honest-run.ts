import type { BankEvent } from '../../verification/checker/bank-log.js';
import type {
  BookedPayout,
  BookedPlace,
  LedgerTransaction,
} from '../../verification/checker/books-snapshot.js';
import type { Operation } from '../../verification/checker/history.js';
import type { RunRecords } from '../../verification/checker/run-evidence.js';
import { SeededRandom } from '../../verification/rush/seeded-random.js';

export interface HonestRunOptions {
  readonly seed: number;
  readonly paysBy: 'ledger' | 'provider';
  readonly reversalPolicy: 'keep' | 'regrant';
}

type Mutable<T> = T extends bigint | string | number | boolean | null
  ? T
  : unknown extends T
    ? T
    : T extends ReadonlyMap<infer Key, infer Value>
      ? Map<Key, Mutable<Value>>
      : { -readonly [Name in keyof T]: Mutable<T[Name]> };

/** A run's records in a form that a test can break. */
export type MutableRecords = Mutable<RunRecords>;

type Place = Mutable<BookedPlace>;
/** Status and body. */
type Answer = [number, Record<string, unknown>];

const CAMPAIGN = 'simulated';
const CAPACITY = 6;
const WAITING_CAPACITY = 3;
const PEOPLE = 24;
const AMOUNT = 10n;
const CURRENCY = 'KRW';
const STARTED_AT = Date.parse('2026-11-22T09:00:00.000Z');

/** The shares of people whose payout is rejected, of claims whose answer gets lost, and of claims answered 503. */
const [UNPAYABLE, LOST, UNAVAILABLE] = [0.3, 0.1, 0.1];

/**
 * A small campaign as an honest service runs it, in one thread and on one clock: people ask, ask again, lose answers,
 * wait, are paid, are rejected; slots pass on; with a provider, one payout is reversed.
 */
class HonestRun {
  private readonly random: SeededRandom;
  private readonly events: { at: number; run: (at: number) => void }[] = [];
  private readonly history: Mutable<Operation>[] = [];
  private readonly places = new Map<string, Place>();
  private readonly line: Place[] = [];
  private readonly free = Array.from({ length: CAPACITY }, (_, i) => i + 1);
  private readonly bank: Mutable<BankEvent>[] = [];
  private readonly payouts: Mutable<BookedPayout>[] = [];
  private readonly ledger: Mutable<LedgerTransaction>[] = [];
  private hasReversed = false;

  constructor(private readonly options: HonestRunOptions) {
    this.random = new SeededRandom(options.seed);
    this.fund();
    this.recordOthers();
    for (let user = 1; user <= PEOPLE; user++) {
      for (let ask = 1 + this.random.below(2); ask > 0; ask--)
        this.ask(String(user), 'claim', this.random.fraction() * 400);
      this.ask(String(user), 'status', 200 + this.random.fraction() * 600);
    }
  }

  run(): MutableRecords {
    for (;;) {
      const next = this.events.sort((a, b) => b.at - a.at).pop();
      if (!next) break;
      next.run(next.at);
    }
    const places = [...this.places.values()].sort((a, b) => a.arrivalNo - b.arrivalNo);
    const states = {
      PENDING: 'PROCESSING',
      SUCCESS: 'SETTLED',
      FAILED: 'FAILED',
      WAITING: 'WAITING',
      ENDED: 'ENDED',
      LEFT: 'ENDED',
    };
    return {
      history: this.history,
      books: {
        ...{ campaignId: CAMPAIGN, capacity: CAPACITY, waitingCapacity: WAITING_CAPACITY },
        ...{
          amount: AMOUNT,
          currency: CURRENCY,
          isClosed: false,
          isSealed: false,
          isFinished: false,
          reversalPolicy: this.options.reversalPolicy,
        },
        ...{ places, payouts: this.payouts, payoutEvents: [], ledger: this.ledger, lastPaidAtEpochMs: null },
      },
      bank: this.options.paysBy === 'provider' ? this.bank : null,
      gate: {
        ...{
          processing: [],
          holders: new Map(),
          line: this.line.map(({ userId }) => userId),
          lineLeases: [],
        },
        claims: new Map(
          places.map(({ userId, arrivalNo, createdAtEpochMs, grantSeq, status }) => [
            userId,
            { userId, arrivalNo, createdAt: createdAtEpochMs, grantSeq, state: states[status] as 'SETTLED' },
          ]),
        ),
      },
    };
  }

  /** Adds what else a history may hold: requests of an administrator, who is no user, and of another campaign. */
  private recordOthers(): void {
    const answered = { client: 'c9', start: 1, end: 2, status: 200 };
    this.history.push(
      { ...answered, op: 'change-campaign', campaignId: CAMPAIGN, userId: null, body: {} },
      { ...answered, op: 'claim', campaignId: 'another', userId: '1', body: { arrivalNo: 77 } },
    );
  }

  private at(at: number, run: (at: number) => void): void {
    this.events.push({ at, run });
  }

  private soon(at: number): number {
    return at + 1 + this.random.fraction() * 30;
  }

  private ask(userId: string, op: 'claim' | 'status', start: number): void {
    const operation: Mutable<Operation> = {
      ...{ client: `c${this.random.below(4)}`, op, campaignId: CAMPAIGN, userId, start },
      ...{ end: null, status: null, body: null },
    };
    this.history.push(operation);
    const refused = this.random.fraction() < UNAVAILABLE;
    this.at(this.soon(start), (decidedAt) => {
      const [status, body]: Answer = refused
        ? [503, { code: 'unavailable' }]
        : this.answer(userId, op, decidedAt);
      const end = this.soon(decidedAt);
      const isLost = this.random.fraction() < LOST;
      if (!isLost) Object.assign(operation, { end, status, body });
      // A user who got no answer, or was turned away, asks again, but not for ever.
      const persists = op === 'claim' && (isLost || status >= 400) && start < 1_500;
      if (persists) this.ask(userId, 'claim', end + this.random.fraction() * 300);
    });
  }

  private answer(userId: string, op: string, at: number): Answer {
    const known = this.places.get(userId);
    if (known) return [200, this.view(known)];
    if (op === 'status') return [404, { code: 'not-found' }];
    const grantSeq = this.line.length === 0 ? (this.free.shift() ?? null) : null;
    if (grantSeq === null && this.line.length === WAITING_CAPACITY) return [409, { code: 'sold-out' }];
    const arrivalNo = this.places.size + 1;
    const place: Place = {
      ...{ userId, arrivalNo, createdAtEpochMs: STARTED_AT + Math.floor(at), grantSeq },
      ...{ status: grantSeq === null ? 'WAITING' : 'PENDING', walletIsClosed: false, cameBackLate: false },
      lineArrivalNo: grantSeq === null ? arrivalNo : null,
    };
    this.places.set(userId, place);
    if (grantSeq === null) this.line.push(place);
    else this.at(this.soon(at), (paidAt) => this.pay(place, paidAt));
    return [202, this.view(place)];
  }

  private view({ userId, status, grantSeq, arrivalNo, createdAtEpochMs }: Place): Record<string, unknown> {
    const createdAt = new Date(createdAtEpochMs).toISOString();
    return { campaignId: CAMPAIGN, userId, status, grantSeq, arrivalNo, createdAt };
  }

  private pay(place: Place, at: number): void {
    const { userId } = place;
    const idempotencyKey = `grant:${CAMPAIGN}:${userId}`;
    const isRejected = this.random.fraction() < UNPAYABLE;
    place.status = isRejected ? 'FAILED' : 'SUCCESS';
    const payout = { userId, idempotencyKey, state: isRejected ? 'REJECTED' : 'SETTLED' };
    this.payouts.push(payout);
    this.witness(isRejected ? 'rejected' : 'settled', idempotencyKey, userId);
    if (isRejected) {
      if (this.options.paysBy === 'ledger') this.enter(idempotencyKey, userId, 0n);
      this.passOn(place, at);
      return;
    }
    this.enter(idempotencyKey, userId, -AMOUNT);
    if (this.options.paysBy === 'provider' && !this.hasReversed) {
      this.hasReversed = true;
      this.at(this.soon(at) + 100, (reversedAt) => this.reverse(place, payout, reversedAt));
    }
  }

  private reverse(place: Place, payout: Mutable<BookedPayout>, at: number): void {
    const { userId, idempotencyKey } = payout;
    payout.state = 'REVERSED';
    this.witness('reversed', idempotencyKey, userId);
    this.enter(`reversal:${idempotencyKey}`, userId, AMOUNT);
    if (this.options.reversalPolicy === 'keep') return;
    place.status = 'FAILED';
    this.passOn(place, at);
  }

  private passOn({ grantSeq }: Place, at: number): void {
    const head = this.line.shift();
    if (!head) this.free.unshift(grantSeq ?? 0);
    else {
      Object.assign(head, { grantSeq, status: 'PENDING' });
      this.at(this.soon(at), (paidAt) => this.pay(head, paidAt));
    }
  }

  private witness(event: BankEvent['event'], idempotencyKey: string, userId: string): void {
    this.bank.push({
      ...{ seq: this.bank.length + 1, event, idempotencyKey, campaignId: CAMPAIGN, userId },
      ...{ amount: Number(AMOUNT), currency: CURRENCY },
      reason: event === 'rejected' ? 'account-closed' : null,
    });
  }

  private fund(): void {
    this.ledger.push({
      ...{ id: 1, idempotencyKey: `fund:${CAMPAIGN}`, outcome: 'SETTLED', reason: null },
      entries: [
        this.entry('TREASURY', null, -AMOUNT * BigInt(CAPACITY)),
        this.entry('CAMPAIGN', null, AMOUNT * BigInt(CAPACITY)),
      ],
    });
  }

  /** @param change change of the campaign's account; 0 for a rejection */
  private enter(idempotencyKey: string, userId: string, change: bigint): void {
    const isRejected = change === 0n;
    const other =
      this.options.paysBy === 'ledger'
        ? this.entry('WALLET', userId, -change)
        : this.entry('PROVIDER', null, -change);
    this.ledger.push({
      ...{ id: this.ledger.length + 1, idempotencyKey, outcome: isRejected ? 'REJECTED' : 'SETTLED' },
      ...{ reason: isRejected ? 'wallet-closed' : null },
      entries: isRejected ? [] : [this.entry('CAMPAIGN', null, change), other],
    });
  }

  private entry(kind: string, userId: string | null, amount: bigint): LedgerTransaction['entries'][number] {
    return { kind, campaignId: kind === 'CAMPAIGN' ? CAMPAIGN : null, userId, currency: CURRENCY, amount };
  }
}

/** The records of a run that kept every promise, determined by the options alone. */
export function honestRun(options: HonestRunOptions): MutableRecords {
  return new HonestRun(options).run();
}
