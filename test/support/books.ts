import type { World } from './world.js';

/** A campaign in Postgres, all values as of one instant. Money in minor units. */
export interface Books {
  readonly capacity: number;
  readonly amount: number;
  readonly pending: number;
  readonly success: number;
  readonly failed: number;
  /** The balance of the campaign's account. */
  readonly pool: number;
  /** What left that account, according to its entries. */
  readonly paidOut: number;
  readonly settledPayouts: number;
}

export async function booksOf(world: World, campaignId: string): Promise<Books> {
  const [books] = await world.rows<Record<keyof Books, string>>(
    `SELECT capacity, amount,
            (SELECT count(*) FROM user_grants WHERE campaign_id = $1 AND status = 'PENDING') AS pending,
            (SELECT count(*) FROM user_grants WHERE campaign_id = $1 AND status = 'SUCCESS') AS success,
            (SELECT count(*) FROM user_grants WHERE campaign_id = $1 AND status = 'FAILED') AS failed,
            (SELECT balance FROM ledger_accounts WHERE campaign_id = $1) AS pool,
            (SELECT COALESCE(-sum(entry.amount), 0)
               FROM ledger_entries entry JOIN ledger_accounts account ON account.id = entry.account_id
              WHERE account.campaign_id = $1 AND entry.amount < 0) AS "paidOut",
            (SELECT count(*) FROM payouts WHERE campaign_id = $1 AND state = 'SETTLED') AS "settledPayouts"
       FROM campaigns WHERE id = $1`,
    [campaignId],
  );
  if (!books) throw new Error(`There is no campaign ${campaignId}.`);
  const entries = Object.entries(books).map(([name, value]) => [name, Number(value)] as const);
  return Object.fromEntries(entries) as unknown as Books;
}

/** Closes the wallets of these users, so that payouts to them are rejected. */
export async function closeWallets(world: World, userIds: readonly (string | number)[]): Promise<void> {
  await world.rows(
    `INSERT INTO ledger_accounts (kind, user_id, currency, closed_at)
     SELECT 'WALLET', id, 'KRW', now() FROM unnest($1::bigint[]) AS users (id)`,
    [userIds],
  );
}

/** Runs `look` repeatedly until `work` is done, and once after it. @returns what each look saw */
export async function watch<T>(work: Promise<unknown>, look: () => Promise<T>): Promise<T[]> {
  let done = false;
  const end = work.finally(() => (done = true));
  const seen: T[] = [];
  while (!done) seen.push(await look());
  await end;
  return [...seen, await look()];
}
