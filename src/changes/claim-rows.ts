import type { EntityManager } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';
import type { Person } from './person.js';

export interface ClaimRow {
  readonly campaignId: string;
  readonly arrivalNo: number;
  readonly userId: string;
  readonly slot: number | null;
  readonly createdAtMs: number;
}

/**
 * The claims with arrival numbers above `after`, up to `upTo`, by campaign and arrival. A place that became a grant
 * later counts as a place in the line if its promotion was recorded; an entry that was committed together with its
 * grant does not, since nothing will tell of the promotion.
 */
export function readClaims(
  snapshot: EntityManager,
  windows: readonly { readonly campaignId: string; readonly after: number; readonly upTo: number }[],
): Promise<ClaimRow[]> {
  return rows(
    snapshot,
    `SELECT wanted.campaign_id AS "campaignId", claim.arrival_no::float8 AS "arrivalNo", claim.user_id::text AS "userId", slot,
            round(extract(epoch FROM created_at) * 1000)::float8 AS "createdAtMs"
       FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS wanted (campaign_id, after, up_to)
      CROSS JOIN LATERAL (
        SELECT entry.arrival_no, entry.user_id, entry.created_at,
               CASE WHEN promoted_at IS NULL THEN (SELECT grant_seq FROM user_grants taken
                                                    WHERE taken.campaign_id = entry.campaign_id AND taken.user_id = entry.user_id OFFSET 0)
               END AS slot
          FROM waiting_entries entry
         WHERE entry.campaign_id = wanted.campaign_id AND entry.arrival_no > wanted.after AND entry.arrival_no <= wanted.up_to
         UNION ALL
        SELECT direct.arrival_no, direct.user_id, direct.created_at, direct.grant_seq
          FROM user_grants direct
         WHERE direct.campaign_id = wanted.campaign_id AND direct.arrival_no > wanted.after AND direct.arrival_no <= wanted.up_to
           AND NOT EXISTS (SELECT FROM waiting_entries entry
                            WHERE entry.campaign_id = direct.campaign_id AND entry.user_id = direct.user_id OFFSET 0)
      ) AS claim
      ORDER BY 1, 2`,
    [
      windows.map(({ campaignId }) => campaignId),
      windows.map(({ after }) => after),
      windows.map(({ upTo }) => upTo),
    ],
  );
}

/**
 * The grants of people whose place in the line became one without anybody recording a promotion: entry and grant were
 * committed without seeing each other. In the order of the people; null for all others.
 */
export async function readUnrecordedPromotions(
  snapshot: EntityManager,
  people: readonly Person[],
): Promise<readonly (number | null)[]> {
  const found = await rows<{ slot: number | null }>(
    snapshot,
    `SELECT held.grant_seq AS slot
       FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS wanted (campaign_id, arrival_no, place)
       LEFT JOIN LATERAL (SELECT user_id FROM waiting_entries
                           WHERE campaign_id = wanted.campaign_id AND arrival_no = wanted.arrival_no AND promoted_at IS NULL
                          OFFSET 0) AS entry ON true
       LEFT JOIN LATERAL (SELECT grant_seq FROM user_grants
                           WHERE campaign_id = wanted.campaign_id AND user_id = entry.user_id OFFSET 0) AS held ON true
      ORDER BY place`,
    [people.map(({ campaignId }) => campaignId), people.map(({ arrivalNo }) => arrivalNo)],
  );
  return found.map(({ slot }) => slot);
}
