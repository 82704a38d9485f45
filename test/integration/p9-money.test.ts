import { booksOf, closeWallets, watch } from '../support/books.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { rush, users } from '../support/rush.js';
import { World } from '../support/world.js';

const CAPACITY = 40;
const AMOUNT = 10;

let world: World;
let client: Client;
/** The books, read again and again while the campaign was paid out. */
let seen: (Awaited<ReturnType<typeof booksOf>> & { total: number })[];

async function totalOfAllAccounts(): Promise<number> {
  const [all] = await world.rows<{ total: string }>(`SELECT sum(balance) AS total FROM ledger_accounts`);
  return Number(all?.total);
}

beforeAll(async () => {
  world = await World.create();
  client = new Client(await world.start('all'));
  await client.createCampaign({ id: 'money', capacity: CAPACITY, waitingCapacity: 40 });
  await closeWallets(world, users(1, 10));
  const paidOut = async (): Promise<void> => {
    await rush([client], 'money', users(1, 80));
    await eventually(async () => expect(await booksOf(world, 'money')).toMatchObject({ success: CAPACITY }));
  };
  seen = await watch(paidOut(), async () => ({
    ...(await booksOf(world, 'money')),
    total: await totalOfAllAccounts(),
  }));
});

afterAll(() => world.close());

describe('P9 money', () => {
  it('is paid, reserved or left at every moment, which together are the budget', () => {
    for (const { paidOut, pending, pool, success, settledPayouts } of seen) {
      const reserved = pending * AMOUNT;
      expect(pool - reserved).toBeGreaterThanOrEqual(0);
      expect(paidOut + pool).toBe(CAPACITY * AMOUNT);
      expect(paidOut).toBe(success * AMOUNT);
      expect(settledPayouts).toBe(success);
    }
    expect(seen.at(-1)).toMatchObject({ paidOut: CAPACITY * AMOUNT, pool: 0, pending: 0 });
  });

  it('is neither created nor lost: all accounts together sum to zero at every moment', () => {
    expect(new Set(seen.map(({ total }) => total))).toEqual(new Set([0]));
  });

  it('is double entry: every transaction sums to zero, a settled payout moves 10 from the campaign to its user', async () => {
    expect(
      await world.rows(
        `SELECT transaction_id FROM ledger_entries GROUP BY transaction_id HAVING sum(amount) <> 0`,
      ),
    ).toEqual([]);
    const payouts = await world.rows<{ moved: string }>(
      `SELECT string_agg(account.kind || ' ' || entry.amount, ', ' ORDER BY entry.amount) AS moved
         FROM user_grants g
         JOIN ledger_transactions t ON t.idempotency_key = 'grant:money:' || g.user_id
         JOIN ledger_entries entry ON entry.transaction_id = t.id
         JOIN ledger_accounts account ON account.id = entry.account_id
          AND (account.campaign_id = g.campaign_id OR account.user_id = g.user_id)
        WHERE g.status = 'SUCCESS' GROUP BY g.user_id`,
    );
    expect(payouts).toEqual(Array(CAPACITY).fill({ moved: 'CAMPAIGN -10, WALLET 10' }));
  });

  it('adds up: each balance is the sum of the entries of its account', async () => {
    expect(
      await world.rows(
        `SELECT account.id FROM ledger_accounts account LEFT JOIN ledger_entries entry ON entry.account_id = account.id
          GROUP BY account.id HAVING account.balance <> COALESCE(sum(entry.amount), 0)`,
      ),
    ).toEqual([]);
  });

  it('does not move for a rejected payout, which is recorded nevertheless', async () => {
    const rejected = await world.rows<{ entries: number; reason: string }>(
      `SELECT t.reason, count(entry.id)::int AS entries
         FROM user_grants g JOIN ledger_transactions t ON t.idempotency_key = 'grant:money:' || g.user_id
         LEFT JOIN ledger_entries entry ON entry.transaction_id = t.id
        WHERE g.status = 'FAILED' GROUP BY t.id`,
    );
    expect(rejected.length).toBeGreaterThan(0);
    expect(new Set(rejected.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ reason: 'wallet-closed', entries: 0 })]),
    );
  });

  it('comes from the treasury, whose balance is minus the sum of all budgets', async () => {
    expect(
      await world.rows(
        `SELECT (SELECT balance FROM ledger_accounts WHERE kind = 'TREASURY' AND currency = 'KRW')::int AS treasury,
                -sum(capacity * amount)::int AS budgets FROM campaigns WHERE currency = 'KRW'`,
      ),
    ).toEqual([{ treasury: -100_400, budgets: -100_400 }]);
  });
});

describe('P9 money, enforced by Postgres when all else fails', () => {
  const newTransaction = `
    WITH t AS (INSERT INTO ledger_transactions (idempotency_key, outcome) VALUES ('test', 'SETTLED') RETURNING id)
    INSERT INTO ledger_entries (transaction_id, account_id, amount)`;

  it.each([
    ['lacks its other side', `SELECT t.id, a.id, 10 FROM t, ledger_accounts a WHERE a.user_id = 1`],
    [
      'does not sum to zero',
      `SELECT t.id, a.id, CASE a.user_id WHEN 1 THEN 10 ELSE -9 END FROM t, ledger_accounts a WHERE a.user_id IN (1, 2)`,
    ],
  ])('refuses a transaction that %s', async (_, entries) => {
    await expect(world.rows(`${newTransaction} ${entries}`)).rejects.toMatchObject({
      constraint: 'ledger_entries_sum_to_zero',
    });
  });

  it('refuses transactions that only sum to zero together', async () => {
    await expect(
      world.rows(
        `WITH t AS (INSERT INTO ledger_transactions (idempotency_key, outcome)
                    VALUES ('one', 'SETTLED'), ('other', 'SETTLED') RETURNING id, idempotency_key)
         INSERT INTO ledger_entries (transaction_id, account_id, amount)
         SELECT t.id, a.id, CASE t.idempotency_key WHEN 'one' THEN 10 ELSE -10 END
           FROM t, ledger_accounts a WHERE a.user_id = 1`,
      ),
    ).rejects.toMatchObject({ constraint: 'ledger_entries_sum_to_zero' });
  });

  it('refuses to unbalance an existing transaction', async () => {
    await expect(
      world.rows(
        `INSERT INTO ledger_entries (transaction_id, account_id, amount)
         SELECT t.id, a.id, 1 FROM ledger_transactions t, ledger_accounts a
          WHERE t.idempotency_key = 'fund:money' AND a.user_id = 1`,
      ),
    ).rejects.toMatchObject({ constraint: 'ledger_entries_sum_to_zero' });
  });

  it.each(['ledger_entries', 'ledger_transactions', 'payout_events'])(
    'refuses every change to %s',
    async (table) => {
      await world.rows(
        `INSERT INTO payout_events (idempotency_key, event) VALUES ('grant:money:1', 'PUT_BACK')`,
      );
      await expect(world.rows(`UPDATE ${table} SET created_at = now()`)).rejects.toThrow('append-only');
      await expect(world.rows(`DELETE FROM ${table}`)).rejects.toThrow('append-only');
      await expect(world.rows(`TRUNCATE ${table} CASCADE`)).rejects.toThrow('append-only');
    },
  );

  it('refuses to overdraw a wallet', async () => {
    await expect(
      world.rows(`UPDATE ledger_accounts SET balance = balance - 1000 WHERE user_id = 1`),
    ).rejects.toMatchObject({ constraint: 'ledger_accounts_not_overdrawn' });
  });
});
