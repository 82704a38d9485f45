/** The key of a grant's payout, and of its transaction: one per grant, always the same, whatever an attempt met with (P2). */
export function payoutKey(campaignId: string, userId: string): string {
  return `grant:${campaignId}:${userId}`;
}

/** The same, in SQL. @param campaignId and @param userId are expressions */
export function payoutKeySql(campaignId: string, userId: string): string {
  return `'grant:' || ${campaignId} || ':' || ${userId}`;
}
