/** A place in the order, as Postgres holds it. */
export interface BookedPlace {
  readonly userId: string;
  readonly arrivalNo: number;
  readonly createdAtEpochMs: number;
  /** Null for who only ever was in the line. */
  readonly grantSeq: number | null;
  readonly status: 'PENDING' | 'SUCCESS' | 'FAILED' | 'WAITING' | 'ENDED' | 'LEFT';
  /** The number that the line has for this user; null for who never was in it. */
  readonly lineArrivalNo: number | null;
  readonly walletIsClosed: boolean;
}

export interface BookedPayout {
  readonly userId: string;
  readonly idempotencyKey: string;
  /** SENDING, IN_DOUBT, HELD: under way; SETTLED, REJECTED, REVERSED, REVOKED: ended. */
  readonly state: string;
}

export interface PayoutEvent {
  readonly idempotencyKey: string;
  readonly event: string;
  /** Who decided it; null for what came of the provider's own word. */
  readonly actor: string | null;
}

export interface LedgerEntry {
  readonly kind: string;
  readonly campaignId: string | null;
  readonly userId: string | null;
  readonly currency: string;
  /** Minor units; what leaves an account is negative. */
  readonly amount: bigint;
}

export interface LedgerTransaction {
  readonly id: number;
  readonly idempotencyKey: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly entries: readonly LedgerEntry[];
}

/** What Postgres holds of a campaign, at one instant. */
export interface BooksSnapshot {
  readonly campaignId: string;
  readonly capacity: number;
  readonly waitingCapacity: number;
  /** Minor units, to each. */
  readonly amount: bigint;
  readonly currency: string;
  readonly isClosed: boolean;
  /** No slot comes free any more: the line takes nobody, and money that comes back frees nothing in an open campaign. */
  readonly isSealed: boolean;
  /** It has no gate any more. */
  readonly isFinished: boolean;
  /** What becomes of a grant whose payout is reversed: it stays SUCCESS, or its slot is the next one's. */
  readonly reversalPolicy: 'keep' | 'regrant';
  /** In order of arrival. */
  readonly places: readonly BookedPlace[];
  /** When the last SUCCESS was set, by Postgres' clock; null when nobody is paid. */
  readonly lastPaidAtEpochMs: number | null;
  readonly payouts: readonly BookedPayout[];
  readonly payoutEvents: readonly PayoutEvent[];
  /** Those that touch the campaign's account or bear a grant's key, in the order of the ledger. */
  readonly ledger: readonly LedgerTransaction[];
}

/** Whether an operator has decided this about a payout in doubt. */
export function isOperatorDecision({ event, actor }: PayoutEvent): boolean {
  return actor !== null && actor !== RECONCILIATION && (event === 'SETTLED' || event === 'REJECTED');
}

/** `npm run reconcile -- --apply` repeats what the provider's own statement says: no decision. */
const RECONCILIATION = 'reconcile';

/** Whether payouts are made by a provider across a network; its log is then the witness, and not our ledger. */
export function paysByProvider({ ledger }: BooksSnapshot): boolean {
  return ledger.some(({ entries }) => entries.some(({ kind }) => kind === 'PROVIDER'));
}
