import { rm } from 'node:fs/promises';
import { RedisCluster } from '../../../tools/stack/servers/redis-cluster.js';
import type { RedisServer } from '../../../tools/stack/servers/redis-server.js';
import { Crowd } from '../../support/crowd.js';
import { eventually } from '../../support/eventually.js';
import { ownDataDir } from '../../support/own-servers.js';
import { users } from '../../support/rush.js';
import { ServiceProcess } from '../../support/service-process.js';
import { World } from '../../support/world.js';

// A cluster of three primaries, the first two with a replica each: real processes, during a rush.

const dataDir = ownDataDir();
const redis = new RedisCluster({ dataDir, log: () => undefined, primaries: 3, replicas: 2 });
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

/** A crowd for a campaign whose keys are on this node; its name is found by trial. */
async function gatherOn(server: RedisServer, name: string, first: number): Promise<Crowd> {
  for (let i = 1; ; i++) {
    const id = `${name}-${i}`;
    if ((await redis.primaryOf(`{${id}}`)) !== server) continue;
    const campaign = { id, capacity: 30, waitingCapacity: 6 };
    return Crowd.gather(world, instances, campaign, [first + 2, first + 9]);
  }
}

async function epochOf(campaignId: string): Promise<number> {
  const [row] = await world.rows<{ epoch: string }>(`SELECT epoch FROM campaigns WHERE id = $1`, [
    campaignId,
  ]);
  return Number(row?.epoch);
}

it('campaigns on all nodes pay the right people at the same time', async () => {
  const crowds = await Promise.all(
    redis.primaries.map((primary, i) => gatherOn(primary, `node-${i}`, 1_000 * (i + 1))),
  );
  await Promise.all(crowds.map((crowd, i) => crowd.rush(users(1_000 * (i + 1), 40), 5)));
  for (const crowd of crowds) await crowd.expectRightPeoplePaid();
});

it('a hash slot moves to another node in a rush: the gate is rebuilt there', async () => {
  const [, from, to] = redis.primaries as [RedisServer, RedisServer, RedisServer];
  const crowd = await gatherOn(from, 'moved', 10_000);
  const rush = crowd.rush(users(10_000, 60), 15);
  await crowd.answered(12);
  const before = await epochOf(crowd.campaignId);
  await redis.moveSlot(`{${crowd.campaignId}}`, to);
  await rush;
  expect(await epochOf(crowd.campaignId)).toBeGreaterThan(before);
  await crowd.expectRightPeoplePaid();
});

it('a primary that was a replica meanwhile, and now holds stale data, decides nothing before a rebuild', async () => {
  const [primary] = redis.primaries as [RedisServer];
  const [replica] = redis.replicas as [RedisServer];
  const crowd = await gatherOn(primary, 'there-and-back', 20_000);
  await crowd.rush(users(20_000, 8), 1);
  await redis.cutOff(replica);
  await crowd.rush(users(20_008, 8), 1);
  const before = await epochOf(crowd.campaignId); // read before the take-over: a reaper may rebuild before anybody asks
  // There and back before anybody asks: connections stay, the script is known, run_id and epoch match the gate's.
  await redis.takeOver(replica);
  await eventually(async () =>
    expect(String(await primary.command('INFO', 'replication'))).toContain('role:slave'),
  );
  await redis.waitForLink(primary);
  await redis.takeOver(primary);
  await redis.letIn(replica);
  await crowd.rush(users(20_016, 44), 5);
  expect(await epochOf(crowd.campaignId)).toBeGreaterThan(before);
  await crowd.expectRightPeoplePaid();
});

it('a node is killed in a rush: its replica takes over, although it lacks the last claims', async () => {
  const [primary] = redis.primaries as [RedisServer];
  const [replica] = redis.replicas as [RedisServer];
  await redis.waitForLink(replica);
  const crowd = await gatherOn(primary, 'killed', 30_000);
  await crowd.rush(users(30_000, 8), 1);
  await redis.cutOff(replica);
  const rush = crowd.rush(users(30_008, 52), 15);
  await crowd.answered(20);
  await primary.kill();
  await crowd.expectUnavailable(30_001);
  await rush;
  await crowd.expectRightPeoplePaid();
  await redis.letIn(replica);
  await redis.startServer(primary);
});

it('a node without a replica goes silent, is killed and comes back empty: only its campaigns get 503', async () => {
  const [, second, lonely] = redis.primaries as [RedisServer, RedisServer, RedisServer];
  const elsewhere = await gatherOn(second, 'elsewhere', 50_000);
  const crowd = await gatherOn(lonely, 'lonely', 40_000);
  const rush = crowd.rush(users(40_000, 60), 15);
  await crowd.answered(12);
  await lonely.suspend();
  await Promise.all([crowd.expectUnavailable(40_001), elsewhere.rush(users(50_000, 40), 20)]);
  await lonely.resume();
  await crowd.answered(20);
  await lonely.kill();
  await rm(lonely.files, { recursive: true });
  await redis.startServer(lonely);
  await rush;
  await crowd.expectRightPeoplePaid();
  await elsewhere.expectRightPeoplePaid();
});
