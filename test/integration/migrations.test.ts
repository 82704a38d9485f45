import pg from 'pg';
import { DataSource } from 'typeorm';
import { Campaign } from '../../src/campaigns/campaign.entity.js';
import { REQUIRED, type RequiredTable } from '../../migrations/schema/required.js';
import { revertMigration, runMigrations } from '../../src/platform/postgres/migrate.js';
import { booksOf } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { World } from '../support/world.js';

let world: World;
let url: string;

beforeEach(async () => {
  world = await World.create(); // runs all of them
  url = world.variables.DATABASE_URL!;
});

afterEach(() => world.close());

/** Everything that migrations create, as text. */
async function schema(database: Pick<pg.Pool, 'query'> = world.pg): Promise<string[]> {
  const { rows } = await database.query<{ line: string }>(`
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
           || COALESCE(column_default, '') || ' ' || COALESCE(collation_name, '') AS line
      FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'migrations'
    UNION ALL
    SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'migrations'
    UNION ALL
    SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'migrations'
    UNION ALL
    SELECT 'trigger ' || pg_get_triggerdef(oid) || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'view ' || viewname || ' ' || definition FROM pg_views WHERE schemaname = 'public'
    ORDER BY 1`);
  return rows.map(({ line }) => line);
}

async function count(): Promise<number> {
  const [done] = await world.rows<{ count: number }>(`SELECT count(*)::int FROM migrations`);
  return done!.count;
}

