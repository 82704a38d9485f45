/** The key of a grant's payout: one per grant, for ever the same, whatever an attempt met with (P2). */
export function payoutKey(campaignId: string, userId: string): string {
  return `grant:${campaignId}:${userId}`;
}
