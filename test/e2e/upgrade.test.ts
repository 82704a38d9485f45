import { gateKeys } from '../../src/grants/slots/gate-keys.js';
import { removeGates } from '../../src/grants/slots/gate-removal.js';
import { runMigrations } from '../../src/platform/postgres/migrate.js';
import { brokenByAudit } from '../support/audited.js';
import { BalancedCrowd } from '../support/balanced-crowd.js';
import { Balancer } from '../support/balancer.js';
import { booksOf, closeWallets } from '../support/books.js';
import { dataFolderOf } from '../support/data-folder.js';
import { EarlierRelease } from '../support/earlier-release.js';
import { eventually } from '../support/eventually.js';
import { brokenPromises } from '../support/kept-promises.js';
import { RecordingClient } from '../support/recording-client.js';
import { users } from '../support/rush.js';
import { ServiceProcess } from '../support/service-process.js';
import { World } from '../support/world.js';

// The release before this one, as it was, serves a rush while the database is migrated and this release takes over;
// then it takes over again, and this one once more (docs/operations.md).

const CAMPAIGN = 'upgraded-under-load';
const CAPACITY = 400;
const LINE = 40;
/** How many new users come in each phase. */
const SHARE = 100;
const PHASES = 6;

let earlier: EarlierRelease;
let world: World;

beforeAll(async () => {
  earlier = await EarlierRelease.build(dataFolderOf('earlier-release'));
  const variables = {
    ...{ LOG_LEVEL: 'warn', SLOT_LEASE_MS: '3000', DATABASE_POOL_SIZE: '8' },
    ...{ DRAIN_DELAY_MS: '1000', SHUTDOWN_DEADLINE_MS: '30000' },
  };
  world = await World.create(variables, { migrate: (databaseUrl) => earlier.migrate(databaseUrl) });
}, 120_000);

afterAll(async () => {
  await ServiceProcess.killAll();
  await world.close();
});

const layout = (): Promise<string | null> => world.redis.hget(gateKeys(CAMPAIGN).facts, 'layout');

async function createCampaign(url: string): Promise<void> {
  const operator = new RecordingClient('operator');
  const terms = {
    id: CAMPAIGN,
    name: CAMPAIGN,
    capacity: CAPACITY,
    waitingCapacity: LINE,
    amount: 10,
    currency: 'KRW',
  };
  const created = await operator.ask(url, { op: 'create', campaignId: CAMPAIGN, userId: null, body: terms });
  expect(created.status).toBe(201);
  operator.close();
}

async function end(instances: readonly ServiceProcess[]): Promise<void> {
  const endings = await Promise.all(instances.map((instance) => instance.end('SIGTERM')));
  expect(endings).toEqual(instances.map(() => ({ code: 0, signal: null })));
}

/** Replaces one instance after the other. */
async function rollOut(instances: readonly ServiceProcess[]): Promise<ServiceProcess[]> {
  const fresh: ServiceProcess[] = [];
  for (const instance of instances) {
    await end([instance]);
    fresh.push(await instance.again());
  }
  return fresh;
}

it('an upgrade during a rush, and going back, lose no answer and pay the right people', async () => {
  const start = (APP_ROLE: string): Promise<ServiceProcess> =>
    ServiceProcess.start({ ...world.variables, APP_ROLE }, earlier.build);
  const before = [await start('api'), await start('api'), await start('worker')];
  await closeWallets(
    world,
    users(1, PHASES * SHARE).filter((userId) => userId % 20 === 0),
  );
  await createCampaign(before[0]!.url);
  const balancer = new Balancer(before.slice(0, 2).map(({ url }) => url));
  const crowd = new BalancedCrowd(balancer, CAMPAIGN);
  const nextShare = async (): Promise<void> => {
    crowd.let(SHARE);
    const aLittle = crowd.arrived + SHARE / 10;
    await eventually(() => expect(crowd.arrived).toBeGreaterThanOrEqual(aLittle), 30_000);
  };

  await nextShare();
  const old = await layout();
  await nextShare();
  expect(await runMigrations(world.variables.DATABASE_URL ?? '')).not.toEqual([]);
  await nextShare(); // the release before serves on the newer schema

  const upgraded = await rollOut(before);
  await nextShare();
  await eventually(async () => expect(await layout()).not.toBe(old));

  await end(upgraded);
  const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '' } = world.variables;
  const { removed } = await removeGates({ databaseUrl, redisUrl, keyPrefix: 'grant' });
  expect(removed).toBeGreaterThan(0);
  const back = await Promise.all(upgraded.map((instance) => instance.again({}, earlier.build)));
  await nextShare();
  await eventually(async () => expect(await layout()).toBe(old));

  const again = await rollOut(back);
  await nextShare();
  await crowd.finish();
  await balancer.stop();
  expect(crowd.complaints.slice(0, 10)).toEqual([]);
  expect(new Set(crowd.client.history.map(({ userId }) => userId)).size).toBe(PHASES * SHARE);
  await eventually(async () => {
    const { success, pending } = await booksOf(world, CAMPAIGN);
    expect({ success, pending }).toEqual({ success: CAPACITY, pending: 0 });
  }, 30_000);
  expect(await brokenPromises(world, CAMPAIGN, crowd.client.history)).toEqual([]);
  await eventually(async () => expect(await brokenByAudit(world, CAMPAIGN)).toEqual([]));
  await end(again);
}, 300_000);
