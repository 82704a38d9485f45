import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { MicroCache } from '../../platform/http/micro-cache.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';

/** How long an answer is used, in ms. */
const KEPT_MS = 1_000;
const CAMPAIGNS_KEPT = 10_000;
const LOADS_AT_ONCE = 4;

/** A claim that has waited for so long to be published, in seconds, shows that the log is stopped or late. */
const LATE_AFTER_SECONDS = 30;

/** How the log stands with a campaign at a moment. */
export interface CampaignStanding {
  /** Whether its claims are being published: the log knows it, has not stopped it, and is not late with it. */
  readonly isKeptUp: boolean;
  /** When this was read, in ms since 1970 by Postgres' clock. */
  readonly at: number;
  /** Leaves under the published checkpoint. */
  readonly logSize: number;
  /** The verifier key that the log names for receipts; null before it names one. */
  readonly receiptKey: string | null;
}

/** Whether the log keeps up with a campaign. Read once a second at most, however many ask. */
@Injectable()
export class CampaignStandings {
  private readonly cache: MicroCache<CampaignStanding>;

  constructor(@InjectDataSource(READS) source: DataSource) {
    this.cache = new MicroCache({
      ttlMs: KEPT_MS,
      most: CAMPAIGNS_KEPT,
      mostLoads: LOADS_AT_ONCE,
      load: (campaignId) => read(source, campaignId),
    });
  }

  of(campaignId: string): Promise<CampaignStanding> {
    return this.cache.get(campaignId);
  }
}

async function read(source: DataSource, campaignId: string): Promise<CampaignStanding> {
  const [standing] = await rows<CampaignStanding>(source, STANDING, [campaignId, LATE_AFTER_SECONDS]);
  return standing ?? { isKeptUp: false, at: 0, logSize: 0, receiptKey: null };
}

/**
 * $1 campaign, $2 seconds. The first claim that is not under the published checkpoint tells how late the log is; both
 * places are found by their indexes, whatever has been published before. After a `restored` only what was said since
 * counts, and the numbers before it; finding it costs at most what was taken back. When a claim came to Postgres is
 * compared by Postgres' clock alone: `created_at` is by the gate's. A time that is still to come is from before that
 * clock was set back, and counts as late until it is published (R27).
 */
const STANDING = `
  WITH taken_back AS (
    SELECT log_index, split_part(leaf, ' ', 4)::bigint - 1 AS up_to FROM log_leaves
     WHERE campaign_id = $1 AND leaf LIKE 'v1 restored %' ORDER BY log_index DESC LIMIT 1
  ), published AS (
    SELECT GREATEST(0, (SELECT up_to FROM taken_back),
                    (SELECT arrival_no FROM log_leaves
                      WHERE campaign_id = $1 AND arrival_no IS NOT NULL AND log_index < checkpoint_size
                        AND log_index > COALESCE((SELECT log_index FROM taken_back), -1)
                      ORDER BY arrival_no DESC LIMIT 1)) AS up_to, checkpoint_size, log_leaf FROM log_state
  ), next AS (
    (SELECT updated_at AS recorded_at FROM user_grants, published
      WHERE campaign_id = $1 AND arrival_no > up_to ORDER BY arrival_no LIMIT 1)
    UNION ALL
    (SELECT recorded_at FROM waiting_entries, published WHERE campaign_id = $1 AND arrival_no > up_to ORDER BY arrival_no LIMIT 1)
  )
  SELECT published.checkpoint_size::float8 AS "logSize", floor(extract(epoch FROM now()) * 1000)::float8 AS at,
         split_part(published.log_leaf, ' ', 3) AS "receiptKey",
         EXISTS (SELECT FROM log_campaigns WHERE campaign_id = $1 AND standing IN ('open', 'ended'))
         AND NOT EXISTS (SELECT FROM next WHERE recorded_at
                          NOT BETWEEN clock_timestamp() - $2 * interval '1 second' AND clock_timestamp()) AS "isKeptUp"
    FROM published`;
