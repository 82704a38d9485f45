import type { EntityManager } from 'typeorm';
import { rows } from '../platform/postgres/rows.js';

/**
 * The users whose wallet in the campaign's currency another transaction has locked just now. Does not wait. The other
 * wallets stay locked until the caller's transaction ends, in the order of their users as in `transfer.ts`.
 */
export async function heldWallets(
  transaction: EntityManager,
  campaignId: string,
  userIds: readonly string[],
): Promise<string[]> {
  const held = await rows<{ userId: string }>(
    transaction,
    `WITH wallets AS (
       SELECT account.id, account.user_id FROM ledger_accounts account JOIN campaigns ON campaigns.id = $1
        WHERE account.kind = 'WALLET' AND account.user_id = ANY ($2::bigint[]) AND account.currency = campaigns.currency
     ), free AS (
       SELECT id FROM ledger_accounts WHERE id IN (SELECT id FROM wallets) ORDER BY user_id FOR UPDATE SKIP LOCKED
     )
     SELECT user_id AS "userId" FROM wallets WHERE id NOT IN (SELECT id FROM free)`,
    [campaignId, userIds],
  );
  return held.map(({ userId }) => userId);
}
