import { DataSource } from 'typeorm';
import { postgresOptions } from '../../src/platform/postgres/postgres-options.js';
import type { LogKeys } from '../../src/transparency/log/log-keys.js';
import { CampaignProof } from '../../src/transparency/publishing/campaign-proof.js';
import { World } from '../support/world.js';

/** Checkpoints of a long campaign; each is of ten leaves more. */
const KEPT = 20_000;
const RANGE = { from: 5_000, to: 150_003 };
/** Far more than 32 look-ups need; far less than the campaign has. */
const MOST_READ = 1_000;

let world: World;
/** A single connection, which can be told to report what it has read. */
let source: DataSource;
let proof: CampaignProof;

beforeAll(async () => {
  world = await World.create();
  source = new DataSource(
    postgresOptions({
      url: world.variables['DATABASE_URL'] ?? '',
      ...{ poolSize: 1, statementTimeoutMs: 60_000, applicationName: 'test', looksUpByKey: true },
    }),
  );
  await source.initialize();
  await source.query(
    `INSERT INTO log_checkpoints (size, note) SELECT n * 10, 'of ' || n * 10 FROM generate_series(1, $1::int) AS n`,
    [KEPT],
  );
  proof = new CampaignProof(source, { published: '', policy: null, verifier: null } as LogKeys);
});

afterAll(async () => {
  await source.destroy();
  await world.close();
});

/** The sizes of the checkpoints that a proof begins with. */
async function sizesIn(range: typeof RANGE, size: number): Promise<number[]> {
  const { value = '' } = await proof.text('long', range, { note: `of ${size}`, size }).next();
  const [, about = ''] = String(value).split('\n');
  const { checkpoints } = JSON.parse(about) as { checkpoints: readonly string[] };
  return checkpoints.map((note) => Number(note.slice('of '.length)));
}

async function readSoFar(): Promise<number> {
  await source.query('SELECT pg_stat_force_next_flush()');
  await source.query('SELECT 1');
  const [read] = await source.query<{ sum: string }[]>(
    `SELECT (SELECT sum(seq_tup_read + COALESCE(idx_tup_fetch, 0)) FROM pg_stat_user_tables)
          + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes) AS sum`,
  );
  return Number(read?.sum);
}

it('gives 32 checkpoints of a long campaign, spread evenly, the first and the last among them', async () => {
  const before = await readSoFar();
  const sizes = await sizesIn(RANGE, 400_000);
  expect((await readSoFar()) - before).toBeLessThan(MOST_READ);
  expect(sizes).toHaveLength(33);
  expect([sizes[0], ...sizes.slice(-2)]).toEqual([5_010, 150_000, 400_000]);
  const steps = sizes.slice(1, -1).map((size, place) => size - (sizes[place] ?? 0));
  for (const step of steps) expect(Math.abs(step - 145_000 / 31)).toBeLessThan(20);
});

it('gives each of a few once, and none at or beyond the end', async () => {
  expect(await sizesIn({ from: 5_000, to: 5_025 }, 5_025)).toEqual([5_010, 5_020, 5_025]);
  expect(await sizesIn({ from: 5_000, to: 5_020 }, 5_020)).toEqual([5_010, 5_020]);
  expect(await sizesIn({ from: 5_001, to: 5_003 }, 5_003)).toEqual([5_003]);
});
