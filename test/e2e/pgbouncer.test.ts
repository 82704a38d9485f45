import supertest from 'supertest';
import { runMigrations } from '../../src/platform/postgres/migrate.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Pgbouncer } from '../support/pgbouncer.js';
import { users } from '../support/rush.js';
import { ServiceProcess } from '../support/service-process.js';
import { World } from '../support/world.js';

let world: World;
let bouncer: Pgbouncer | undefined;

beforeAll(async () => {
  world = await World.create();
});

afterEach(async () => {
  await ServiceProcess.killAll();
  await bouncer?.stop();
  bouncer = undefined;
});

afterAll(() => world.close());

it('works through a pooler that pools by session', async () => {
  bouncer = await Pgbouncer.start(world.variables.DATABASE_URL ?? '', 'session');
  expect(await runMigrations(bouncer.url)).toEqual([]);
  const service = await ServiceProcess.start({
    ...world.variables,
    DATABASE_URL: bouncer.url,
    APP_ROLE: 'all',
    LOG_LEVEL: 'info',
  });
  const client = new Client({ http: supertest(service.url) });
  const campaign = 'pooled';
  await client.createCampaign({ id: campaign, capacity: 50, waitingCapacity: 0 });
  const answers = await Promise.all(users(1, 60).map((user) => client.claim(campaign, user)));
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(50);
  await eventually(async () => {
    const stats = await client.stats(campaign);
    expect(stats.body).toMatchObject({ conserved: true, postgres: { success: 50, pending: 0 } });
  });
});

it('refuses to start through a pooler that pools by transaction, and says so', async () => {
  bouncer = await Pgbouncer.start(world.variables.DATABASE_URL ?? '', 'transaction');
  await expect(runMigrations(bouncer.url)).rejects.toThrow('pool_mode = session');
  const service = ServiceProcess.spawn({ ...world.variables, DATABASE_URL: bouncer.url, APP_ROLE: 'all' });
  expect(await service.ended).toMatchObject({ code: 1 });
  expect(service.stderr).toContain('DATABASE_URL leads through a pooler');
});
