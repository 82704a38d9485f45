import { gateKeys } from '../../src/grants/slots/gate-keys.js';
import { GateKeeper } from '../../src/grants/slots/gate-keeper.js';
import { RedisServer } from '../../tools/stack/servers/redis-server.js';
import { Client } from '../support/client.js';
import { dataFolderOf } from '../support/data-folder.js';
import { eventually } from '../support/eventually.js';
import { Inside } from '../support/inside.js';
import { expectProblem } from '../support/problem.js';
import { persist } from '../support/rush.js';
import { type RunningApp, World } from '../support/world.js';

// R20: when Redis is out of memory, whatever releases memory still runs, a gate that does not fit is refused, and
// everything recovers by itself.

let redis: RedisServer;
let world: World;
let api: RunningApp;
let client: Client;
let inside: Inside;

beforeAll(async () => {
  // A server of its own: its memory holds only what this test writes.
  redis = new RedisServer({ dataDir: dataFolderOf('redis-full'), log: () => undefined });
  await redis.start();
  world = await World.create({ SLOT_LEASE_MS: '86400000' }, { redisUrl: redis.url });
  api = await world.start('api');
  client = new Client(api);
  inside = new Inside(api);
});

afterEach(() => limit(0));

afterAll(async () => {
  await world.close();
  await redis.stop();
});

async function usedMemory(): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await world.redis.info('memory'))![1]);
}

async function limit(bytes: number): Promise<void> {
  await world.redis.config('SET', 'maxmemory', bytes);
}

