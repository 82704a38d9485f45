import type { GateClaim } from '../slots/gate-claim.js';
import type { GrantStatus } from '../grant-status.js';

/** A claim as Postgres holds it: a grant, or a place in the line. */
export interface ClaimRecord {
  readonly userId: string;
  readonly status: GrantStatus | 'WAITING' | 'ENDED' | 'LEFT';
  /** Null for a user who waits or waited. */
  readonly grantSeq: number | null;
  readonly arrivalNo: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Whether this claim will never get a slot: the campaign ended while its user waited, or the user left (R9, R25). */
export function isOut(status: ClaimRecord['status']): status is 'ENDED' | 'LEFT' {
  return status === 'ENDED' || status === 'LEFT';
}

/** The record of a claim that the gate has decided and Postgres has just committed. */
export function recordOf(
  { userId, grantSeq, arrivalNo, createdAt }: GateClaim,
  recordedAt: Date,
): ClaimRecord {
  return {
    userId,
    status: grantSeq === null ? 'WAITING' : 'PENDING',
    grantSeq,
    arrivalNo,
    createdAt: new Date(createdAt),
    updatedAt: grantSeq === null ? new Date(createdAt) : recordedAt,
  };
}
