import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { World } from '../support/world.js';

// What promises rest on can't be deleted in psql: the schema refuses. Its one way out is its campaign's archive
// (retention.test.ts).

let world: World;

beforeAll(async () => {
  world = await World.create({ ...logVariables(), FINISH_AFTER_MS: '3600000' });
  const client = new Client(await world.start('all'));
  await world.rows(`INSERT INTO change_readers (name, xid, id) VALUES ('test', '0', 0)`);
  await client.createCampaign({ id: 'c', capacity: 1, waitingCapacity: 2 });
  for (const user of [1, 2]) await client.claim('c', user);
  await eventually(async () => expect((await client.status('c', 1)).body.status).toBe('SUCCESS'));
  await world.rows(`
    WITH decision AS (
      INSERT INTO payout_decisions (campaign_id, decision, reason, proposed_by) VALUES ('c', 'RESEND', 'a test', '7') RETURNING id
    ) INSERT INTO payout_decision_items (decision_id, user_id, fence) SELECT id, 1, 1 FROM decision`);
  await world.rows(`INSERT INTO payout_events (idempotency_key, event) VALUES ('grant:c:1', 'CONTRADICTED')`);
  await world.rows(`INSERT INTO campaign_reconciliations (campaign_id, compared_at) VALUES ('c', now())`);
  await world.rows(
    `INSERT INTO payouts_known_there (idempotency_key, campaign_id) VALUES ('grant:c:9', 'c')`,
  );
  await world.rows(
    `INSERT INTO provider_events (id, idempotency_key, type, effect, body) VALUES ('e', 'grant:c:1', 'x', 'known', '{}')`,
  );
  await client.createCampaign({ id: 'l', capacity: 1, eligibility: 'list', opensAt: '2199-01-01T00:00:00Z' });
  await client.addEligible('l', [1]);
  await world.rows(`UPDATE campaigns SET eligible_frozen_at = now() WHERE id = 'l'`);
  await world.rows(`INSERT INTO set_backs (installation_id, lost_since) VALUES (gen_random_uuid(), now())`);
  await world.rows(`INSERT INTO log_checkpoints (size, note) VALUES (1, 'a test')`);
  await world.rows(`INSERT INTO log_stamps (authority, size, note, token) VALUES ('a', 1, 'a test', '')`);
  const log = new LogReader(world);
  await log.begun();
  await log.knows('l'); // with the list that its terms commit to
  await world.rows(
    `INSERT INTO login_users (issuer, subject, user_id) VALUES ('https://id.example', 'a', 9000000000000000000)`,
  );
});

afterAll(() => world.close());

/** All but `migrations`, which the start looks at. */
const DELETED = [
  ...['campaigns', 'user_grants', 'waiting_entries', 'payouts', 'payout_events', 'provider_events'],
  ...['payout_decisions', 'payout_decision_items', 'campaign_reconciliations', 'payouts_known_there'],
  ...[
    'ledger_accounts',
    'ledger_transactions',
    'ledger_entries',
    'installation',
    'set_backs',
    'campaign_upkeep',
    'admin_acts',
    'login_users',
    'changes', // as long as somebody has not read them
    'campaign_epochs',
    'campaign_eligible', // once the list is frozen
    'gate_revisions',
    'eligible_commitments',
  ],
  ...['log_state', 'log_leaves', 'log_tiles', 'log_campaigns', 'log_checkpoints', 'log_stamps'],
];

/**
 * Rows that come and go: single stops of payouts, sessions, reports on which no promise rests, readers of changes, what
 * webhooks tell; and keys, which are deleted to be forgotten.
 */
const PASSING = [
  ...['payout_stops', 'operator_sessions', 'campaign_series'],
  ...['reconciliation_reports', 'reconciliation_differences'],
  ...['change_readers', 'campaign_log_keys'],
  ...['webhook_progress', 'webhook_campaigns', 'webhook_events'],
  ...['webhook_endpoints', 'webhook_retries', 'webhook_replays'],
];

it.each(DELETED)('rows of %s', async (table) => {
  const count = async (): Promise<number> =>
    (await world.rows<{ count: number }>(`SELECT count(*)::int FROM ${table}`))[0]?.count ?? 0;
  const before = await count();
  expect(before).toBeGreaterThan(0);
  await expect(world.rows(`DELETE FROM ${table}`)).rejects.toMatchObject({
    code: expect.stringMatching(/^23/),
  });
  await expect(world.rows(`TRUNCATE ${table} CASCADE`)).rejects.toMatchObject({
    code: expect.stringMatching(/^23/),
  });
  expect(await count()).toBeGreaterThanOrEqual(before); // the service goes on, and adds leaves to its log
});

it('are all rows that there are: but for those that come and go', async () => {
  const tables = await world.rows<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'`,
  );
  expect(tables.map(({ name }) => name).sort()).toEqual([...DELETED, ...PASSING].sort());
  await expect(world.rows(`TRUNCATE payout_stops`)).rejects.toMatchObject({ code: '23000' });
});

it('costs no INSERT anything: the triggers are of DELETE and TRUNCATE alone', async () => {
  const others = await world.rows(
    `SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname ~ '_(may_go|stays)$'
        AND tgtype & 4 <> 0`,
  );
  expect(others).toEqual([]);
});
