import { DataSource } from 'typeorm';
import { ClaimTally } from '../../src/campaigns/reports/claim-tally.js';
import type { Environment } from '../../src/platform/config/environment.js';
import { postgresOptions } from '../../src/platform/postgres/postgres-options.js';
import { World } from '../support/world.js';

/** A stretch of arrivals whose claims have all ended, and some arrivals of the next stretch. */
const SETTLED = 100_000;
const OPEN = 50;

let world: World;
let source: DataSource;
let tally: ClaimTally;

beforeAll(async () => {
  world = await World.create();
  source = new DataSource(
    postgresOptions({
      url: world.variables.DATABASE_URL!,
      ...{ poolSize: 1, statementTimeoutMs: 60_000, applicationName: 'test', looksUpByKey: true },
    }),
  );
  await source.initialize();
  tally = new ClaimTally(source, { REQUEST_DEADLINE_MS: 60_000 } as Environment);
  await source.query(
    `INSERT INTO campaigns (id, name, capacity, waiting_capacity, amount, currency, reversal_policy)
     VALUES ('large', 'large', 1000000, 1000, 10, 'KRW', 'regrant')`,
  );
  await source.query(
    `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at, status)
     SELECT 'large', n, n, n, now(), CASE WHEN n > $1 THEN 'PENDING' WHEN n % 1000 = 0 THEN 'FAILED' ELSE 'SUCCESS' END
       FROM generate_series(1, $1::int + $2::int) AS n WHERE n % 500 <> 1`,
    [SETTLED, OPEN],
  );
  // Every 500th user waited in line: half of them were promoted; of the others a fifth left.
  await source.query(
    `INSERT INTO waiting_entries (campaign_id, user_id, arrival_no, created_at, promoted_at, ended_at, left_at)
     SELECT 'large', n, n, now(), CASE WHEN n % 1000 = 1 THEN now() END, CASE WHEN n % 1000 <> 1 THEN now() END,
            CASE WHEN n % 5000 = 501 THEN now() END
       FROM generate_series(1, $1::int) AS n WHERE n % 500 = 1`,
    [SETTLED],
  );
  await source.query(
    `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at, status)
     SELECT 'large', n, 500000 + n, n, now(), 'SUCCESS' FROM generate_series(1, $1::int) AS n WHERE n % 1000 = 1`,
    [SETTLED],
  );
  await source.query(
    `INSERT INTO waiting_entries (campaign_id, user_id, arrival_no, created_at)
     SELECT 'large', n, n, now() FROM generate_series($1::int + 1, $1::int + 10) AS n`,
    [SETTLED + OPEN],
  );
}, 60_000);

afterAll(async () => {
  await source.destroy();
  await world.close();
});

async function counted(): Promise<unknown> {
  const [counts] = await world.rows(
    `SELECT count(*) FILTER (WHERE status = 'PENDING')::int AS pending,
            count(*) FILTER (WHERE status = 'SUCCESS' AND taken_back IS NULL)::int AS success,
            count(*) FILTER (WHERE status = 'FAILED' AND taken_back IS NULL)::int AS failed,
            count(*) FILTER (WHERE taken_back = 'REVOKED')::int AS revoked,
            count(*) FILTER (WHERE taken_back = 'REVERSED')::int AS reversed FROM user_grants WHERE campaign_id = 'large'`,
  );
  return counts;
}

async function rowsReadBy(work: () => Promise<unknown>): Promise<number> {
  const readSoFar = async (): Promise<number> => {
    await source.query('SELECT pg_stat_force_next_flush()');
    await source.query('SELECT 1');
    const [read] = await source.query<{ sum: string }[]>(
      `SELECT (SELECT sum(seq_tup_read + COALESCE(idx_tup_fetch, 0)) FROM pg_stat_user_tables)
            + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes) AS sum`,
    );
    return Number(read?.sum);
  };
  const before = await readSoFar();
  await work();
  return (await readSoFar()) - before;
}

it('counts everybody once, then only what is new or still open', async () => {
  expect(
    await rowsReadBy(async () => expect(await tally.of('large')).toMatchObject({ waiting: 10 })),
  ).toBeGreaterThan(SETTLED);
  await world.rows(`UPDATE user_grants SET status = 'SUCCESS' WHERE campaign_id = 'large' AND user_id = $1`, [
    SETTLED + 2,
  ]);
  const again = async (): Promise<void> => {
    expect(await tally.of('large')).toEqual({
      ...((await counted()) as object),
      asOf: expect.any(Date),
      ...{ waiting: 10, promoted: 100, ended: 80, left: 20, lastArrivalNo: SETTLED + OPEN + 10 },
    });
  };
  await again();
  expect(await rowsReadBy(() => tally.of('large'))).toBeLessThan(SETTLED / 100);
});

it('notices a paid grant whose money comes back in a stretch where nothing else can change', async () => {
  await world.rows(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state) VALUES ('large', 2, 'grant:large:2', 'REVERSED')`,
  );
  await world.rows(`UPDATE user_grants SET status = 'FAILED' WHERE campaign_id = 'large' AND user_id = 2`);
  expect(await tally.of('large')).toMatchObject({ ...((await counted()) as object), reversed: 1 });
});

it('counts everybody again after a new epoch, which may have lost rows', async () => {
  await world.rows(`UPDATE campaigns SET epoch = epoch + 1 WHERE id = 'large'`);
  expect(await rowsReadBy(() => tally.of('large'))).toBeGreaterThan(SETTLED);
  expect(await tally.of('large')).toMatchObject((await counted()) as object);
});

it('returns null for an unknown campaign', async () => {
  expect(await tally.of('nowhere')).toBeNull();
});
