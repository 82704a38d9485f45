import { runAudit } from '../../src/audit/run-audit.js';
import { gateKeys } from '../../src/grants/slots/gate-keys.js';
import { claimsOf } from '../support/gate-records.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { World } from '../support/world.js';

let world: World;
let client: Client;
let campaigns = 0;

beforeAll(async () => {
  // The reaper must not repair what the tests break before the audit has seen it.
  world = await World.create({ REAPER_INTERVAL_MS: '3600000' });
  client = new Client(await world.start('all'));
});

afterAll(() => world.close());

const audit = (campaignId: string) =>
  runAudit(
    { databaseUrl: world.variables.DATABASE_URL ?? '', redisUrl: world.variables.REDIS_URL ?? '', looks: 1 },
    campaignId,
  );

/** Three slots: the holder of slot 1 is rejected, the head of the line gets the slot, one more user waits. */
async function finishedCampaign(): Promise<string> {
  const id = `audited-${++campaigns}`;
  const first = campaigns * 100;
  await client.createCampaign({ id, capacity: 3, waitingCapacity: 2 });
  await client.closeWallet(first + 1);
  // Nobody is paid before users 4 and 5 wait.
  const connection = await world.pg.connect();
  await connection.query('BEGIN');
  await connection.query('LOCK TABLE payouts IN SHARE MODE');
  for (let i = 1; i <= 5; i++) await client.claim(id, first + i);
  await connection.query('ROLLBACK');
  connection.release();
  await eventually(async () => {
    const { body } = await client.stats(id);
    expect(body).toMatchObject({
      postgres: { success: 3, failed: 1 },
      gate: { settled: 3 },
      conserved: true,
    });
  });
  return id;
}

it('finds a trigger that is disabled and a constraint that is missing', async () => {
  const id = await finishedCampaign();
  await world.rows(`ALTER TABLE user_grants DISABLE TRIGGER user_grants_status_is_final`);
  await world.rows(`ALTER TABLE ledger_accounts DROP CONSTRAINT ledger_accounts_not_overdrawn`);
  try {
    const { ok, checks } = await audit(id);
    expect(ok).toBe(false);
    expect(checks.flatMap(({ violations }) => violations)).toEqual([
      'ledger_accounts_not_overdrawn of ledger_accounts is missing or disabled',
      'user_grants_status_is_final of user_grants is missing or disabled',
    ]);
  } finally {
    await world.rows(`ALTER TABLE user_grants ENABLE TRIGGER user_grants_status_is_final`);
    await world.rows(
      `ALTER TABLE ledger_accounts ADD CONSTRAINT ledger_accounts_not_overdrawn CHECK (kind = 'TREASURY' OR balance >= 0)`,
    );
  }
});

/** Bypasses every trigger and constraint trigger, as only a broken database would. */
async function corrupt(sql: string): Promise<void> {
  const connection = await world.pg.connect();
  try {
    await connection.query('SET session_replication_role = replica');
    await connection.query(sql);
  } finally {
    await connection.query('RESET session_replication_role');
    connection.release();
  }
}

const success = (id: string) =>
  `(SELECT max(user_id) FROM user_grants WHERE campaign_id = '${id}' AND status = 'SUCCESS')`;
const failed = (id: string) =>
  `(SELECT user_id FROM user_grants WHERE campaign_id = '${id}' AND status = 'FAILED')`;

type Corruption = readonly [promise: string, what: string, how: (id: string) => Promise<unknown>];

