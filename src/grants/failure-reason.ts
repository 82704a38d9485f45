/**
 * Why a user was not paid, or lost what was paid: a closed list, since programs branch on it. An operator's own words
 * and a provider's are for operators only.
 *
 * - wallet-closed: the ledger, or the provider in this very word, says that the user's wallet takes no money
 * - rejected-by-provider: the provider rejected the payout for any other reason
 * - rejected-by-operator: an operator decided that a payout in doubt was not made (P7)
 * - revoked: an operator took the grant back before anything was sent (R25)
 * - reversed: the payout was made, and its money came back later
 */
export const FAILURE_REASONS = [
  'wallet-closed',
  'rejected-by-provider',
  'rejected-by-operator',
  'revoked',
  'reversed',
] as const;

export type FailureReason = (typeof FAILURE_REASONS)[number];

/** What `payouts` holds of a payout that has come to its end; all null while there is none. */
export interface EndedPayout {
  readonly payoutState: 'SETTLED' | 'REJECTED' | 'REVERSED' | 'REVOKED' | null;
  /** The transfer's id at whoever paid or rejected; null when nobody but an operator ended the payout. */
  readonly payoutReference: string | null;
  /** `last_error`: of a rejection, a short word of whoever rejected, or an operator's sentence. */
  readonly payoutError: string | null;
}

/** Null while there is no failure to explain. */
export function failureReason(payout: EndedPayout): FailureReason | null {
  switch (payout.payoutState) {
    case 'REJECTED':
      // Each rejection by the ledger or a provider names its transfer; an operator's decision has none.
      if (payout.payoutReference === null) return 'rejected-by-operator';
      return payout.payoutError === 'wallet-closed' ? 'wallet-closed' : 'rejected-by-provider';
    case 'REVOKED':
      return 'revoked';
    case 'REVERSED':
      return 'reversed';
    case 'SETTLED':
    case null:
      return null;
  }
}
