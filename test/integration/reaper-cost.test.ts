import { DataSource } from 'typeorm';
import { Campaign } from '../../src/campaigns/campaign.entity.js';
import { CampaignEnds } from '../../src/campaigns/campaign-ends.js';
import { CampaignStore } from '../../src/campaigns/campaign.store.js';
import { readEnvironment } from '../../src/platform/config/read-environment.js';
import { postgresOptions } from '../../src/platform/postgres/postgres-options.js';
import { Upkeep } from '../../src/reaper/upkeep.js';
import { World } from '../support/world.js';

// The cost of a reaper's look depends neither on the number of campaigns nor on their history.
// Measured by the pages that Postgres has touched.

const CAMPAIGNS = 10_000;
const FINISHED = 100;
const PEOPLE = 1_000;
const LARGE = 50_000;
const TAKEN = 40;

let world: World;
let source: DataSource;
let upkeep: Upkeep;
let store: CampaignStore;
let ends: CampaignEnds;

beforeAll(async () => {
  world = await World.create();
  const environment = readEnvironment({ ...world.variables, REAPER_INTERVAL_MS: '60000' });
  source = new DataSource({
    ...postgresOptions({
      url: environment.DATABASE_URL,
      ...{ poolSize: 1, statementTimeoutMs: 60_000, applicationName: 'test', looksUpByKey: true },
    }),
    entities: [Campaign],
  });
  await source.initialize();
  upkeep = new Upkeep(source, source.getRepository(Campaign), environment);
  store = new CampaignStore(source, source.getRepository(Campaign), environment);
  ends = new CampaignEnds(source, environment);
  await campaigns('open', CAMPAIGNS, 'OPEN', 10);
  // Ended long ago: half of each line was promoted, half was told the end.
  await campaigns('over', FINISHED, 'CLOSED', PEOPLE);
  await grants('over', FINISHED, PEOPLE, 'SUCCESS');
  await source.query(
    `INSERT INTO waiting_entries (campaign_id, user_id, arrival_no, created_at, ended_at, promoted_at)
     SELECT 'over-' || c, u, u, now(), CASE WHEN u % 2 = 0 THEN now() END, CASE WHEN u % 2 = 1 THEN now() END
       FROM generate_series(1, $1::int) c, generate_series(1, $2::int) u`,
    [FINISHED, PEOPLE],
  );
  await campaigns('large', 1, 'CLOSED', LARGE);
  await grants('large', 1, LARGE, 'SUCCESS');
  await source.query(
    `INSERT INTO ledger_accounts (kind, campaign_id, currency, balance) VALUES ('CAMPAIGN', 'large-1', 'KRW', 0)`,
  );
  await source.query(
    `INSERT INTO waiting_entries (campaign_id, user_id, arrival_no, created_at)
     SELECT 'large-1', $1::int + u, $1::int + u, now() FROM generate_series(1, 10000) u`,
    [LARGE],
  );
  await source.query('VACUUM ANALYZE');
});

afterAll(async () => {
  await source.destroy();
  await world.close();
});

async function campaigns(prefix: string, count: number, state: string, capacity: number): Promise<void> {
  await source.query(
    `INSERT INTO campaigns (id, name, capacity, waiting_capacity, amount, currency, state, updated_at)
     SELECT $1 || '-' || c, 'x', $4, 10000, 10, 'KRW', $3, now() - interval '2 days' FROM generate_series(1, $2::int) c`,
    [prefix, count, state, capacity],
  );
}

async function grants(prefix: string, count: number, people: number, status: string): Promise<void> {
  await source.query(
    `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, status, created_at)
     SELECT $1 || '-' || c, u, u, u, $4, now() FROM generate_series(1, $2::int) c, generate_series(1, $3::int) u`,
    [prefix, count, people, status],
  );
}

/** Pages of tables and indexes that Postgres has touched so far. */
async function pages(): Promise<number> {
  await source.query('SELECT pg_stat_force_next_flush()');
  await source.query('SELECT 1');
  const [read] = await source.query<{ sum: string }[]>(
    `SELECT sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit) FROM pg_statio_user_tables`,
  );
  return Number(read?.sum);
}

async function pagesOf(work: () => Promise<unknown>): Promise<number> {
  const before = await pages();
  await work();
  return (await pages()) - before;
}

describe('a look of the reaper', () => {
  it('at due campaigns touches only their pages, among 10,000 campaigns that rest', async () => {
    await source.query(`UPDATE campaign_upkeep SET next_look_at = now() + interval '1 hour'`);
    await source.query(
      `UPDATE campaign_upkeep SET next_look_at = now() - interval '1 second' WHERE campaign_id = ANY (ARRAY(SELECT 'open-' || n FROM generate_series(1, $1::int) n))`,
      [TAKEN],
    );
    await source.query('VACUUM ANALYZE campaign_upkeep');
    let taken = 0;
    const touched = await pagesOf(async () => (taken = (await upkeep.take(TAKEN)).length));
    expect(taken).toBe(TAKEN);
    expect(touched).toBeLessThan(TAKEN * 60);
    expect(await pagesOf(() => upkeep.take(TAKEN))).toBeLessThan(TAKEN * 60); // finds none
  });

  it('at ended campaigns does not read their history', async () => {
    await source.query(
      `UPDATE campaign_upkeep SET next_look_at = CASE WHEN campaign_id LIKE 'over-%' THEN now() - interval '1 second' ELSE now() + interval '1 hour' END`,
    );
    await source.query('VACUUM ANALYZE campaign_upkeep');
    let taken = 0;
    const touched = await pagesOf(async () => (taken = (await upkeep.take(TAKEN)).length));
    expect(taken).toBe(TAKEN);
    expect(touched).toBeLessThan(TAKEN * 60);
    expect(await pagesOf(() => upkeep.leave('over-1'))).toBeLessThan(100);
  });

  it('finds the campaigns to close without reading the others', async () => {
    await source.query(`UPDATE campaigns SET closes_at = now() - interval '1 second' WHERE id = 'open-7'`);
    let due: readonly { id: string }[] = [];
    const touched = await pagesOf(async () => (due = await store.toClose(500)));
    expect(due.map(({ id }) => id)).toEqual(['open-7']);
    expect(touched).toBeLessThan(30);
  });

  it('decides whether a line can end without counting paid or waiting users', async () => {
    const seen = { epoch: '0', isQuiet: false };
    const touched = await pagesOf(async () => {
      expect(await ends.advance('large-1', seen)).toBe(true);
    });
    expect(touched).toBeLessThan(120);
  });
});