const CORRUPTIONS: readonly Corruption[] = [
  [
    'R33',
    'a place of somebody who is not on the list',
    (id) => corrupt(`UPDATE campaigns SET eligibility = 'list' WHERE id = '${id}'`),
  ],
  [
    'R33',
    'a list of another length than it had when it was frozen',
    (id) => corrupt(`INSERT INTO campaign_eligible (campaign_id, user_id) VALUES ('${id}', 1)`),
  ],
  [
    'P1',
    'a grant beyond the capacity',
    (id) =>
      corrupt(`
    INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at)
    VALUES ('${id}', 7777, 4, 6, now())`),
  ],
  [
    'P1',
    'an excess payout that has moved money',
    (id) =>
      corrupt(`
    WITH t AS (INSERT INTO ledger_transactions (idempotency_key, outcome) VALUES ('extra:${id}', 'SETTLED') RETURNING id),
    pool AS (SELECT id FROM ledger_accounts WHERE campaign_id = '${id}'),
    wallet AS (INSERT INTO ledger_accounts (kind, user_id, currency, balance) VALUES ('WALLET', 1000000 + ${campaigns}, 'KRW', 10) RETURNING id)
    INSERT INTO ledger_entries (transaction_id, account_id, amount)
    SELECT t.id, pool.id, -10 FROM t, pool UNION ALL SELECT t.id, wallet.id, 10 FROM t, wallet`),
  ],
  [
    'P2',
    'a user with two places',
    (id) =>
      corrupt(`
    INSERT INTO waiting_entries (campaign_id, user_id, arrival_no, created_at) VALUES ('${id}', ${success(id)}, 6, now())
    ON CONFLICT (campaign_id, user_id) DO UPDATE SET arrival_no = 6`),
  ],
  [
    'P2',
    'a wallet credited twice',
    (id) =>
      corrupt(`
    WITH t AS (INSERT INTO ledger_transactions (idempotency_key, outcome) VALUES ('again:${id}', 'SETTLED') RETURNING id)
    INSERT INTO ledger_entries (transaction_id, account_id, amount)
    SELECT t.id, a.id, CASE a.kind WHEN 'WALLET' THEN 10 ELSE -10 END FROM t, ledger_accounts a
     WHERE a.campaign_id = '${id}' OR a.user_id = ${success(id)}`),
  ],
  [
    'P2',
    'a payout under another key',
    (id) =>
      corrupt(`
    UPDATE payouts SET idempotency_key = 'other:${id}' WHERE campaign_id = '${id}' AND user_id = ${success(id)}`),
  ],
  [
    'P8',
    'a paid grant that is marked as revoked',
    (id) =>
      corrupt(`
    UPDATE user_grants SET taken_back = 'REVOKED' WHERE campaign_id = '${id}' AND user_id = ${success(id)}`),
  ],
  [
    'P3',
    'a user who was passed over',
    (id) =>
      corrupt(`
    UPDATE user_grants SET arrival_no = 9 WHERE campaign_id = '${id}' AND user_id = ${success(id)}`),
  ],
  [
    'P3',
    'a slot that went to an earlier arrival',
    (id) =>
      corrupt(`
    UPDATE user_grants SET arrival_no = 50 WHERE campaign_id = '${id}' AND user_id = ${failed(id)}`),
  ],
  [
    'P3',
    'arrival 1 on another slot',
    (id) =>
      corrupt(`
    UPDATE user_grants SET grant_seq = 3 WHERE campaign_id = '${id}' AND arrival_no = 1`),
  ],
  [
    'P2',
    'a user whom the gate has forgotten',
    async (id) => {
      const [somebody] = await world.rows<{ id: string }>(`SELECT ${success(id)}::text AS id`);
      const user = somebody?.id ?? '';
      await world.redis.hdel(await claimsOf(world.redis, id, user), user);
    },
  ],
  [
    'P4',
    'a claim that the gate knows and Postgres has lost',
    (id) =>
      corrupt(`
    DELETE FROM waiting_entries WHERE campaign_id = '${id}' AND arrival_no = 5`),
  ],
  [
    'P5',
    'an arrival lost on the way',
    (id) =>
      corrupt(`
    DELETE FROM waiting_entries WHERE campaign_id = '${id}' AND arrival_no = 5`),
  ],
  ['P3', 'a line that the gate has lost', (id) => world.redis.del(gateKeys(id).line)],
  ['P6', 'a key of the wrong type', (id) => world.redis.set(gateKeys(id).processing, 'x')],
  [
    'P6',
    'a part of the claims of the wrong type',
    async (id) => world.redis.set(await claimsOf(world.redis, id, 1), 'x'),
  ],
  ['P6', 'a slot leaked at the gate', (id) => world.redis.hincrby(gateKeys(id).facts, 'settled', -1)],
  ['P6', 'a slot that is free twice', (id) => world.redis.rpush(gateKeys(id).available, 2, 2)],
  ['P6', 'a slot in processing that nobody holds', (id) => world.redis.zadd(gateKeys(id).processing, 1, '2')],
  [
    'P7',
    'FAILED without a rejection',
    (id) =>
      corrupt(`
    UPDATE payouts SET state = 'SETTLED' WHERE campaign_id = '${id}' AND user_id = ${failed(id)}`),
  ],
  [
    'P8',
    'a grant that is PENDING for more than an hour',
    (id) =>
      corrupt(`
    UPDATE user_grants SET status = 'PENDING', updated_at = now() - interval '2 hours'
     WHERE campaign_id = '${id}' AND user_id = ${success(id)}`),
  ],
  [
    'P8',
    'a user who has a grant and was told the end',
    (id) =>
      corrupt(`
    UPDATE waiting_entries SET ended_at = now(), promoted_at = NULL WHERE campaign_id = '${id}' AND arrival_no = 4`),
  ],
  [
    'P8',
    'a closed campaign whose line was not told the end',
    (id) =>
      corrupt(`
    UPDATE campaigns SET state = 'CLOSED' WHERE id = '${id}'`),
  ],
  [
    'P9',
    'a payout that is not in the ledger',
    (id) =>
      corrupt(`
    DELETE FROM ledger_entries e USING ledger_transactions t
     WHERE t.id = e.transaction_id AND t.idempotency_key = 'grant:${id}:' || ${success(id)}`),
  ],
  [
    'P9',
    'a budget that was spent elsewhere',
    (id) =>
      corrupt(`
    UPDATE ledger_accounts SET balance = balance + 1 WHERE campaign_id = '${id}'`),
  ],
  [
    'P9',
    'a transaction that does not sum to zero',
    (id) =>
      corrupt(`
    UPDATE ledger_entries e SET amount = amount + 1 FROM ledger_transactions t
     WHERE t.id = e.transaction_id AND t.idempotency_key = 'fund:${id}' AND amount > 0`),
  ],
];

