import { DataSource } from 'typeorm';
import { getDataSourceToken } from '@nestjs/typeorm';
import { runAudit } from '../../src/audit/run-audit.js';
import { READS } from '../../src/platform/postgres/reads.js';
import { closeWallets } from '../support/books.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;

beforeAll(async () => {
  world = await World.create({ DATABASE_TIMEOUT_MS: '5000', REQUEST_DEADLINE_MS: '5000' });
});

afterAll(() => world.close());

/** Sets it as an operator does, for the database or for the role: sessions that begin from now on have it. */
async function withSetting(
  of: string,
  setting: string,
  value: string,
  work: () => Promise<void>,
): Promise<void> {
  const { pathname, username } = new URL(world.variables.DATABASE_URL ?? '');
  const target =
    of === 'database' ? `DATABASE ${pathname.slice(1)}` : `ROLE ${username} IN DATABASE ${pathname.slice(1)}`;
  await world.rows(`ALTER ${target} SET ${setting} = ${value}`);
  try {
    await work();
  } finally {
    await world.rows(`BEGIN READ WRITE; ALTER ${target} RESET ${setting}; COMMIT`);
  }
}

interface Setting {
  readonly setting: string;
  /** What it is set to outside, as SQL. */
  readonly value: string;
  /** What it is in a session of the service; where that does not matter, nothing. */
  readonly ours?: string;
  readonly of?: 'role';
}

const SETTINGS: readonly Setting[] = [
  { setting: 'statement_timeout', value: "'1h'", ours: '5s' },
  { setting: 'lock_timeout', value: '1', ours: '0' },
  { setting: 'idle_in_transaction_session_timeout', value: '1', ours: '5s' },
  { setting: 'idle_session_timeout', value: '50', ours: '0' },
  { setting: 'transaction_timeout', value: '50', ours: '0' },
  { setting: 'default_transaction_isolation', value: "'serializable'", ours: 'read committed' },
  {
    setting: 'default_transaction_isolation',
    value: "'repeatable read'",
    ours: 'read committed',
    of: 'role',
  },
  { setting: 'default_transaction_deferrable', value: 'on' },
  { setting: 'synchronous_commit', value: 'off', ours: 'on', of: 'role' },
  { setting: 'TimeZone', value: "'Asia/Kathmandu'", ours: 'UTC' },
  { setting: 'DateStyle', value: "'SQL, DMY'", ours: 'ISO, MDY', of: 'role' },
  { setting: 'IntervalStyle', value: "'sql_standard'", ours: 'postgres' },
  { setting: 'bytea_output', value: "'escape'", ours: 'hex' },
  { setting: 'extra_float_digits', value: '-15', ours: '1' },
  { setting: 'array_nulls', value: 'off', ours: 'on' },
  { setting: 'standard_conforming_strings', value: 'off', ours: 'on' },
  { setting: 'enable_indexscan', value: 'off', ours: 'on' },
  { setting: 'enable_indexonlyscan', value: 'off', ours: 'on' },
  { setting: 'enable_bitmapscan', value: 'off', ours: 'on' },
  { setting: 'enable_nestloop', value: 'off', ours: 'on' },
  { setting: 'enable_seqscan', value: 'on', ours: 'off' },
  { setting: 'enable_sort', value: 'off' },
  { setting: 'jit', value: 'on', ours: 'off' },
  { setting: 'plan_cache_mode', value: "'force_custom_plan'", ours: 'force_generic_plan' },
  { setting: 'row_security', value: 'off' },
  { setting: 'transform_null_equals', value: 'on' },
  { setting: 'client_encoding', value: "'LATIN1'", ours: 'UTF8' },
  { setting: 'search_path', value: 'nowhere, public' },
];

async function inSessions({ app }: RunningApp, setting: string): Promise<string[]> {
  const pools = [app.get(DataSource), app.get<DataSource>(getDataSourceToken(READS))];
  const answers = await Promise.all(
    pools.map((pool) => pool.query<{ value: string }[]>(`SELECT current_setting($1) AS value`, [setting])),
  );
  return answers.map(([answer]) => answer?.value ?? '');
}

let campaigns = 0;

/** A campaign from its creation to its audit: who came is paid, rejected or waits, and times are what they were. */
async function wholeWay(app: RunningApp): Promise<void> {
  const client = new Client(app);
  const id = `c-${(campaigns += 1)}`;
  const opensAt = new Date(Date.now() - 1_000).toISOString();
  const created = await client.createCampaign({ id, capacity: 2, waitingCapacity: 2, opensAt });
  expect(created).toMatchObject({ status: 201, body: { opensAt } });
  const closed = 1_000 + campaigns;
  await closeWallets(world, [closed]);
  const answers = await Promise.all([closed, 1, 2, 3].map((user) => client.claim(id, user)));
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  await eventually(async () => {
    expect((await client.stats(id)).body).toMatchObject({
      conserved: true,
      postgres: { pending: 0, success: 2 },
    });
  });
  const { body } = await client.claim(id, 1);
  const [row] = await world.rows<{ createdAt: Date }>(
    `SELECT created_at AS "createdAt" FROM user_grants WHERE campaign_id = $1 AND user_id = 1
     UNION ALL SELECT created_at FROM waiting_line WHERE campaign_id = $1 AND user_id = 1`,
    [id],
  );
  expect(body.createdAt).toBe(row?.createdAt.toISOString());
  const audit = await runAudit(
    {
      ...{ databaseUrl: world.variables.DATABASE_URL!, redisUrl: world.variables.REDIS_URL! },
      looks: 5,
    },
    id,
  );
  expect(audit.checks.flatMap(({ violations }) => violations)).toEqual([]);
}

describe('a setting that an operator made for the database or the role', () => {
  it.each(SETTINGS)(
    '$setting = $value changes nothing of what is promised',
    async ({ setting, value, ours, of }) => {
      await withSetting(of ?? 'database', setting, value, async () => {
        const app = await world.start('all');
        try {
          if (ours !== undefined) expect(await inSessions(app, setting)).toEqual([ours, ours]);
          await wholeWay(app);
        } finally {
          await app.close();
        }
      });
    },
  );

  it('session_replication_role, without which no trigger runs, is refused by its name', async () => {
    await withSetting('database', 'session_replication_role', 'replica', async () => {
      await expect(world.start('api')).rejects.toThrow('session_replication_role');
    });
  });
});
