import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { ARCHIVED_TABLES } from '../../src/campaigns/archive/archived-tables.js';
import { archiveCampaign } from '../../src/campaigns/archive/archive-campaign.js';
import { verifyArchive } from '../../src/campaigns/archive/archive-file.js';
import type { Campaign } from '../../src/campaigns/campaign.entity.js';
import { DurablePlaces } from '../../src/reaper/durable-places.js';
import type { Look } from '../../src/reaper/look.js';
import { runAudit } from '../../src/audit/run-audit.js';
import { closeWallets } from '../support/books.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problem.js';
import { users } from '../support/rush.js';
import { tokenOf } from '../support/tokens.js';
import { World } from '../support/world.js';

let world: World;
let client: Client;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retention-'));
  world = await World.create({ FINISH_AFTER_MS: '0' });
  client = new Client(await world.start('api'));
  await closeWallets(world, [2]);
});

afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

const newFile = (): string => join(folder, `${randomBytes(4).toString('hex')}.jsonl`);

const archive = (campaignId: string, path: string, remove: boolean, onBatch?: () => void) =>
  archiveCampaign({ databaseUrl: world.variables.DATABASE_URL ?? '', campaignId, path, remove, onBatch });

/** Three slots: one user is rejected, the next gets it, one leaves, the rest are told the end; the budget is spent. */
async function finished(...ids: string[]): Promise<void> {
  for (const id of ids) {
    await client.createCampaign({ id, capacity: 3, waitingCapacity: 4 });
    for (const userId of users(1, 7)) await client.claim(id, userId);
    await client.leave(id, 5);
  }
  const worker = await world.start('worker');
  await eventually(async () =>
    expect(
      await world.rows(`SELECT id FROM campaigns WHERE id = ANY ($1) AND gate_retired_at IS NULL`, [ids]),
    ).toEqual([]),
  );
  await worker.close();
  await world.rows(
    `INSERT INTO payout_events (idempotency_key, event, detail)
     SELECT idempotency_key, 'CONTRADICTED', 'a test' FROM payouts WHERE campaign_id = ANY ($1)`,
    [ids],
  );
}

async function rowsOf(campaignId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { table, rows } of ARCHIVED_TABLES) {
    const [found] = await world.rows<{ count: number }>(
      `SELECT count(*)::int FROM (SELECT 1 ${rows}) AS found`,
      [campaignId],
    );
    counts[table] = found!.count;
  }
  return counts;
}

const balances = (): Promise<unknown[]> =>
  world.rows(`SELECT kind, campaign_id, user_id, balance FROM ledger_accounts ORDER BY id`);

async function expectCleanAudit(campaignId: string): Promise<void> {
  const { DATABASE_URL = '', REDIS_URL = '' } = world.variables;
  const report = await runAudit({ databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, looks: 1 }, campaignId);
  expect(report.checks.flatMap(({ violations }) => violations)).toEqual([]);
}