describe('The audit', () => {
  it('finds every promise kept after a campaign with a rejected payout, and has examined something for each', async () => {
    const report = await audit(await finishedCampaign());
    expect(report.checks.flatMap(({ violations }) => violations)).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.counts).toMatchObject({
      capacity: 3,
      grants: 4,
      success: 3,
      failed: 1,
      promoted: 1,
      waiting: 1,
    });
    for (const promise of ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9']) {
      const examined = report.checks
        .filter((check) => check.promise === promise)
        .map((check) => check.examined);
      expect([promise, Math.max(...examined) > 0]).toEqual([promise, true]);
    }
  });

  it('examines all of a gate that takes many pages', async () => {
    const slots = 20_001;
    await client.createCampaign({ id: 'paged', capacity: slots });
    await eventually(async () => expect(await world.redis.llen(gateKeys('paged').available)).toBe(slots));
    const conservation = async () =>
      (await audit('paged')).checks.find(({ statement }) => statement.includes('= capacity'));
    expect(await conservation()).toMatchObject({ examined: slots, violations: [] });
    await world.redis.rpop(gateKeys('paged').available);
    await world.redis.rpush(gateKeys('paged').available, '1');
    await world.redis.setrange(gateKeys('paged').holders, (slots - 1) * 19, '7'.padStart(19, '0'));
    expect(await conservation()).toMatchObject({ violations: ['slot 1 is there twice'] });
    const { checks } = await audit('paged');
    expect(checks.flatMap(({ violations }) => violations)).toContain(
      `slot ${slots} is held and not in processing`,
    );
  });

  it('reports an unknown campaign', async () => {
    await expect(audit('nowhere')).rejects.toThrow('There is no campaign nowhere');
  });

  it.each(CORRUPTIONS)('%s: detects %s', async (promise, _, how) => {
    const id = await finishedCampaign();
    expect(
      (await audit(id)).checks.filter((check) => check.promise !== 'P9').flatMap((c) => c.violations),
    ).toEqual([]);
    await how(id);
    const report = await audit(id);
    expect(report.ok).toBe(false);
    const broken = report.checks
      .filter(({ violations }) => violations.length > 0)
      .map((check) => check.promise);
    expect(broken).toContain(promise);
  });
});
