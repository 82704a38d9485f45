import type { DataSource } from 'typeorm';
import { type PreparedStatement, preparedRows } from '../../platform/postgres/rows.js';
import type { ClaimRecord } from './claim-record.js';

/** A campaign in Postgres at the moment of a look-up; refusals by the gate are compared with it. */
export interface CampaignMoment {
  readonly epoch: string;
  readonly isPaused: boolean;
  readonly isClosed: boolean;
  /** R29. */
  readonly isFinished: boolean;
  /** R33: only people on a list may claim, and the list changes no more. */
  readonly hasFinalList: boolean;
  /** From then on its rows are only in its archive, whoever had claimed. */
  readonly archivedAt: Date | null;
  /** ms since 1970; null for none. */
  readonly opensAt: number | null;
}

/** What Postgres holds at one instant. */
export interface ClaimLookup {
  /** Null when there is no such campaign, or it was deleted. */
  readonly campaign: CampaignMoment | null;
  /** In no order; a user who is named twice is there twice. */
  readonly records: readonly ClaimRecord[];
}

type Row = CampaignMoment & (ClaimRecord | { readonly userId: null });

/** The campaign, and the claims of these users in it; users without a claim are missing. */
export async function lookUpClaims(
  source: DataSource,
  campaignId: string,
  userIds: readonly string[],
): Promise<ClaimLookup> {
  const found = await preparedRows<Row>(source, FIND, [campaignId, userIds]);
  const [first] = found;
  if (!first) return { campaign: null, records: [] };
  return { campaign: first, records: found.filter((row) => row.userId !== null) };
}

/**
 * $1 campaign, $2 users. A user who has a grant is no longer in the line, whatever their entry says (R8). Of the payout
 * of an open grant its user learns only whether operators decide it. Each user is looked up by key, and OFFSET 0
 * keeps the planner from changing that: `= ANY` reads the whole campaign while it is younger than the statistics
 * (docs/adr/0015).
 */
const FIND: PreparedStatement = {
  name: 'find-claims',
  text: `
  SELECT campaign.epoch, campaign.state = 'PAUSED' AS "isPaused",
         campaign.state = 'CLOSED' OR campaign.archived_at IS NOT NULL OR COALESCE(campaign.closes_at <= now(), false) AS "isClosed",
         campaign.finished_at IS NOT NULL AS "isFinished",
         campaign.archived_at AS "archivedAt",
         campaign.eligible_frozen_at IS NOT NULL AND campaign.archived_at IS NULL AS "hasFinalList",
         floor(extract(epoch FROM campaign.opens_at) * 1000)::float8 AS "opensAt",
         campaign.amount::float8 AS amount, campaign.currency, found.*,
         found."isByProvider" AND campaign.reversal_policy = 'regrant' AND campaign.finished_at IS NULL AS "isRegrantable"
    FROM campaigns campaign LEFT JOIN (
      SELECT found.* FROM unnest($2::bigint[]) AS wanted (user_id)
       CROSS JOIN LATERAL (
         SELECT held.user_id AS "userId", held.status, held.grant_seq AS "grantSeq", held.arrival_no::float8 AS "arrivalNo",
                held.created_at AS "createdAt", held.updated_at AS "updatedAt",
                payout.state AS "payoutState", payout.provider_reference AS "payoutReference",
                payout.last_error AS "payoutError", COALESCE(payout.is_by_provider, false) AS "isByProvider",
                held.status = 'PENDING' AND COALESCE((
                  SELECT state = 'HELD' FROM payouts WHERE campaign_id = $1 AND user_id = wanted.user_id OFFSET 0), false) AS "isHeld"
           FROM user_grants held LEFT JOIN LATERAL (
             SELECT state, provider_reference, last_error, request_body IS NOT NULL AS is_by_provider FROM payouts
              WHERE campaign_id = $1 AND user_id = wanted.user_id AND held.status <> 'PENDING' OFFSET 0) AS payout ON true
          WHERE held.campaign_id = $1 AND held.user_id = wanted.user_id OFFSET 0) AS found
      UNION ALL
      SELECT found.* FROM unnest($2::bigint[]) AS wanted (user_id)
       CROSS JOIN LATERAL (
         SELECT user_id, CASE WHEN ended_at IS NULL THEN 'WAITING' WHEN left_at IS NULL THEN 'ENDED' ELSE 'LEFT' END,
               NULL::int, arrival_no::float8,
                created_at, COALESCE(ended_at, created_at), NULL, NULL, NULL, false, false
           FROM waiting_line WHERE campaign_id = $1 AND user_id = wanted.user_id OFFSET 0) AS found
    ) AS found ON true
   WHERE campaign.id = $1 AND campaign.deleted_at IS NULL`,
};
