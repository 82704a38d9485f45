import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedis } from '../../../src/platform/redis/open-redis.js';
import { RedisReplication } from '../../../tools/stack/servers/redis-replication.js';
import { Crowd } from '../../support/crowd.js';
import { eventually } from '../../support/eventually.js';
import { ownDataDir } from '../../support/own-servers.js';
import { users } from '../../support/rush.js';
import { ServiceProcess } from '../../support/service-process.js';
import { World } from '../../support/world.js';

// A primary, two replicas and three sentinels: real processes, during a rush.

const dataDir = ownDataDir();
const redis = new RedisReplication({ dataDir, log: () => undefined, replicas: 2, sentinels: 3 });
let world: World;
let instances: ServiceProcess[];

beforeAll(async () => {
  await redis.start();
  world = await World.create({}, { redisUrl: redis.url });
  instances = [await startInstance(), await startInstance()];
});

afterAll(async () => {
  await ServiceProcess.killAll();
  await world.close();
  await redis.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function startInstance(): Promise<ServiceProcess> {
  return ServiceProcess.start({ ...world.variables, APP_ROLE: 'all' });
}

function gather(id: string, first: number): Promise<Crowd> {
  const campaign = { id, capacity: 30, waitingCapacity: 6 };
  return Crowd.gather(world, instances, campaign, [first + 2, first + 9]);
}

it('the primary is killed: many connections learn of it while connecting, and each finds the next one', async () => {
  const connections = Array.from({ length: 150 }, (_, i) =>
    openRedis(redis.url, i % 2 ? 'queue' : 'request', 2_000).on('error', () => undefined),
  );
  const allReady = (): void =>
    expect(new Set(connections.map(({ status }) => status))).toEqual(new Set(['ready']));
  // Mostly they learn of it while they connect; in one round of a few, while they wait to connect.
  for (let round = 1; round <= 2; round++) {
    await eventually(allReady, 30_000);
    await sleep(1_000); // time for them to subscribe at the sentinels
    const primary = await redis.primary();
    await primary.kill();
    await eventually(async () => expect(await redis.primary()).not.toBe(primary), 30_000);
    await eventually(allReady, 30_000);
    await redis.restart(primary);
  }
  for (const connection of connections) connection.disconnect();
});

it('the primary is killed in a rush: a replica takes over, and nothing that was answered is lost', async () => {
  const crowd = await gather('killed', 1_000);
  const rush = crowd.rush(users(1_000, 60), 15);
  await crowd.answered(12);
  const primary = await redis.primary();
  await primary.kill();
  // The sentinels may promote a replica before the request's deadline: then the answer comes from that replica.
  const status = await crowd.askOnce(1_001);
  const isPromoted = (await redis.primary()) !== primary;
  expect([status, isPromoted]).toEqual(status === 503 ? [503, isPromoted] : [200, true]);
  await eventually(async () => expect(await redis.primary()).not.toBe(primary), 30_000);
  await rush;
  await crowd.expectRightPeoplePaid();
  await redis.restart(primary); // it is then told that it is a replica
});

it('a replica that lacks the last claims is promoted: nobody gets a slot or a number that is taken', async () => {
  const crowd = await gather('stale', 2_000);
  await crowd.rush(users(2_000, 8), 1);
  const primary = await redis.primary();
  const replicas = redis.servers.filter((server) => server !== primary);
  await Promise.all(replicas.map((replica) => redis.cutOff(replica)));
  const rush = crowd.rush(users(2_008, 52), 15);
  await crowd.answered(20);
  await primary.kill();
  await eventually(async () => expect(await redis.primary()).not.toBe(primary), 30_000);
  await rush;
  await crowd.expectRightPeoplePaid();
});
