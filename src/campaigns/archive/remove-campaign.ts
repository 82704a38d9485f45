import type { DataSource, EntityManager } from 'typeorm';
import { payoutKey } from '../../ledger/payout-key.js';
import { recordAct } from '../../platform/admin/record-act.js';
import { rows } from '../../platform/postgres/rows.js';
import { endIfFrozen } from './end-if-frozen.js';

/** Users whose rows go in one transaction. */
const PEOPLE_A_BATCH = 1_000;

/**
 * Deletes the rows of a campaign whose verified archive is on record, in batches. Each batch is a transaction that
 * carries the ledger forward, so that every balance is the sum of its entries at every instant. Can be interrupted
 * anywhere, and run again.
 * @param onBatch called after each batch, with how many people's rows have gone so far
 */
export async function removeCampaign(
  source: DataSource,
  campaignId: string,
  onBatch: (people: number) => void,
): Promise<void> {
  let gone = 0;
  for (const batch of [removeGrants, removeLine, removeList, removeDecisionItems, removeProviderEvents]) {
    for (;;) {
      const removed = await source.transaction(async (transaction) => {
        await openDoor(transaction, campaignId);
        return batch(transaction, campaignId);
      });
      if (removed === 0) break;
      onBatch((gone += removed));
    }
  }
  await source.transaction(async (transaction) => {
    await openDoor(transaction, campaignId);
    const told = `SELECT id FROM admin_acts WHERE act = 'campaign-removed' AND campaign_id = $1`;
    if ((await rows(transaction, told, [campaignId])).length > 0) return;
    for (const table of FEW_ROWS) {
      await rows(
        transaction,
        `WITH gone AS (DELETE FROM ${table} WHERE campaign_id = $1 RETURNING campaign_id) SELECT campaign_id FROM gone`,
        [campaignId],
      );
    }
    await recordAct(transaction, { act: 'campaign-removed', actor: 'archive', campaignId });
  });
}

/** Tables that hold few rows of a campaign: they are emptied together, last. */
const FEW_ROWS = [
  'payout_decisions',
  'payouts_known_there',
  'campaign_reconciliations',
  'reconciliation_differences',
  'reconciliation_reports',
  'payout_stops',
  'campaign_epochs',
  'gate_revisions',
  'campaign_log_keys',
  'eligible_commitments',
  'changes',
] as const;

/**
 * Names the campaign that this transaction removes, as the triggers require, and keeps out others that remove the same
 * one.
 */
async function openDoor(transaction: EntityManager, campaignId: string): Promise<void> {
  await endIfFrozen(transaction);
  await rows(transaction, `SELECT pg_advisory_xact_lock(hashtextextended('archive:' || $1, 0))`, [
    campaignId,
  ]);
  await rows(transaction, `SELECT set_config('seonchak.removed_campaign', $1, true)`, [campaignId]);
}

/** Deletes grants and everything that belongs to them; the grants are locked first. @returns how many */
async function removeGrants(transaction: EntityManager, campaignId: string): Promise<number> {
  const people = await rows<{ userId: string }>(
    transaction,
    `SELECT user_id AS "userId" FROM user_grants WHERE campaign_id = $1 ORDER BY user_id LIMIT ${PEOPLE_A_BATCH} FOR UPDATE`,
    [campaignId],
  );
  const userIds = people.map(({ userId }) => userId);
  const [first] = userIds;
  if (first === undefined) return 0;
  await noteRemoved(transaction, campaignId, userIds.length);
  const keys = userIds.map((userId) => payoutKey(campaignId, userId));
  const ledgerKeys = keys.flatMap((key) => [key, `reversal:${key}`, `return:${key}`]);
  await rows(transaction, CARRY_FORWARD, [ledgerKeys, `carry:${campaignId}:${first}`]);
  await rows(transaction, DELETE_ENTRIES, [ledgerKeys]);
  await rows(transaction, deleteByKey('ledger_transactions'), [ledgerKeys]);
  await rows(transaction, deleteByKey('payout_events'), [keys]);
  await rows(transaction, deleteOfUsers('payouts'), [campaignId, userIds]);
  await rows(transaction, deleteOfUsers('user_grants'), [campaignId, userIds]);
  return userIds.length;
}

/** @returns how many */
async function removeLine(transaction: EntityManager, campaignId: string): Promise<number> {
  const removed = await removePeople(transaction, 'waiting_entries', campaignId);
  if (removed > 0) await noteRemoved(transaction, campaignId, removed);
  return removed;
}

