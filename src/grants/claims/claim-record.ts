import type { EndedPayout } from '../failure-reason.js';
import type { GateClaim } from '../slots/gate-claim.js';
import type { GrantStatus } from '../user-grant.entity.js';

/** What the campaign of a claim pays to each user. Fixed when the campaign is created. */
export interface ClaimTerms {
  /** Minor units of `currency`. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** A claim as Postgres holds it: a grant with the end of its payout, or a place in the line. */
export interface ClaimRecord extends ClaimTerms, EndedPayout {
  readonly userId: string;
  readonly status: GrantStatus | 'WAITING' | 'ENDED' | 'LEFT';
  /** Null for a user who waits or waited. */
  readonly grantSeq: number | null;
  readonly arrivalNo: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** PENDING, and operators have to find out whether it was paid. */
  readonly isHeld: boolean;
  /**
   * Whether the slot would pass on if the money came back now: a provider was asked to pay, the policy is `regrant`,
   * and the campaign may still grant the slot again.
   */
  readonly isRegrantable: boolean;
}

/** Whether this claim will never get a slot: the campaign ended while its user waited, or the user left (R9, R25). */
export function isOut(status: ClaimRecord['status']): status is 'ENDED' | 'LEFT' {
  return status === 'ENDED' || status === 'LEFT';
}

/** Whether the status of this claim can never change again. */
export function isFinal({ status, payoutState, isRegrantable }: ClaimRecord): boolean {
  if (status === 'SUCCESS') return payoutState !== 'SETTLED' || !isRegrantable;
  return status !== 'PENDING' && status !== 'WAITING';
}

/** The record of a claim that the gate has decided and Postgres has just committed. */
export function recordOf(
  { userId, grantSeq, arrivalNo, createdAt }: GateClaim,
  { at, terms }: { readonly at: Date; readonly terms: ClaimTerms },
): ClaimRecord {
  return {
    userId,
    status: grantSeq === null ? 'WAITING' : 'PENDING',
    grantSeq,
    arrivalNo,
    createdAt: new Date(createdAt),
    updatedAt: grantSeq === null ? new Date(createdAt) : at,
    amount: terms.amount,
    currency: terms.currency,
    payoutState: null,
    payoutReference: null,
    payoutError: null,
    isHeld: false,
    isRegrantable: false,
  };
}
