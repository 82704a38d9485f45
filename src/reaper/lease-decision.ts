import type { ExpiredSlot } from '../grants/slots/gate-answers.js';
import { type ClaimRecord, isOut } from '../grants/claims/claim-record.js';

/**
 * What to do about an expired lease:
 * - `settle`: it was paid, the gate was not told
 * - `free`: the payout was rejected, or its holder was told that the campaign ended, or left; the gate was not told
 * - `ring`: it is still to be paid, and perhaps no process is working on it
 * - `roll-forward`: the gate has decided, and the process that asked died before the decision was durable
 * - `reclaim`: nobody holds it, neither in Postgres nor at the gate
 * - `distrust`: gate and Postgres contradict each other, so the gate is bad (R3)
 */
export type LeaseDecision = 'settle' | 'free' | 'ring' | 'roll-forward' | 'reclaim' | 'distrust';

/**
 * The reaper's decision table. Postgres decides.
 * @param record what Postgres holds of the user who holds the slot at the gate
 * @param slotIsLive whether some grant in Postgres holds this slot
 */
export function decideLease(
  { grantSeq, userId, claim }: ExpiredSlot,
  record: ClaimRecord | undefined,
  slotIsLive: boolean,
): LeaseDecision {
  if (userId !== '' && !claim) return 'distrust'; // R7
  if (!claim) return slotIsLive ? 'distrust' : 'reclaim';
  if (!record || record.status === 'WAITING') return slotIsLive ? 'distrust' : 'roll-forward';
  if (isOut(record.status)) return 'free';
  if (record.grantSeq !== grantSeq) return 'distrust'; // R8
  switch (record.status) {
    case 'SUCCESS':
      return 'settle';
    case 'FAILED':
      return 'free';
    case 'PENDING':
      return 'ring';
  }
}
