import type { FailureReason } from '../../grants/failure-reason.js';

/** The states of somebody who holds, or held, a slot. */
export const WITH_GRANT = ['PENDING', 'SUCCESS', 'FAILED', 'REVOKED', 'REVERSED'] as const;

/** The states of somebody who never got a slot. */
export const WITHOUT_GRANT = ['WAITING', 'ENDED', 'LEFT'] as const;

export const PERSON_STATUSES = [...WITH_GRANT, ...WITHOUT_GRANT] as const;

/** Everybody who has claimed is in exactly one of these states. */
export type PersonStatus = (typeof PERSON_STATUSES)[number];

/** Somebody who has claimed, and what became of it. */
export interface Person {
  readonly userId: string;
  readonly status: PersonStatus;
  readonly arrivalNo: number;
  /** When the claim was taken, by the gate's clock. */
  readonly createdAt: Date;
  /** When the status last changed. */
  readonly updatedAt: Date;
  /** The slot; null for whoever never got one. */
  readonly grantSeq: number | null;
  /** When the slot came to this person in the line; null for whoever never waited, or was not promoted. */
  readonly promotedAt: Date | null;
  /** Who held the slot right before; null when nobody did. */
  readonly slotFrom: EarlierHolder | null;
  readonly failureReason: FailureReason | null;
  readonly paidAt: Date | null;
  /** What the payment is called where it was made: at the provider, or in the ledger. */
  readonly payoutReference: string | null;
}

/** Somebody whose grant failed, and whose slot was passed on. */
export interface EarlierHolder {
  readonly userId: string;
  readonly arrivalNo: number;
}

/** Which people a report has. What is missing does not matter. */
export interface PeopleFilter {
  readonly status?: readonly PersonStatus[];
  readonly userId?: string;
  /** The slot: everybody who holds it, or held it. */
  readonly grantSeq?: number;
  /** The first and the last arrival number. */
  readonly arrivalFrom?: number;
  readonly arrivalTo?: number;
  /** Claimed at this time or later, and before that one. RFC 3339. */
  readonly createdFrom?: string;
  readonly createdBefore?: string;
}
