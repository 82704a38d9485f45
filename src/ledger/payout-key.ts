/** The key of a grant's payout and of its ledger transaction: one per grant, the same for every attempt (P2). */
export function payoutKey(campaignId: string, userId: string): string {
  return `grant:${campaignId}:${userId}`;
}

/**
 * The same key as an SQL expression.
 * @param campaignId an SQL expression
 * @param userId an SQL expression
 */
export function payoutKeySql(campaignId: string, userId: string): string {
  return `'grant:' || ${campaignId} || ':' || ${userId}`;
}
