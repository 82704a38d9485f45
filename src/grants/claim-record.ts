import type { GateClaim } from '../gate/gate-claim.js';
import type { GrantStatus } from './user-grant.entity.js';

/** A claim as Postgres holds it: a grant, or a place in the line. */
export interface ClaimRecord {
  readonly userId: string;
  readonly status: GrantStatus | 'WAITING' | 'ENDED';
  /** Null for who waits or waited. */
  readonly grantSeq: number | null;
  readonly arrivalNo: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What the gate has decided and Postgres has just been told, as it stands there. */
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
