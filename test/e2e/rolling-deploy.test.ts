import { runAudit } from '../../src/audit/run-audit.js';
import { BalancedCrowd } from '../support/balanced-crowd.js';
import { Balancer } from '../support/balancer.js';
import { closeWallets } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { brokenPromises } from '../support/kept-promises.js';
import { RecordingClient } from '../support/recording-client.js';
import { users } from '../support/rush.js';
import { ServiceProcess } from '../support/service-process.js';
import { World } from '../support/world.js';

const CAMPAIGN = 'deployed-under-load';
const CAPACITY = 1_200;
const LINE = 120;
/** How many new users come before the first restart, and during each of the four. */
const SHARE = 400;
/** How long a draining instance still takes requests: many times what the balancer needs to notice. */
const DRAIN_DELAY_MS = 1_500;

let world: World;

beforeAll(async () => {
  world = await World.create({
    LOG_LEVEL: 'warn',
    SLOT_LEASE_MS: '3000',
    DATABASE_POOL_SIZE: '8',
    DRAIN_DELAY_MS: String(DRAIN_DELAY_MS),
    SHUTDOWN_DEADLINE_MS: '30000',
  });
});

afterAll(async () => {
  await ServiceProcess.killAll();
  await world.close();
});

it('restarting every instance during a rush loses no answer, and pays the right people', async () => {
  const start = (APP_ROLE: string): Promise<ServiceProcess> =>
    ServiceProcess.start({ ...world.variables, APP_ROLE });
  const [apis, workers] = [
    [await start('api'), await start('api')],
    [await start('worker'), await start('worker')],
  ];
  await closeWallets(
    world,
    users(1, 2_000).filter((userId) => userId % 20 === 0),
  );
  const operator = new RecordingClient('operator');
  const terms = {
    id: CAMPAIGN,
    name: CAMPAIGN,
    capacity: CAPACITY,
    waitingCapacity: LINE,
    amount: 10,
    currency: 'KRW',
  };
  const [first] = apis;
  const created = await operator.ask(first!.url, {
    op: 'create',
    campaignId: CAMPAIGN,
    userId: null,
    body: terms,
  });
  expect(created.status).toBe(201);
  operator.close();

  const balancer = new Balancer(apis.map(({ url }) => url));
  const crowd = new BalancedCrowd(balancer, CAMPAIGN);
  crowd.let(SHARE);
  await eventually(() => expect(crowd.arrived).toBeGreaterThan(SHARE / 2));

  const fresh: ServiceProcess[] = [];
  const answersWhileRestarting: number[] = [];
  for (const instance of [...apis, ...workers]) {
    crowd.let(SHARE);
    const before = crowd.client.history.length;
    expect(await instance.end('SIGTERM')).toEqual({ code: 0, signal: null });
    const again = await instance.again();
    fresh.push(again);
    if (apis.includes(instance)) await eventually(() => expect(balancer.has(again.url)).toBe(true));
    answersWhileRestarting.push(crowd.client.history.length - before);
  }
  await crowd.finish();
  await balancer.stop();

  expect(crowd.complaints.slice(0, 10)).toEqual([]);
  // The rush lasted through every restart.
  expect(Math.min(...answersWhileRestarting)).toBeGreaterThan(SHARE);
  expect(new Set(crowd.client.history.map(({ userId }) => userId)).size).toBe(5 * SHARE);

  await eventually(async () => {
    const [counts] = await world.rows(
      `SELECT count(*) FILTER (WHERE status = 'SUCCESS')::int AS success,
              count(*) FILTER (WHERE status = 'PENDING')::int AS pending
         FROM user_grants WHERE campaign_id = $1`,
      [CAMPAIGN],
    );
    expect(counts).toEqual({ success: CAPACITY, pending: 0 });
  }, 30_000);
  expect(await brokenPromises(world, CAMPAIGN, crowd.client.history)).toEqual([]);
  await eventually(async () => {
    const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '' } = world.variables;
    const { gate, checks } = await runAudit({ databaseUrl, redisUrl, looks: 1 }, CAMPAIGN);
    expect({ gate, violations: checks.flatMap(({ violations }) => violations) }).toEqual({
      gate: 'checked',
      violations: [],
    });
  });
  for (const instance of fresh) expect(await instance.end('SIGTERM')).toEqual({ code: 0, signal: null });
}, 240_000);
