import { cp, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer } from '../../../tools/stack/servers/redis-server.js';
import { Crowd } from '../../support/crowd.js';
import { eventually } from '../../support/eventually.js';
import { ownDataDir } from '../../support/own-servers.js';
import { users } from '../../support/rush.js';
import { ServiceProcess } from '../../support/service-process.js';
import { World } from '../../support/world.js';

// One server, two instances, and a rush: whatever happens to Redis meanwhile, people are answered or asked to try
// again, and the service recovers without help.

const dataDir = ownDataDir();
const redis = new RedisServer({ dataDir, log: () => undefined });
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

interface Loss {
  readonly name: string;
  /** Causes the loss and ends it. All answers in between come in time. */
  readonly happens: (crowd: Crowd, first: number) => Promise<unknown>;
}

async function restartWith(prepare: () => Promise<unknown>): Promise<void> {
  await redis.kill();
  await prepare();
  await redis.start();
}

/** While it lasts, nobody gets through, whether known to the gate or not. */
async function expectClosed(crowd: Crowd, first: number): Promise<void> {
  await Promise.all([crowd.expectUnavailable(first), crowd.expectUnavailable(first + 59)]);
}

const LOSSES: readonly Loss[] = [
  { name: 'FLUSHALL', happens: () => redis.command('FLUSHALL') },
  { name: 'SCRIPT FLUSH', happens: () => redis.command('SCRIPT', 'FLUSH') },
  {
    name: 'killed, and back with its append-only file',
    happens: () => restartWith(() => Promise.resolve()),
  },
  {
    name: 'killed, and back without it',
    happens: () => restartWith(() => rm(redis.files, { recursive: true })),
  },
  {
    name: 'power lost: back with an older copy of its files',
    happens: async (crowd) => {
      const older = `${redis.files}-older`;
      await cp(redis.files, older, { recursive: true });
      await crowd.answered(24);
      await restartWith(async () => {
        await rm(redis.files, { recursive: true });
        await cp(older, redis.files, { recursive: true });
        await rm(older, { recursive: true });
      });
    },
  },
  {
    name: 'out of memory',
    happens: async (crowd, first) => {
      await redis.command('CONFIG', 'SET', 'maxmemory', 1);
      await crowd.expectUnavailable(first + 59); // people whom the gate knows are answered (R20)
      await sleep(500);
      await redis.command('CONFIG', 'SET', 'maxmemory', 0);
    },
  },
  {
    name: 'busy with an endless script of another client',
    happens: async (crowd, first) => {
      await redis.command('CONFIG', 'SET', 'busy-reply-threshold', 100);
      const endless = redis.command('EVAL', 'while true do end', 0).catch(() => undefined);
      await sleep(200);
      await expectClosed(crowd, first);
      await eventually(() => redis.command('SCRIPT', 'KILL'));
      await endless;
    },
  },
  {
    name: 'slow: every command waits for a second and more',
    happens: async (crowd, first) => {
      await redis.command('CLIENT', 'PAUSE', 1_500, 'ALL');
      await expectClosed(crowd, first);
    },
  },
  {
    name: 'silent for so long that the service gives up its connections',
    happens: async (crowd, first) => {
      await redis.suspend();
      await expectClosed(crowd, first);
      await sleep(3_500);
      await redis.resume();
    },
  },
];

it.each(LOSSES.map((loss, i) => ({ ...loss, id: `loss-${i}`, first: 1_000 * (i + 1) })))(
  'Redis, in a rush: $name',
  async ({ happens, id, first }) => {
    const campaign = { id, capacity: 30, waitingCapacity: 6 };
    const crowd = await Crowd.gather(world, instances, campaign, [first + 2, first + 9]);
    const rush = crowd.rush(users(first, 60), 15);
    await crowd.answered(12);
    await happens(crowd, first);
    await rush;
    await crowd.expectRightPeoplePaid();
  },
);

it('a connection on which no reply comes any more is replaced by a new one', async () => {
  const before = await redis.command('CLIENT', 'LIST');
  const ids = (list: unknown): string[] =>
    [...String(list).matchAll(/^id=(\d+)/gm)].map(([, id]) => id ?? '');
  await redis.suspend();
  await sleep(4_000);
  await redis.resume();
  await eventually(async () => {
    const now = new Set(ids(await redis.command('CLIENT', 'LIST')));
    expect(ids(before).filter((id) => now.has(id)).length).toBeLessThan(ids(before).length);
  });
});

it('SIGTERM to a worker with a job at hand while Redis is silent: it exits with 0 within its deadline', async () => {
  await ServiceProcess.killAll();
  const api = await ServiceProcess.start({ ...world.variables, APP_ROLE: 'api' });
  const worker = await ServiceProcess.start({ ...world.variables, APP_ROLE: 'worker' });
  const campaign = { id: 'silent-end', capacity: 1, waitingCapacity: 0 };
  const crowd = await Crowd.gather(world, [api], campaign, []);
  const session = await world.pg.connect();
  try {
    await session.query('BEGIN; LOCK TABLE payouts IN ACCESS EXCLUSIVE MODE');
    await crowd.rush([60_000], 0);
    await eventually(async () => {
      const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      expect(await world.rows(waiting)).not.toHaveLength(0);
    });
    await redis.suspend();
    await session.query('COMMIT'); // the job is done, and the queue cannot be told
    expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
  } finally {
    session.release();
    await redis.resume();
  }
  await ServiceProcess.start({ ...world.variables, APP_ROLE: 'worker' });
  await crowd.expectRightPeoplePaid();
});
