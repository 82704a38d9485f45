import type { DataSource, EntityManager } from 'typeorm';
import { recordAct } from '../../platform/admin/record-act.js';
import type { Transfer } from '../by-provider/transfer-answer.js';
import { payoutKey } from '../../ledger/payout-key.js';
import { REQUEST_BODY } from '../request-body.js';
import { rows } from '../../platform/postgres/rows.js';
import type { ReadAt } from './comparison-sheet.js';

/** The comparison says nothing of what the set-back may have lost. */
export class SetBackMeanwhileError extends Error {
  override readonly name = 'SetBackMeanwhileError';
}

const DECIMAL = /^[1-9]\d{0,17}$/;

/**
 * R22: takes over a transfer that only the provider knows, as after a restore. If a grant waits to be paid, its payout
 * is in doubt from now on and ends like any other. The key is noted in any case: nothing is sent under it any more,
 * even if a look-up does not find it.
 * @returns whether there is such a grant
 */
export function takeOver(
  source: DataSource,
  campaignId: string,
  { idempotencyKey, userId }: Transfer,
  actor: string,
): Promise<boolean> {
  return source.transaction(async (transaction) => {
    const isOurs = DECIMAL.test(userId) && idempotencyKey === payoutKey(campaignId, userId);
    const isBegun = isOurs && (await begin(transaction, campaignId, userId, idempotencyKey, actor));
    if (isBegun) {
      const detail = { userId, state: 'IN_DOUBT' };
      await recordAct(transaction, { act: 'payout-reconciled', actor, campaignId, detail });
    }
    await rows(
      transaction,
      `INSERT INTO payouts_known_there (idempotency_key, campaign_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING found_at`,
      [idempotencyKey, campaignId],
    );
    return isBegun;
  });
}

/**
 * R22: records that everything in the provider's statement as of then is known here now.
 * @throws SetBackMeanwhileError
 */
export async function rememberComparison(
  source: DataSource,
  campaignId: string,
  { time, installationId }: ReadAt,
): Promise<void> {
  const recorded = await rows(
    source,
    `INSERT INTO campaign_reconciliations (campaign_id, compared_at, installation_id)
     SELECT $1, $2, id FROM installation WHERE id = $3
     ON CONFLICT (campaign_id) DO UPDATE SET (compared_at, installation_id) = (excluded.compared_at, excluded.installation_id)
     RETURNING campaign_id`,
    [campaignId, time, installationId],
  );
  if (recorded.length === 0)
    throw new SetBackMeanwhileError(
      'The database was set back while the campaign was compared: compare it again.',
    );
}

/** Counts as sent when the campaign was created, the earliest possible time. The grant is locked before its payout. */
async function begin(
  transaction: EntityManager,
  campaignId: string,
  userId: string,
  idempotencyKey: string,
  actor: string,
): Promise<boolean> {
  const begun = await rows(
    transaction,
    `WITH begun AS (
       INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, request_body, first_sent_at, due_at)
       SELECT c.id, g.user_id, $3, 'IN_DOUBT',
              ${REQUEST_BODY},
              c.created_at, now()
         FROM user_grants g JOIN campaigns c ON c.id = g.campaign_id
        WHERE g.campaign_id = $1 AND g.user_id = $2 AND g.status = 'PENDING' FOR UPDATE OF g
       ON CONFLICT DO NOTHING
       RETURNING idempotency_key
     ) INSERT INTO payout_events (idempotency_key, event, detail, actor)
       SELECT idempotency_key, 'IN_DOUBT', 'known there', $4 FROM begun RETURNING id`,
    [campaignId, userId, idempotencyKey, actor],
  );
  return begun.length > 0;
}
