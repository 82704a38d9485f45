import type { EntityManager } from 'typeorm';
import type { ChangeFeed } from '../../changes/change-feed.js';
import { rows } from '../../platform/postgres/rows.js';

/** The name under which webhooks read the feed. */
export const READER = 'webhooks';

/**
 * The newest arrivals of a campaign among which claims may be under way. The reaper completes, or gives up, whatever is
 * older than two leases, and no rush hands out so many numbers in that time.
 */
const NEWEST = 200_000;

/**
 * Begins with what is committed from now on: claims that were committed before are not told. Of the newest arrival
 * numbers, those that have no row yet are of claims under way: they are told once they have one. A number of an event
 * is left out, so that a worker which told before notices: it, too, has to begin anew (`addUnnotedCampaigns`). An
 * operator waits for this, so its cost does not grow with campaigns.
 * @param transaction that of the first endpoint
 */
export async function beginTelling(
  transaction: EntityManager,
  feed: ChangeFeed,
  newest = NEWEST,
): Promise<void> {
  await feed.register(READER, transaction);
  await rows(
    transaction,
    `WITH begun AS (
       UPDATE webhook_progress SET last_event_no = last_event_no + 1 RETURNING is_one
     ) SELECT is_one FROM begun`,
  );
  await rows(
    transaction,
    `INSERT INTO webhook_campaigns (campaign_id, told_up_to, missing)
     SELECT id, told.up_to, told.missing
       FROM campaigns
      CROSS JOIN LATERAL (
        SELECT COALESCE((SELECT rebuilt_up_to FROM campaign_epochs WHERE campaign_id = id ORDER BY epoch DESC LIMIT 1), 0) AS up_to
      ) AS lost
      CROSS JOIN LATERAL (
        SELECT GREATEST(lost.up_to, (SELECT max(arrival_no) FROM user_grants WHERE campaign_id = id) - $1::bigint,
                        (SELECT max(arrival_no) FROM waiting_entries WHERE campaign_id = id) - $1::bigint) AS up_to
      ) AS old
      CROSS JOIN LATERAL (
        SELECT max(arrival_no) AS up_to,
               COALESCE(range_agg(int8range(before, arrival_no, '()')) FILTER (WHERE arrival_no > before + 1), '{}') AS missing
          FROM (SELECT arrival_no, lag(arrival_no) OVER (ORDER BY arrival_no) AS before
                  FROM (SELECT old.up_to AS arrival_no
                        UNION ALL SELECT arrival_no FROM user_grants WHERE campaign_id = id AND arrival_no > old.up_to
                        UNION ALL SELECT arrival_no FROM waiting_entries WHERE campaign_id = id AND arrival_no > old.up_to) AS known
               ) AS numbered
      ) AS told
      WHERE finished_at IS NULL
     RETURNING campaign_id`,
    [newest],
  );
}

/**
 * The opposite, in the transaction that deletes the last endpoint. Events stay until they are too old: an endpoint that
 * comes later begins behind them.
 */
export async function endTelling(transaction: EntityManager, feed: ChangeFeed): Promise<void> {
  await feed.unregister(READER, transaction);
  await rows(
    transaction,
    `WITH gone AS (DELETE FROM webhook_campaigns RETURNING campaign_id) SELECT campaign_id FROM gone`,
  );
}

/**
 * Adds campaigns that were created by transactions that were under way when telling began: neither did the feed note
 * them, nor were they seen. Call it once those transactions are over.
 */
export async function addUnnotedCampaigns(transaction: EntityManager): Promise<void> {
  await rows(
    transaction,
    `INSERT INTO webhook_campaigns (campaign_id, told_up_to)
     SELECT id, 0 FROM campaigns WHERE finished_at IS NULL AND EXISTS (SELECT FROM webhook_endpoints)
     ON CONFLICT (campaign_id) DO NOTHING RETURNING campaign_id`,
  );
}