describe('an archive', () => {
  it('holds everything of a finished campaign, and shows by itself whether it is complete', async () => {
    await finished('whole');
    const path = newFile();
    const { rows, sha256 } = await archive('whole', path, false);
    expect(rows).toEqual(
      Object.fromEntries(Object.entries(await rowsOf('whole')).filter(([, count]) => count > 0)),
    );
    expect(rows).toMatchObject({ campaigns: 1, user_grants: 4, waiting_entries: 4, payouts: 4 });
    expect(await verifyArchive(path)).toMatchObject({ campaignId: 'whole', sha256, archivedAt: null });

    const text = await readFile(path, 'utf8');
    const lines = text.split('\n');
    for (const [broken, sentence] of [
      [text.replace('"SUCCESS"', '"FAILED"'), /changed/],
      [lines.filter((_, i) => i !== 3).join('\n'), /changed/],
      [lines.slice(0, -2).join('\n') + '\n', /no manifest/],
      [text.slice(0, -5), /middle of a line/],
      ['{"archive":"another/1"}\n' + lines.slice(1).join('\n'), /not an archive/],
      ['', /no manifest/],
    ] as const) {
      await writeFile(path, broken);
      await expect(verifyArchive(path)).rejects.toThrow(sentence);
    }
  });

  it('is made only of finished campaigns, and overwrites nothing', async () => {
    await client.createCampaign({ id: 'running', capacity: 1 });
    await expect(archive('running', newFile(), false)).rejects.toThrow('not finished');
    await expect(archive('running', newFile(), true)).rejects.toThrow('not finished');
    await expect(archive('nowhere', newFile(), true)).rejects.toThrow('no campaign nowhere');
    const path = newFile();
    await writeFile(path, 'mine');
    await expect(archive('whole', path, false)).rejects.toThrow('exists already');
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  it('is there as a whole or not at all: where writing it fails, no file is left', async () => {
    await finished('cut-off');
    const lock = await world.pg.connect();
    await lock.query('BEGIN; LOCK TABLE payouts IN ACCESS EXCLUSIVE MODE');
    const before = await readdir(folder);
    const path = newFile();
    const writing = archive('cut-off', path, false).catch((error: unknown) => error);
    await eventually(async () => {
      const { rows } = await lock.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = 'payouts'::regclass AND NOT granted`,
      );
      expect(rows).toHaveLength(1);
    });
    expect(await writing).toBeInstanceOf(Error);
    await lock.query('ROLLBACK');
    lock.release();
    expect(await readdir(folder)).toEqual(before);
    expect((await archive('cut-off', path, false)).campaignId).toBe('cut-off');
  });

  it('leaves no table out', async () => {
    const tables = await world.rows<{ table: string }>(
      `SELECT DISTINCT table_name AS table FROM information_schema.columns JOIN information_schema.tables USING (table_name)
        WHERE information_schema.columns.table_schema = 'public' AND table_type = 'BASE TABLE'
          AND column_name IN ('campaign_id', 'idempotency_key')`,
    );
    /** Tables with transient rows, which are gone when a campaign ends. */
    // The series goes by age.
    const passing = ['payout_stops', 'campaign_upkeep', 'campaign_series', 'changes', 'webhook_campaigns'];
    const secret = ['campaign_log_keys']; // gone for good with the campaign
    // Name nobody; the first two stay for ever.
    const published = ['log_leaves', 'log_campaigns', 'eligible_commitments'];
    const known = [...ARCHIVED_TABLES.map(({ table }) => table), ...passing, ...secret, ...published];
    expect(tables.map(({ table }) => table).filter((table) => !known.includes(table))).toEqual([]);
  });
});

describe('removing a campaign', () => {
  it('is refused while the log has not come to its end', async () => {
    await finished('logged');
    await world.rows(`INSERT INTO change_readers (name, xid, id) VALUES ('log', '0', 0)`);
    await expect(archive('logged', newFile(), true)).rejects.toThrow(
      'The public log has not come to the end',
    );
    expect((await rowsOf('logged')).user_grants).toBeGreaterThan(0);
    await world.rows(
      `INSERT INTO log_campaigns (campaign_id, first_index, last_index, standing) VALUES ('logged', 0, 9, 'ended')`,
    );
    expect((await archive('logged', newFile(), true)).archivedAt).not.toBeNull();
    await world.rows(`DELETE FROM change_readers`);
  });

  it('deletes its rows, keeps every balance the sum of its entries, and leaves other campaigns unchanged', async () => {
    await finished('stays', 'goes');
    const before = await balances();
    const path = newFile();
    const { rows, archivedAt } = await archive('goes', path, true);
    expect(rows).toMatchObject({ user_grants: 4, waiting_entries: 4, payouts: 4, ledger_transactions: 5 });
    expect(archivedAt).not.toBeNull();
    expect(await rowsOf('goes')).toMatchObject({
      ...{ campaigns: 1, ledger_accounts: 1 }, // the tombstone
      ...{ user_grants: 0, waiting_entries: 0, payouts: 0, payout_events: 0, provider_events: 0 },
      ...{ campaign_epochs: 0, gate_revisions: 0 },
    });
    expect(
      await world.rows(`SELECT FROM ledger_transactions WHERE idempotency_key LIKE 'grant:goes:%'`),
    ).toEqual([]);
    expect(
      await world.rows(`SELECT campaign_id AS id FROM campaign_log_keys WHERE campaign_id LIKE '%oes'`),
    ).toEqual([]);
    expect(await balances()).toEqual(before);
    await expectCleanAudit('stays');
    const carried = await world.rows(
      `SELECT a.user_id, e.amount::int FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id
         JOIN ledger_accounts a ON a.id = e.account_id WHERE t.idempotency_key LIKE 'carry:goes:%' ORDER BY 1 NULLS LAST`,
    );
    expect(carried).toEqual([
      { user_id: '1', amount: 10 },
      { user_id: '3', amount: 10 },
      { user_id: '4', amount: 10 },
      { user_id: null, amount: -30 },
    ]);

    expect(await client.claim('goes', 1)).toMatchObject({ status: 410, body: { code: 'closed' } });
    expect(await client.claim('goes', 99)).toMatchObject({ status: 410, body: { code: 'closed' } });
    expect((await client.createCampaign({ id: 'goes', capacity: 1 })).status).toBe(409);
    expect((await archive('goes', path, true)).rows).toEqual(rows); // a second run changes nothing
    await expect(archive('goes', newFile(), false)).rejects.toThrow('was removed');
    expect(
      await world.rows(
        `SELECT act FROM admin_acts WHERE campaign_id = 'goes' AND actor = 'archive' ORDER BY id`,
      ),
    ).toEqual([{ act: 'campaign-archived' }, { act: 'campaign-removed' }]);
  });

  it('has nobody else counted again by the reaper', async () => {
    await finished('taken');
    await client.createCampaign({ id: 'others', capacity: 2, waitingCapacity: 1 });
    const worker = await world.start('worker', { REAPER_INTERVAL_MS: '3600000', SLOT_LEASE_MS: '1000' });
    for (const userId of [1, 3, 4]) await client.claim('others', userId);
    const asked = jest.spyOn(worker.app.get(DataSource), 'query');
    const counts = (): number => asked.mock.calls.filter(([sql]) => sql.includes('arrival_no > $2')).length;
    const look = async (): Promise<unknown> => {
      await sleep(1_100); // for a second, what is known of deletions is not asked again
      return worker.app.get(DurablePlaces).perform({ campaign: { id: 'others' } as Campaign } as Look);
    };
    await eventually(async () => expect(await look()).toBe('nothing'));
    await archive('taken', newFile(), true);
    // Postgres tells of deletions when the session that made them ends, which the archive's has.
    const before = counts();
    expect(before).toBeGreaterThan(0);
    expect(await look()).toBe('nothing');
    expect(counts()).toBe(before);
    await world.rows(`
      BEGIN;
      SET LOCAL session_replication_role = replica;
      DELETE FROM waiting_entries WHERE campaign_id = 'others';
      COMMIT`);
    await eventually(async () => expect(await look()).toBe('something'));
    asked.mockRestore();
    await worker.close();
  });

  it('is told to whoever asks about its people afterwards', async () => {
    await finished('told');
    const { archivedAt } = await archive('told', newFile(), true);
    const since = new Date(archivedAt ?? '').toISOString();
    const get = (path: string) => client.operate('get', `campaigns/told/${path}`);
    const terms = (await get('terms')).body as { archivedAt: unknown; finishedAt: unknown };
    expect(terms).toMatchObject({ archivedAt: since, finishedAt: expect.any(String) });
    expect((await get('stats')).body).toMatchObject({
      archivedAt: since,
      postgres: { success: 3, failed: 0, lastArrivalNo: 0 },
      gate: { asOf: terms.finishedAt, available: 0, settled: 3 },
    });

    for (const [answer, code] of [
      [await get('grants/1/story'), 'no-claim'],
      [await get('payouts/1'), 'unknown-payout'],
      [await client.revoke('told', 1, 'asked'), 'no-claim'],
    ] as const) {
      expect(expectProblem(answer, 404, code)).toMatchObject({
        title: 'The campaign was archived',
        archivedAt: since,
        detail: expect.stringContaining('is in the file that `npm run archive` wrote'),
      });
    }
    for (const answer of [
      await client.status('told', 1),
      await client.leave('told', 1),
      await client.operate('get', 'campaigns/told/grants/me/proof', undefined, await tokenOf(1)),
    ]) {
      expect(expectProblem(answer, 404, 'no-claim')).toMatchObject({
        archivedAt: since,
        detail: expect.stringContaining('Ask whoever runs the campaign'),
      });
    }
  });

  it('is told of no campaign that is only finished', async () => {
    await finished('kept');
    const get = (path: string) => client.operate('get', `campaigns/kept/${path}`);
    expect((await get('terms')).body).toMatchObject({ archivedAt: null, finishedAt: expect.any(String) });
    expect((await get('stats')).body).toMatchObject({
      archivedAt: null,
      postgres: { success: 3, failed: 1, left: 1, ended: 2, lastArrivalNo: 7 },
    });
    for (const answer of [await get('grants/99/story'), await client.status('kept', 99)])
      expect(expectProblem(answer, 404, 'no-claim')).not.toHaveProperty('archivedAt');
  });

  it('keeps nobody from wallets for longer than some seconds when it freezes', async () => {
    await finished('brief');
    await world.pg.query(`
      CREATE TABLE limits_seen (place TEXT, standing_still TEXT);
      CREATE FUNCTION note_limit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO limits_seen VALUES (TG_TABLE_NAME, current_setting('idle_in_transaction_session_timeout'));
        RETURN NULL;
      END $$;
      CREATE TRIGGER note_limit AFTER UPDATE OF archived_at ON campaigns EXECUTE FUNCTION note_limit();
      CREATE TRIGGER note_limit AFTER INSERT ON ledger_entries EXECUTE FUNCTION note_limit()`);
    try {
      await archive('brief', newFile(), true);
      expect(await world.rows(`SELECT DISTINCT * FROM limits_seen ORDER BY place`)).toEqual([
        { place: 'campaigns', standing_still: '10s' },
        { place: 'ledger_entries', standing_still: '10s' },
      ]);
    } finally {
      await world.pg.query(`DROP FUNCTION note_limit CASCADE; DROP TABLE limits_seen`);
    }
  });

  it('resumes where it was cut off, with the same file and no other', async () => {
    await finished('halves');
    const before = await balances();
    const path = newFile();
    const crash = (): never => {
      throw new Error('cut off');
    };
    await expect(archive('halves', path, true, crash)).rejects.toThrow('cut off');
    expect(await rowsOf('halves')).toMatchObject({ user_grants: 0, waiting_entries: 4 });
    await expectCleanAudit('stays');
    const other = newFile();
    await writeFile(other, await readFile(path, 'utf8').then((text) => text.replaceAll('halves', 'others')));
    await expect(archive('halves', other, true)).rejects.toThrow('changed');
    await expect(archive('halves', newFile(), true)).rejects.toThrow();
    await archive('halves', path, true);
    expect(await rowsOf('halves')).toMatchObject({ user_grants: 0, waiting_entries: 0 });
    expect(await balances()).toEqual(before);
    await expectCleanAudit('stays');
  });

  it('is the only way to delete rows', async () => {
    const refused = async (sql: string): Promise<void> => {
      const connection = await world.pg.connect();
      try {
        await connection.query('BEGIN');
        await connection.query(`SET LOCAL seonchak.removed_campaign = 'goes'`);
        await expect(connection.query(sql)).rejects.toMatchObject({ code: '23000' });
      } finally {
        await connection.query('ROLLBACK');
        connection.release();
      }
    };
    await refused(`DELETE FROM user_grants WHERE campaign_id = 'stays'`);
    await refused(`DELETE FROM payout_events`);
    await refused(`DELETE FROM ledger_entries WHERE id = (SELECT min(id) FROM ledger_entries)`);
    await refused(`DELETE FROM ledger_transactions WHERE idempotency_key LIKE 'carry:%'`);
    await refused(`DELETE FROM payouts WHERE campaign_id = 'stays'`);
    await refused(`DELETE FROM waiting_entries WHERE campaign_id = 'stays'`);
    await refused(`DELETE FROM ledger_accounts WHERE campaign_id = 'goes'`);
    await refused(`DELETE FROM campaigns WHERE id = 'goes'`);
    await refused(`TRUNCATE user_grants`);
    await refused(`UPDATE ledger_entries SET amount = 1`);
    await refused(`UPDATE campaigns SET archive_sha256 = 'x' WHERE id = 'goes'`);
    await expect(world.rows(`DELETE FROM user_grants WHERE campaign_id = 'stays'`)).rejects.toMatchObject({
      code: '23000',
    });
    await expect(
      world.rows(`UPDATE campaigns SET archive_sha256 = 'x' WHERE id = 'stays'`),
    ).rejects.toMatchObject({ code: '23514' });
  });
});
