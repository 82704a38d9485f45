/** Where a copy of a log has the list of who may claim in a campaign (docs/transparency.md). */
export function listPath(campaign: string): string {
  return `eligible/${campaign}`;
}