describe('migrations', () => {
  it('go down one at a time until nothing is left, and up again to the same schema', async () => {
    const before = await schema();
    expect(before.length).toBeGreaterThan(50);
    for (let left = await count(); left > 0; left--) {
      await revertMigration(url);
      expect(await count()).toBe(left - 1);
    }
    expect(await schema()).toEqual([]);
    expect((await runMigrations(url)).length).toBe(await count());
    expect(await schema()).toEqual(before);
  });

  it('go down by one step or many, and up again to the same schema', async () => {
    const before = await schema();
    const all = await count();
    // Not by each number: that would cost the square of the number of migrations.
    for (const back of [1, 2, 3, 5, 8, 13, 21, 34, all]) {
      for (let i = 0; i < back; i++) await revertMigration(url);
      expect(await runMigrations(url)).toHaveLength(back);
      expect(await schema()).toEqual(before);
    }
  });

  it('are run by one of several processes that start at once', async () => {
    const all = await count();
    for (let i = 0; i < all; i++) await revertMigration(url);
    const ran = await Promise.all([runMigrations(url), runMigrations(url), runMigrations(url)]);
    expect(ran.flat()).toHaveLength(all);
    expect(await runMigrations(url)).toEqual([]);
  });

  it('let other statements pass while a reader blocks them, and continue afterwards', async () => {
    const all = await count();
    for (let i = 1; i < all; i++) await revertMigration(url);
    const tables = ['campaigns', 'user_grants', 'waiting_entries'];
    const reader = await world.pg.connect();
    await reader.query('BEGIN');
    for (const table of tables) await reader.query(`LOCK TABLE ${table} IN ACCESS SHARE MODE`);
    const ran = runMigrations(url);
    try {
      await eventually(async () => {
        const waiting = await world.rows(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
              AND application_name = 'seonchak-migrate' AND wait_event_type = 'Lock' AND wait_event = 'relation'`,
        );
        expect(waiting).toHaveLength(1);
      });
      // These queue behind the waiting migration, but do not wait until the reader ends.
      for (const table of tables) await world.rows(`SELECT FROM ${table} LIMIT 1`);
    } finally {
      await reader.query('COMMIT');
      reader.release();
    }
    expect(await ran).toHaveLength(all - 1);
  });

  it('create and fund the default campaign: 10 KRW for each of 10,000 users', async () => {
    expect(
      await world.rows(`SELECT id, capacity, waiting_capacity, amount::int, currency, state FROM campaigns`),
    ).toEqual([
      {
        id: 'default',
        capacity: 10_000,
        waiting_capacity: 1_000,
        amount: 10,
        currency: 'KRW',
        state: 'OPEN',
      },
    ]);
    expect(await booksOf(world, 'default')).toMatchObject({ pool: 100_000, pending: 0, success: 0 });
  });

  it('name every constraint explicitly', async () => {
    const guessed = await world.rows<{ conname: string }>(
      `SELECT conname FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u')
          AND conrelid::regclass::text <> 'migrations' AND conname ~ '_(pkey|fkey|key|check)\\d*$'`,
    );
    expect(guessed).toEqual([]);
  });

  it('leave what the start looks for, and nothing else', async () => {
    const found = await world.rows<{ table: string; parts: string[] | null }>(`
      SELECT relname AS table, (
               SELECT array_agg(DISTINCT name ORDER BY name) FROM (
                 SELECT conname::text COLLATE "C" AS name FROM pg_constraint WHERE conrelid = pg_class.oid AND contype <> 'n'
                 UNION SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = pg_class.oid
                 UNION SELECT tgname::text FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal) AS part) AS parts
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') AND relname <> 'migrations'`);
    const sorted = Object.entries<RequiredTable>(REQUIRED).map(([table, { parts }]) => [
      table,
      [...parts].sort(),
    ]);
    expect(Object.fromEntries(sorted)).toEqual(
      Object.fromEntries(found.map(({ table, parts }) => [table, parts ?? []])),
    );
  });

  it('create the columns that the entity names', async () => {
    const source = new DataSource({ type: 'postgres', url, entities: [Campaign] });
    await source.initialize();
    try {
      const campaign = await source.getRepository(Campaign).findOneByOrFail({ id: 'default' });
      expect(campaign).toMatchObject({ capacity: 10_000, waitingCapacity: 1_000, amount: '10', epoch: '0' });
    } finally {
      await source.destroy();
    }
  });

  it('compare every text as bytes', async () => {
    const others = await world.rows(
      `SELECT table_name, column_name, collation_name FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')
          AND table_name <> 'migrations' AND data_type IN ('text', 'character varying', 'character')
          AND collation_name IS DISTINCT FROM 'C'`,
    );
    expect(others).toEqual([]);
  });
});

describe("a database of another locale, which sorts 'a' before 'B' and gives a hyphen little weight", () => {
  const name = 'test_locale_en';
  let other: pg.Pool;

  beforeEach(async () => {
    await world.pg.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await world.pg.query(
      `CREATE DATABASE ${name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US-u-ka-shifted'`,
    );
    const address = new URL(url);
    address.pathname = `/${name}`;
    await runMigrations(address.toString());
    other = new pg.Pool({ connectionString: address.toString(), max: 1 });
    other.on('error', () => undefined); // the database is dropped by force
  });

  afterEach(async () => {
    await other.end();
    await world.pg.query(`DROP DATABASE ${name} WITH (FORCE)`);
  });

  it('holds the same schema, the same order and the same plans', async () => {
    expect(await schema(other)).toEqual(await schema());
    const keys = ['fund:a-c', 'fund:ab', 'fund:B', 'fund:a'];
    const { rows: byLocale } = await other.query<{ key: string }>(
      `SELECT key FROM unnest($1::text[]) AS key ORDER BY key`,
      [keys],
    );
    expect(byLocale.map(({ key }) => key)).toEqual(['fund:a', 'fund:ab', 'fund:a-c', 'fund:B']); // the order of the locale
    await other.query(
      `INSERT INTO ledger_transactions (idempotency_key, outcome) SELECT key, 'SETTLED' FROM unnest($1::text[]) AS key`,
      [keys],
    );
    await other.query(`SET enable_seqscan = off; SET enable_sort = off`);
    const inOrder = `SELECT idempotency_key AS key FROM ledger_transactions
                      WHERE idempotency_key LIKE 'fund:%' AND idempotency_key <> 'fund:default' ORDER BY idempotency_key`;
    const { rows: byBytes } = await other.query<{ key: string }>(inOrder);
    expect(byBytes.map(({ key }) => key)).toEqual(['fund:B', 'fund:a', 'fund:a-c', 'fund:ab']);
    const { rows: plan } = await other.query<{ 'QUERY PLAN': string }>(`EXPLAIN (COSTS OFF) ${inOrder}`);
    // A prefix is a range of an index only if text is compared as bytes.
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index Cond: .*>= 'fund:'/);
    const again = other.query(
      `INSERT INTO ledger_transactions (idempotency_key, outcome) VALUES ('fund:a', 'SETTLED')`,
    );
    await expect(again).rejects.toMatchObject({ constraint: 'ledger_transactions_idempotency_key_unique' });
  });
});
