import { eventually } from '../../support/eventually.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { rush, users } from '../../support/rush.js';

let at: ProviderWorld;

/** Fewer than the calls that one campaign may have under way, and than the connections of a worker. */
const people = users(1, 8);

beforeAll(async () => {
  at = await ProviderWorld.start('provider-together', {
    PAYOUT_HTTP_RATE: '0',
    PAYOUT_HTTP_CONCURRENCY: '32',
    PAYOUT_HTTP_TIMEOUT_MS: '10000',
    SLOT_LEASE_MS: '60000',
  });
});

afterAll(() => at.close());

async function claimAll(campaignId: string): Promise<void> {
  await at.client.createCampaign({ id: campaignId, capacity: people.length, waitingCapacity: 0 });
  for (const { status } of await rush([at.client], campaignId, people)) expect(status).toBe(202);
}

async function states(campaignId: string): Promise<Record<string, string>> {
  const rows = await at.world.rows<{ userId: string; status: string }>(
    `SELECT user_id AS "userId", status FROM user_grants WHERE campaign_id = $1`,
    [campaignId],
  );
  return Object.fromEntries(rows.map(({ userId, status }) => [userId, status]));
}

const allPaid = Object.fromEntries(people.map((userId) => [userId, 'SUCCESS']));
const allPaidOnce = Object.fromEntries(people.map((userId) => [userId, 1]));

it('what the provider answers while an account is held is entered in one turn, not in one a payout', async () => {
  await claimAll('together');
  // The first payout of a currency makes the provider's account.
  await at.world.rows(
    `INSERT INTO ledger_accounts (kind, currency, balance) VALUES ('PROVIDER', 'KRW', 0) ON CONFLICT DO NOTHING`,
  );
  const holder = await at.world.pg.connect();
  await holder.query('BEGIN');
  await holder.query(`SELECT FROM ledger_accounts WHERE kind = 'PROVIDER' FOR UPDATE`);
  const worker = await at.world.start('worker');
  await eventually(async () => expect(await at.moved('together')).toEqual(allPaidOnce));
  await holder.query('COMMIT');
  holder.release();
  await eventually(async () => expect(await states('together')).toEqual(allPaid));
  await worker.close();

  const turns = await at.world.rows<{ count: string }>(
    `SELECT count(DISTINCT entry.xmin::text) FROM ledger_entries entry
       JOIN ledger_accounts account ON account.id = entry.account_id
      WHERE account.campaign_id = 'together' AND entry.amount < 0`,
  );
  // The first to be answered, and all others.
  expect(Number(turns[0]?.count)).toBeLessThanOrEqual(2);
});

it('one payout that cannot be entered does not keep the others from being', async () => {
  await claimAll('alone');
  await at.world.rows(
    `INSERT INTO ledger_transactions (idempotency_key, outcome, reason) VALUES ('grant:alone:3', 'REJECTED', 'by-hand')`,
  );
  await at.world.start('worker');
  await eventually(async () => expect(await states('alone')).toEqual({ ...allPaid, 3: 'PENDING' }));
  expect(await at.moved('alone')).toEqual(allPaidOnce);
  expect(await at.payout('alone', 3)).toMatchObject({ state: 'SENDING' });
});
