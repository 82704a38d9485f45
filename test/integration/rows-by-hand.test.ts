import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { World } from '../support/world.js';

// What promises rest on can't be deleted in psql: the schema refuses. Its one way out is its campaign's archive
// (retention.test.ts).

let world: World;

beforeAll(async () => {
  world = await World.create({ FINISH_AFTER_MS: '3600000' });
  const client = new Client(await world.start('all'));
  await client.createCampaign({ id: 'c', capacity: 1, waitingCapacity: 2 });
  for (const user of [1, 2]) await client.claim('c', user);
  await eventually(async () => expect((await client.status('c', 1)).body.status).toBe('SUCCESS'));
  await world.rows(`
    WITH decision AS (
      INSERT INTO payout_decisions (campaign_id, decision, reason, proposed_by) VALUES ('c', 'RESEND', 'a test', '7') RETURNING id
    ) INSERT INTO payout_decision_items (decision_id, user_id, fence) SELECT id, 1, 1 FROM decision`);
  await world.rows(`INSERT INTO campaign_reconciliations (campaign_id, compared_at) VALUES ('c', now())`);
  await world.rows(
    `INSERT INTO payouts_known_there (idempotency_key, campaign_id) VALUES ('grant:c:9', 'c')`,
  );
  await world.rows(
    `INSERT INTO provider_events (id, idempotency_key, type, effect, body) VALUES ('e', 'grant:c:1', 'x', 'known', '{}')`,
  );
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
    'campaign_upkeep',
    'admin_acts',
    'login_users',
  ],
];

/** Rows that come and go: single stops of payouts, sessions, and a history on which no promise rests. */
const PASSING = ['payout_stops', 'operator_sessions', 'campaign_series'];

it.each(DELETED)('rows of %s', async (table) => {
  const count = async (): Promise<unknown> => world.rows(`SELECT count(*)::int FROM ${table}`);
  const before = await count();
  expect(before).not.toEqual([{ count: 0 }]);
  await expect(world.rows(`DELETE FROM ${table}`)).rejects.toMatchObject({
    code: expect.stringMatching(/^23/),
  });
  await expect(world.rows(`TRUNCATE ${table} CASCADE`)).rejects.toMatchObject({
    code: expect.stringMatching(/^23/),
  });
  expect(await count()).toEqual(before);
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
