import type { EntityManager } from 'typeorm';
import type { ChangeFeed } from '../../changes/change-feed.js';
import { rows } from '../../platform/postgres/rows.js';

/** The name under which webhooks read the feed. */
export const READER = 'webhooks';

/**
 * Begins with what is committed from now on: claims that were committed before are not told. A number of an event is
 * left out, so that a worker which told before notices: it, too, has to begin anew (`addUnnotedCampaigns`).
 * @param transaction that of the first endpoint
 */
export async function beginTelling(transaction: EntityManager, feed: ChangeFeed): Promise<void> {
  await feed.register(READER, transaction);
  await rows(
    transaction,
    `WITH begun AS (
       UPDATE webhook_progress SET last_event_no = last_event_no + 1 RETURNING is_one
     ) SELECT is_one FROM begun`,
  );
  await rows(
    transaction,
    `INSERT INTO webhook_campaigns (campaign_id, told_up_to)
     SELECT id, GREATEST((SELECT max(arrival_no) FROM user_grants WHERE campaign_id = campaigns.id),
                         (SELECT max(arrival_no) FROM waiting_entries WHERE campaign_id = campaigns.id), 0)
       FROM campaigns WHERE finished_at IS NULL
     RETURNING campaign_id`,
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
