import type { EntityManager } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';
import { unavailable } from '../platform/problems/problem.js';

/**
 * Takes the campaign's turn, so that money comes back before or after a step towards the campaign's end, never during
 * one (R26). The slot is granted again if the policy says so and the line may still get it; the campaign is then no
 * longer at rest.
 */
export async function holdCampaign(
  transaction: EntityManager,
  campaignId: string,
): Promise<{ readonly regrants: boolean; readonly isFinished: boolean }> {
  await rows(transaction, `SELECT pg_advisory_xact_lock(hashtextextended('campaign:' || $1, 0))`, [
    campaignId,
  ]);
  const [campaign] = await rows<{ regrants: boolean; isFinished: boolean }>(
    transaction,
    `WITH regranting AS (
       UPDATE campaigns SET at_rest_since = NULL
        WHERE id = $1 AND reversal_policy = 'regrant' AND finished_at IS NULL AND (sealed_at IS NULL OR state = 'CLOSED')
       RETURNING id
     ) SELECT EXISTS (SELECT FROM regranting) AS regrants, finished_at IS NOT NULL AS "isFinished" FROM campaigns
        WHERE id = $1 AND archived_at IS NULL`,
    [campaignId],
  );
  if (!campaign) throw unavailable('The campaign is being archived.');
  return campaign;
}

/**
 * For a reversal that enters something before `payouts_reversed_need_a_look` writes this row. A campaign without it has
 * left the reapers for good, and the turn keeps other reversals from adding it.
 */
export async function lockUpkeep(transaction: EntityManager, campaignId: string): Promise<void> {
  await rows(transaction, `SELECT FROM campaign_upkeep WHERE campaign_id = $1 FOR UPDATE`, [campaignId]);
}