/** The reaper must know these deletions from rows that were lost (R18). */
async function noteRemoved(transaction: EntityManager, campaignId: string, removed: number): Promise<void> {
  await rows(
    transaction,
    `WITH noted AS (
       UPDATE campaigns SET removed_rows = COALESCE(removed_rows, 0) + $2 WHERE id = $1 RETURNING id
     ) SELECT id FROM noted`,
    [campaignId, removed],
  );
}

/** Deletes the list of who could claim. @returns how many */
function removeList(transaction: EntityManager, campaignId: string): Promise<number> {
  return removePeople(transaction, 'campaign_eligible', campaignId);
}

async function removePeople(
  transaction: EntityManager,
  table: 'waiting_entries' | 'campaign_eligible',
  campaignId: string,
): Promise<number> {
  const people = await rows<{ userId: string }>(
    transaction,
    `SELECT user_id AS "userId" FROM ${table} WHERE campaign_id = $1 ORDER BY user_id LIMIT ${PEOPLE_A_BATCH}`,
    [campaignId],
  );
  const userIds = people.map(({ userId }) => userId);
  await rows(transaction, deleteOfUsers(table), [campaignId, userIds]);
  return userIds.length;
}

/** Deletes items of the bulk decisions of operators. @returns how many */
async function removeDecisionItems(transaction: EntityManager, campaignId: string): Promise<number> {
  const gone = await rows(
    transaction,
    `WITH gone AS (
       DELETE FROM payout_decision_items WHERE ctid = ANY (ARRAY(
         SELECT items.ctid FROM payout_decision_items items JOIN payout_decisions ON payout_decisions.id = items.decision_id
          WHERE payout_decisions.campaign_id = $1 LIMIT ${PEOPLE_A_BATCH}))
       RETURNING user_id
     ) SELECT user_id FROM gone`,
    [campaignId],
  );
  return gone.length;
}

/** Deletes the events that came before the campaign was archived: a later one is in no archive. @returns how many */
async function removeProviderEvents(transaction: EntityManager, campaignId: string): Promise<number> {
  const gone = await rows(
    transaction,
    `WITH gone AS (
       DELETE FROM provider_events WHERE id = ANY (ARRAY(
         SELECT id FROM provider_events
          WHERE campaign_of_key(idempotency_key) = $1
            AND received_at <= (SELECT archived_at FROM campaigns WHERE id = $1) LIMIT ${PEOPLE_A_BATCH}))
       RETURNING id
     ) SELECT id FROM gone`,
    [campaignId],
  );
  return gone.length;
}

/**
 * $1 keys, $2 the new key. Adds one entry per account, the sum of its entries under these keys. The new entries sum to
 * zero, as the old ones do.
 */
const CARRY_FORWARD = `
  WITH net AS (
    SELECT entry.account_id, sum(entry.amount)::bigint AS amount
      FROM unnest($1::text[]) AS keys (key)
      JOIN ledger_transactions moved ON moved.idempotency_key = keys.key
      JOIN ledger_entries entry ON entry.transaction_id = moved.id
     GROUP BY entry.account_id HAVING sum(entry.amount) <> 0
  ), carried AS (
    INSERT INTO ledger_transactions (idempotency_key, outcome) SELECT $2, 'SETTLED' WHERE EXISTS (SELECT FROM net) RETURNING id
  )
  INSERT INTO ledger_entries (transaction_id, account_id, amount)
  SELECT carried.id, net.account_id, net.amount FROM carried, net RETURNING id`;

/** $1 keys. Entries go before their transactions: the trigger finds the campaign of an entry by its transaction. */
const DELETE_ENTRIES = `
  WITH gone AS (
    DELETE FROM ledger_entries WHERE transaction_id = ANY (ARRAY(
      SELECT id FROM ledger_transactions WHERE idempotency_key = ANY ($1::text[])))
    RETURNING id
  ) SELECT id FROM gone`;

/** $1 keys. */
function deleteByKey(table: 'ledger_transactions' | 'payout_events'): string {
  return `WITH gone AS (DELETE FROM ${table} WHERE idempotency_key = ANY ($1::text[]) RETURNING id) SELECT id FROM gone`;
}

/** $1 campaign, $2 users. */
function deleteOfUsers(table: 'payouts' | 'user_grants' | 'waiting_entries' | 'campaign_eligible'): string {
  return `
    WITH gone AS (
      DELETE FROM ${table} WHERE campaign_id = $1 AND user_id = ANY ($2::bigint[]) RETURNING user_id
    ) SELECT user_id FROM gone`;
}
