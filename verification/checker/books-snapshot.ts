/** A place in the order, as Postgres holds it. */
export interface BookedPlace {
  readonly userId: string;
  readonly arrivalNo: number;
  readonly createdAtEpochMs: number;
  /** Null if the user was only ever in the line. */
  readonly grantSeq: number | null;
  readonly status: 'PENDING' | 'SUCCESS' | 'FAILED' | 'WAITING' | 'ENDED' | 'LEFT';
  /** The user's arrival number in the line; null if the user was never in it. */
  readonly lineArrivalNo: number | null;
  readonly walletIsClosed: boolean;
  /** The money came back after the campaign was sealed: nobody gets the slot. */
  readonly cameBackLate: boolean;
}

export interface BookedPayout {
  readonly userId: string;
  readonly idempotencyKey: string;
  /** SENDING, IN_DOUBT, HELD: in progress; SETTLED, REJECTED, REVERSED, REVOKED: ended. */
  readonly state: string;
}

export interface PayoutEvent {
  readonly idempotencyKey: string;
  readonly event: string;
  /** Who decided it; null if it came from the provider. */
  readonly actor: string | null;
}

export interface LedgerEntry {
  readonly kind: string;
  readonly campaignId: string | null;
  readonly userId: string | null;
  readonly currency: string;
  /** Minor units; negative when it leaves an account. */
  readonly amount: bigint;
}

export interface LedgerTransaction {
  readonly id: number;
  readonly idempotencyKey: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly entries: readonly LedgerEntry[];
}

/** A campaign's rows in Postgres at one instant. */
export interface BooksSnapshot {
  readonly campaignId: string;
  readonly capacity: number;
  readonly waitingCapacity: number;
  /** Minor units, per person. */
  readonly amount: bigint;
  readonly currency: string;
  readonly isClosed: boolean;
  /** No slot becomes free any more: nobody enters the line, and returned money does not free a slot. */
  readonly isSealed: boolean;
  /** The campaign's gate is retired. */
  readonly isFinished: boolean;
  /** The effect of a reversed payout: its grant stays SUCCESS, or its slot goes to the next in line. */
  readonly reversalPolicy: 'keep' | 'regrant';
  /** In order of arrival. */
  readonly places: readonly BookedPlace[];
  /** When the last SUCCESS was set, by Postgres' clock; null if nobody is paid. */
  readonly lastPaidAtEpochMs: number | null;
  readonly payouts: readonly BookedPayout[];
  readonly payoutEvents: readonly PayoutEvent[];
  /** Transactions that touch the campaign's account or have a grant's key, in the order of the ledger. */
  readonly ledger: readonly LedgerTransaction[];
}

/** Whether the event is an operator's decision about a payout in doubt. */
export function isOperatorDecision({ event, actor }: PayoutEvent): boolean {
  return actor !== null && actor !== RECONCILIATION && (event === 'SETTLED' || event === 'REJECTED');
}

/** `npm run reconcile -- --apply` only applies the provider's own statement, so it is not a decision. */
const RECONCILIATION = 'reconcile';

/** Whether a provider across a network makes the payouts. Then its log is the witness, not our ledger. */
export function paysByProvider({ ledger }: BooksSnapshot): boolean {
  return ledger.some(({ entries }) => entries.some(({ kind }) => kind === 'PROVIDER'));
}
