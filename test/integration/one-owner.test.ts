import { GateOwnership } from '../../src/grants/slots/gate-ownership.js';
import { gateKeys } from '../../src/grants/slots/gate-keys.js';
import { SlotService } from '../../src/grants/slots/slot.service.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problem.js';
import supertest from 'supertest';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { persist } from '../support/rush.js';
import { ServiceProcess } from '../support/service-process.js';
import { type RunningApp, World } from '../support/world.js';

// R17: the Redis keys with one prefix belong to one installation, that is, to one database.

let production: World;
let staging: World;
let api: RunningApp;
let client: Client;

beforeEach(async () => {
  production = await World.create();
  staging = await World.create({ REDIS_URL: production.variables.REDIS_URL! });
  api = await production.start('api');
  client = new Client(api);
  await client.createCampaign({ id: 'c', capacity: 3, waitingCapacity: 0 });
});

afterEach(async () => {
  await ServiceProcess.killAll();
  await staging.close();
  await production.close();
});

const OWNER = 'grant:owner';
const facts = (): Promise<Record<string, string>> => production.redis.hgetall(gateKeys('c').facts);

describe('R17: another installation on the same Redis', () => {
  it('refuses to start, naming the variable, and does not affect the running one', async () => {
    await client.claim('c', 1);
    const before = await facts();
    await expect(staging.start('all')).rejects.toThrow('REDIS_KEY_PREFIX');
    await api.app.get(GateOwnership).beat();
    expect(await client.claim('c', 2)).toMatchObject({ status: 202, body: { grantSeq: 2 } });
    expect(await facts()).toMatchObject({ epoch: before.epoch, nonce: before.nonce });
    expect((await api.http.get('/health/ready')).status).toBe(200);
  });

  it('has its own gates, queue and other keys under another prefix', async () => {
    const other = await staging.start('all', { REDIS_KEY_PREFIX: 'staging' });
    const theirs = new Client(other);
    await theirs.createCampaign({ id: 'c', capacity: 3, waitingCapacity: 0 });
    for (const userId of [1, 2]) expect((await theirs.claim('c', userId)).body.grantSeq).toBe(userId);
    expect((await client.claim('c', 9)).body.grantSeq).toBe(1);
    await eventually(async () => expect((await theirs.status('c', 2)).body.status).toBe('SUCCESS'));
    expect((await client.status('c', 9)).body.status).toBe('PENDING'); // production has no worker here
    const keys = await production.redis.keys('*');
    expect(keys.filter((key) => !/^\{?(grant|staging)/.test(key))).toEqual([]);
    expect(keys.some((key) => key.startsWith('{staging-jobs}'))).toBe(true);
  });

  it('takes over at once after the last instance has shut down cleanly, and builds its own gates', async () => {
    await client.claim('c', 1);
    const before = await facts();
    await api.close();
    const theirs = new Client(await staging.start('api'));
    await theirs.createCampaign({ id: 'c', capacity: 3, waitingCapacity: 0 });
    expect((await theirs.claim('c', 2)).body).toMatchObject({ grantSeq: 1, arrivalNo: 1 });
    const after = await facts();
    expect(after.identity).not.toBe(before.identity);
    expect(Number(after.epoch)).toBeGreaterThan(Number(before.epoch));
  });

  it('takes over a prefix whose owner has been silent for long', async () => {
    await api.close();
    await production.redis.hset(OWNER, '@frozen', Date.now() - 11_000);
    await staging.start('api');
  });

  it('that owns the prefix keeps it: an instance serves nobody, says why, and resumes when the other is gone', async () => {
    await client.claim('c', 1);
    const before = await facts();
    await production.redis.del(OWNER); // lost, and another installation was faster
    await production.redis.hset(OWNER, { identity: 'another', round: '1', '@another': Date.now() });
    const ownership = api.app.get(GateOwnership);
    await ownership.beat();
    expectProblem(await client.claim('c', 2), 503, 'unavailable');
    const ready = await api.http.get('/health/ready');
    expect(ready.status).toBe(503);
    expect(JSON.stringify(ready.body)).toContain('REDIS_KEY_PREFIX');
    expect(await facts()).toEqual(before);
    expect(await production.redis.hgetall(OWNER)).toMatchObject({ identity: 'another' });
    await production.redis.hdel(OWNER, '@another');
    await ownership.beat();
    expect((await persist(client, 'c', 2)).body).toMatchObject({ grantSeq: 2 });
    expect((await api.http.get('/health/ready')).status).toBe(200);
  });

  it('is recognized by every script: its gate is neither read nor written', async () => {
    await client.claim('c', 1);
    await production.redis.hset(gateKeys('c').facts, 'identity', 'another');
    const slots = api.app.get(SlotService);
    const before = await facts();
    const holder = [{ grantSeq: 1, userId: '1' }];
    expect(await slots.free('c', holder)).toBe('stale');
    expect(await slots.expired('c', 10)).toBe('stale');
    expect(await slots.counts('c')).toBeNull();
    await slots.settle('c', holder);
    await slots.renew('c', holder);
    await slots.endLine('c', ['1']);
    await slots.announce('c', {
      revision: '99',
      state: 'CLOSED',
      opensAt: null,
      closesAt: null,
      waitingCapacity: 1,
    });
    await slots.retire('c');
    expect(await facts()).toEqual(before);
  });

  it('is not assumed for a second instance on the same database', async () => {
    const second = new Client(await production.start('api'));
    expect((await second.claim('c', 1)).body).toMatchObject({ grantSeq: 1 });
    expect((await client.claim('c', 2)).body).toMatchObject({ grantSeq: 2 });
  });
});

describe("R17: another installation on the queue's Redis", () => {
  /** Of which only its Redis is used. */
  let queueRedis: World;
  /** Another installation, whose gates are on a Redis of its own. */
  let ours: RunningApp;

  let third: World;

  beforeEach(async () => {
    queueRedis = await World.create();
    third = await World.create();
    ours = await production.start('api', shared());
  });

  afterEach(async () => {
    await third.close();
    await queueRedis.close();
  });

  const shared = (): Record<string, string> => ({ QUEUE_REDIS_URL: queueRedis.variables.REDIS_URL! });
  it('refuses to start, by the name of the variable, and the one that runs does not notice', async () => {
    for (const role of ['api', 'worker', 'all'] as const)
      await expect(third.start(role, shared())).rejects.toThrow('QUEUE_REDIS_URL');
    expect((await ours.http.get('/health/ready')).status).toBe(200);
    expect((await new Client(ours).claim('c', 1)).status).toBe(202);
  });

  it('refuses to start where its gates are on the Redis of our queue', async () => {
    await expect(third.start('worker', { REDIS_URL: shared().QUEUE_REDIS_URL! })).rejects.toThrow(
      'REDIS_KEY_PREFIX',
    );
  });

  it('has a queue of its own under another prefix', async () => {
    const other = await third.start('all', { ...shared(), REDIS_KEY_PREFIX: 'staging' });
    const theirs = new Client(other);
    await theirs.createCampaign({ id: 'c', capacity: 1, waitingCapacity: 0 });
    expect((await theirs.claim('c', 1)).status).toBe(202);
    await eventually(async () => expect((await theirs.status('c', 1)).body.status).toBe('SUCCESS'));
  });

  it('takes over when the last instance has ended in order, or nobody has said anything for long', async () => {
    await ours.close();
    await queueRedis.redis.hset(OWNER, '@frozen', Date.now() - 11_000);
    const other = await third.start('all', shared());
    expect((await other.http.get('/health/ready')).status).toBe(200);
  });

  it('found by a running instance: that serves everybody, is not ready, says why, and recovers when the other is gone', async () => {
    await queueRedis.redis.del(OWNER); // lost, and another one was faster
    await queueRedis.redis.hset(OWNER, { identity: 'another', round: '1', '@another': Date.now() });
    await eventually(async () => {
      const ready = await ours.http.get('/health/ready');
      expect(ready.status).toBe(503);
      expect(JSON.stringify(ready.body)).toContain('QUEUE_REDIS_URL');
    });
    expect((await new Client(ours).claim('c', 1)).status).toBe(202);
    await queueRedis.redis.hdel(OWNER, '@another');
    await eventually(async () => expect((await ours.http.get('/health/ready')).status).toBe(200));
  });

  it('P8: away, it keeps nobody from a start, nor from being served', async () => {
    const away = { QUEUE_REDIS_URL: `redis://127.0.0.1:${await findFreePort()}/0` };
    const alone = await ServiceProcess.start({ ...production.variables, ...away, APP_ROLE: 'all' });
    const theirs = new Client({ http: supertest(alone.url) });
    expect((await theirs.claim('c', 2)).status).toBe(202);
    await eventually(async () => expect((await theirs.status('c', 2)).body.status).toBe('SUCCESS'));
    await alone.end('SIGKILL');
  });
});
