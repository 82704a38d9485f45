/**
 * Why somebody whose grant has failed, or whose money was taken back, has no money. The list is closed: words of
 * providers and sentences of operators stay with the payout (GET …/payouts/{userId}).
 *
 * - `wallet-closed`: the user's wallet takes no money; said by our ledger, or by a provider in this word
 * - `rejected-by-provider`: the payout was rejected for any other reason, or an operator confirmed that it was
 * - `revoked`: an operator took the grant back before anything was sent (R25)
 * - `reversed`: it was paid, and the money came back later
 */
export const FAILURE_REASONS = ['wallet-closed', 'rejected-by-provider', 'revoked', 'reversed'] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/**
 * @param payoutState the state of the grant's payout; null for none
 * @param lastError what is stored with it
 * @returns null for a payout that has not failed
 */
export function failureReasonOf(payoutState: string | null, lastError: string | null): FailureReason | null {
  switch (payoutState) {
    case 'REJECTED':
      return lastError === 'wallet-closed' ? lastError : 'rejected-by-provider';
    case 'REVOKED':
      return 'revoked';
    case 'REVERSED':
      return 'reversed';
    default:
      return null;
  }
}
