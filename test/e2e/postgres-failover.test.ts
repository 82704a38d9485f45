import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import supertest from 'supertest';
import { runAudit } from '../../src/audit/run-audit.js';
import { archiveCampaign } from '../../src/campaigns/archive/archive-campaign.js';
import { ArchiveError } from '../../src/campaigns/archive/archive-file.js';
import { StatementError } from '../../src/payouts/reconciliation/provider-statement.js';
import { reconcile } from '../../src/payouts/reconciliation/reconcile.js';
import { runMigrations } from '../../src/platform/postgres/migrate.js';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { PostgresServer } from '../../tools/stack/servers/postgres-server.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { ownDataDir } from '../support/own-servers.js';
import { persist, users } from '../support/rush.js';
import { ServiceProcess } from '../support/service-process.js';
import { World } from '../support/world.js';
import { readBooks } from '../../verification/checker/read-books.js';
import { measureClockLead } from '../../verification/rush/clock-lead.js';

const folders = [ownDataDir(), ownDataDir()] as const;
const primary = new PostgresServer({ dataDir: folders[0], durable: false });
const standby = new PostgresServer({ dataDir: folders[1], durable: false, standbyOf: primary });
let world: World;
let service: ServiceProcess;
let client: Client;

const hostOf = ({ url }: PostgresServer): string => new URL(url).host;

function bothHosts(): string {
  const { username, password, pathname } = new URL(world.variables.DATABASE_URL ?? '');
  const hosts = `${hostOf(standby)},${hostOf(primary)}`;
  return `postgres://${username}:${password}@${hosts}${pathname}?target_session_attrs=read-write`;
}

/** What operators' commands do with both hosts: each finds the one that takes writes. */
async function expectCommandsFollow(campaignId: string, people: number): Promise<void> {
  const databaseUrl = bothHosts();
  const { REDIS_URL: redisUrl = '' } = world.variables;
  expect(await runMigrations(databaseUrl)).toEqual([]);
  expect((await runAudit({ databaseUrl, redisUrl }, campaignId)).ok).toBe(true);
  expect((await readBooks(databaseUrl, campaignId)).places).toHaveLength(people);
  expect(await measureClockLead(databaseUrl)).toEqual(expect.any(Number));
  const path = join(folders[0], 'archive.jsonl');
  await expect(archiveCampaign({ databaseUrl, campaignId, path, remove: false })).rejects.toBeInstanceOf(
    ArchiveError,
  );
  const nobody = { url: `http://127.0.0.1:${await findFreePort()}`, secret: 'a secret of a test' };
  const compared = reconcile({ databaseUrl, provider: nobody, apply: false }, campaignId, () => undefined);
  await expect(compared).rejects.toBeInstanceOf(StatementError);
}

beforeAll(async () => {
  await primary.start();
  world = await World.create({}, { databaseUrl: primary.urlOf('postgres') });
  await standby.start();
  await primary.commitOnlyWithStandby();
  // The standby comes first in the URL: it is reachable and takes no writes.
  service = await ServiceProcess.start({
    ...world.variables,
    DATABASE_URL: bothHosts(),
    APP_ROLE: 'all',
    LOG_LEVEL: 'info',
  });
  client = new Client({ http: supertest(service.url) });
});

afterAll(async () => {
  await ServiceProcess.killAll();
  await world.close().catch(() => undefined); // its database is gone with the primary
  await Promise.all([primary.stop(), standby.stop()]);
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function durable(campaign: string): Promise<string[]> {
  const on = new pg.Client({ connectionString: standby.urlOf(database()) });
  await on.connect();
  try {
    const found = await on.query<{ user_id: string }>(
      'SELECT user_id FROM user_grants WHERE campaign_id = $1',
      [campaign],
    );
    return found.rows.map(({ user_id }) => user_id);
  } finally {
    await on.end();
  }
}

const database = (): string => new URL(world.variables.DATABASE_URL ?? '').pathname.slice(1);

it('P4: follows a failover to the promoted standby, and loses nobody who was told 202', async () => {
  const campaign = 'failover';
  await client.createCampaign({ id: campaign, capacity: 100 });
  const told: string[] = [];
  const claim = async (user: number): Promise<number> => {
    const { status } = await client.claim(campaign, user);
    if (status === 202) told.push(String(user));
    return status;
  };
  for (const user of users(1, 20)) expect(await claim(user)).toBe(202);
  await expectCommandsFollow(campaign, 20);

  const failover = primary.kill().then(() => standby.promote());
  for (const user of users(21, 20)) await claim(user);
  await failover;

  await eventually(async () => expect(await claim(41)).toBeLessThan(300));
  // The instance may still have to notice that the timeline is another one, and say 503 until the gate is rebuilt.
  for (const user of users(42, 20)) {
    expect((await persist(client, campaign, user)).status).toBe(202);
    told.push(String(user));
  }
  expect(await durable(campaign)).toEqual(expect.arrayContaining(told));
  await eventually(async () => {
    const stats = await client.stats(campaign);
    expect(stats.body).toMatchObject({ conserved: true, postgres: { pending: 0 } });
  });
  await expectCommandsFollow(campaign, (await durable(campaign)).length);
  expect(service.stdout).not.toContain('"request-failed"');
});