describe('R20: while Redis is full', () => {
  it('whatever releases or ends something still runs', async () => {
    await client.createCampaign({ id: 'full', capacity: 3, waitingCapacity: 3 });
    for (const userId of [1, 2, 3, 4, 5]) await client.claim('full', userId);
    await inside.decideClaims('full', [6]);
    await limit(1);
    const { slots } = inside;
    await slots.settle('full', [{ grantSeq: 1, userId: '1' }]);
    expect(await slots.free('full', [{ grantSeq: 2, userId: '2' }])).toMatchObject({
      promotions: [{ userId: '4', grantSeq: 2 }],
    });
    await slots.renew('full', [{ grantSeq: 3, userId: '3' }]);
    await slots.confirmPlaces('full', ['6']);
    await slots.endLine('full', ['5']);
    await slots.announce('full', {
      revision: '9',
      state: 'PAUSED',
      opensAt: null,
      closesAt: null,
      waitingCapacity: 1,
    });
    expect(await slots.isWhole('full')).toBe(true);
    expect(await slots.counts('full')).toMatchObject({ settled: 1, processing: 2, waiting: 1 });
    expect(await slots.expired('full', 10)).not.toBe('stale');
    await slots.retire('full');
    expect(await world.redis.keys('grant:{full}:*')).toEqual([]);
  });

  it('a claim is answered 503, and gets a place as soon as there is room', async () => {
    await client.createCampaign({ id: 'later', capacity: 3, waitingCapacity: 0 });
    await limit(1);
    expectProblem(await client.claim('later', 1), 503, 'unavailable');
    await limit(0);
    expect((await client.claim('later', 1)).body).toMatchObject({ grantSeq: 1 });
  });

  it('a user with a place is answered, also by a new instance, and so is a user for whom it is sold out', async () => {
    await client.createCampaign({ id: 'known', capacity: 2, waitingCapacity: 2 });
    for (const userId of [1, 2, 3]) await client.claim('known', userId);
    await client.createCampaign({ id: 'known-full', capacity: 1, waitingCapacity: 0 });
    await client.claim('known-full', 1);
    await limit(1);
    for (const asked of [client, new Client(await world.start('api'))]) {
      expect(await asked.claim('known', 1)).toMatchObject({ status: 200, body: { grantSeq: 1 } });
      expect(await asked.claim('known', 3)).toMatchObject({ status: 200, body: { waitingPosition: 1 } });
      expectProblem(await asked.claim('known', 4), 503, 'unavailable');
      expect((await asked.claim('known-full', 2)).body.code).toBe('sold-out');
    }
    expect(await inside.slots.isWhole('known')).toBe(true);
    const batch = [2, 4, 5, 3].map((userId) => client.claim('known', userId));
    expect((await Promise.all(batch)).map(({ status }) => status)).toEqual([200, 503, 503, 200]);
    await limit(0);
    expect((await client.claim('known', 4)).body).toMatchObject({ arrivalNo: 4, waitingPosition: 2 });
  });

  it('a rebuild that fails leaves nothing behind, and succeeds when there is room', async () => {
    await client.createCampaign({ id: 'large', capacity: 60_000, waitingCapacity: 0 });
    await client.claim('large', 1);
    const whole = await usedMemory();
    const { epoch } = await inside.gate('large');
    const keeper = api.app.get(GateKeeper);
    keeper.requireRebuild('large', epoch);
    await limit(whole - 1_000_000); // the gate needs more than that
    for (let attempt = 0; attempt < 5; attempt++)
      expectProblem(await client.claim('large', 1), 503, 'unavailable');
    await eventually(async () => expect(await usedMemory()).toBeLessThan(whole - 1_000_000));
    expect(await world.redis.keys('grant:{large}:staging:*')).toEqual([]);
    expect(await world.redis.keys('grant:{large}:claims:*')).toEqual([]);
    expect(await world.redis.hgetall(gateKeys('large').copies)).toEqual({});
    expect(await world.redis.hget(gateKeys('large').facts, 'epoch')).toBe(epoch); // still blocks older gates
    await limit(0);
    expect((await persist(client, 'large', 1)).body).toMatchObject({ grantSeq: 1 });
  });

  it('a condemned gate makes room for the next: a rebuild needs the memory of only one gate', async () => {
    await client.createCampaign({ id: 'once', capacity: 60_000, waitingCapacity: 0 });
    await client.claim('once', 1);
    const { epoch } = await inside.gate('once');
    inside.keeper.requireRebuild('once', epoch);
    await limit((await usedMemory()) + 500_000);
    expect((await persist(client, 'once', 1)).body).toMatchObject({ grantSeq: 1 });
    expect(Number((await inside.gate('once')).epoch)).toBe(Number(epoch) + 1);
  });

  it('a campaign that does not fit is refused, and the others are not affected', async () => {
    await client.createCampaign({ id: 'small', capacity: 100, waitingCapacity: 0 });
    await limit(64_000_000);
    const refused = await client.createCampaign({ id: 'huge', capacity: 2_500_000, waitingCapacity: 0 });
    expectProblem(refused, 409, 'does-not-fit');
    expect(await world.rows(`SELECT FROM campaigns WHERE id = 'huge'`)).toEqual([]);
    expect((await client.createCampaign({ id: 'small', capacity: 2_500_000 })).body.code).toBe(
      'campaign-exists',
    );
    expect((await client.claim('small', 1)).body).toMatchObject({ grantSeq: 1 });
    await limit(0);
    expect((await client.createCampaign({ id: 'unlimited', capacity: 100_000 })).status).toBe(201);
  });
});

it('R19: an instance whose Redis evicts keys is not ready, and says why', async () => {
  await world.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const ready = await api.http.get('/health/ready');
  expect(ready.status).toBe(503);
  expect(JSON.stringify(ready.body)).toContain('maxmemory-policy is allkeys-lru, and must be noeviction');
  await world.redis.config('SET', 'maxmemory-policy', 'noeviction');
  expect((await api.http.get('/health/ready')).status).toBe(200);
});

it('R29: a retired gate leaves nothing behind, nor do earlier rebuilds', async () => {
  await client.createCampaign({ id: 'over', capacity: 500, waitingCapacity: 100 });
  for (let userId = 1; userId <= 20; userId++) await client.claim('over', userId);
  const gate = await inside.gate('over');
  await world.redis.hset(gateKeys('over').copies, '0', 3); // of an abandoned copy
  await world.redis.hset(`${gateKeys('over').claimsPrefix}:0:2`, '1', 'W:1:1:');
  await inside.keeper.retire('over');
  expect(await world.redis.keys('grant:{over}:*')).toEqual([]);
  expect(await inside.slots.claim(gate, ['1'])).toBe('stale');
  await inside.keeper.retire('over');
});
