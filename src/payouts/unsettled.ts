import type { DataSource } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';
import { notStopped } from './payout-stops.js';

/** Payouts of a campaign in one state that are counted at most. */
const MOST_COUNTED = 1_000;

/** What an unfinished campaign has that is neither paid nor failed. */
export interface Unsettled {
  readonly campaignId: string;
  /** At most 1,000, as `inDoubt`. */
  readonly held: number;
  readonly heldSince: Date | null;
  readonly inDoubt: number;
  readonly inDoubtSince: Date | null;
  /** Since when the first person has been unpaid, if longer than was asked; null also while payouts are stopped. */
  readonly unpaidSince: Date | null;
  /** The same as an age by Postgres' clock. */
  readonly unpaidSeconds: number | null;
}

interface Bounds {
  /** Of the campaigns that are not finished, those changed last. */
  readonly mostCampaigns: number;
  /** For how long somebody may wait for their money without being named. */
  readonly unpaidMs: number;
}

/** Campaigns with payouts HELD or in doubt, or with people who wait for their money. Bounded by two indexes. */
export function readUnsettled(on: DataSource, { mostCampaigns, unpaidMs }: Bounds): Promise<Unsettled[]> {
  return rows<Unsettled>(on, UNSETTLED, [mostCampaigns, MOST_COUNTED, unpaidMs]);
}

/** Conditions with literal states, so that the partial index is used. A payout in doubt is SENDING while looked up. */
export const IS_HELD = `state = 'HELD'`;
export const IS_IN_DOUBT = `state IN ('IN_DOUBT', 'SENDING') AND (state = 'IN_DOUBT' OR attempts > 1)`;

/** $2 how many at most. */
const counted = (those: string, since: string): string => `
  (SELECT count(*)::int AS count, min(since) AS since
     FROM (SELECT ${since} AS since FROM payouts
            WHERE campaign_id = looked_at.campaign_id AND ${those} LIMIT $2) AS counted)`;

const oneUnpaid = (campaign: string, begun: 'NULL' | 'NOT NULL'): string => `
  (SELECT updated_at FROM user_grants
    WHERE campaign_id = ${campaign} AND status = 'PENDING' AND begun_at IS ${begun}
    ORDER BY arrival_no LIMIT 1)`;

/**
 * Since when the first unpaid person of a campaign has had a slot, in SQL; null when everybody is paid. Two indexes
 * have them in order of arrival. By Postgres' clock: `created_at` is by the gate's, and the two must not be compared
 * (R27).
 */
export const unpaidSince = (campaign: string): string => `
  (SELECT min(updated_at) FROM (${oneUnpaid(campaign, 'NULL')} UNION ALL ${oneUnpaid(campaign, 'NOT NULL')}) AS first)`;

/**
 * How long ago that was, in SQL, in seconds. A time that is still to come is from before Postgres' clock was set back;
 * how long ago that was nobody knows, and its distance is shown rather than nothing.
 */
export const unpaidSeconds = (since: string): string =>
  `abs(extract(epoch FROM clock_timestamp() - ${since}))::float8`;

/**
 * $1 how many campaigns, $2 how many payouts of each are counted, $3 how long somebody may wait for their money (ms).
 * Campaigns that are finished have nothing that waits, and are not in `campaign_upkeep`.
 */
const UNSETTLED = `
  WITH looked_at AS (
    SELECT campaign_id FROM campaign_upkeep JOIN campaigns ON campaigns.id = campaign_upkeep.campaign_id
     ORDER BY campaigns.updated_at DESC LIMIT $1
  )
  SELECT looked_at.campaign_id AS "campaignId", held.count AS held, held.since AS "heldSince",
         in_doubt.count AS "inDoubt", in_doubt.since AS "inDoubtSince",
         unpaid.since AS "unpaidSince", ${unpaidSeconds('unpaid.since')} AS "unpaidSeconds"
    FROM looked_at
   CROSS JOIN LATERAL ${counted(IS_HELD, 'updated_at')} AS held
   CROSS JOIN LATERAL ${counted(IS_IN_DOUBT, 'first_sent_at')} AS in_doubt
    LEFT JOIN LATERAL (
      SELECT since FROM (SELECT ${unpaidSince('looked_at.campaign_id')} AS since OFFSET 0) AS first
       WHERE since NOT BETWEEN clock_timestamp() - $3 * interval '1 ms' AND clock_timestamp()) AS unpaid
      ON ${notStopped('looked_at.campaign_id')}
   WHERE held.count > 0 OR in_doubt.count > 0 OR unpaid.since IS NOT NULL`;
