import { type GateKeys, gateKeys } from '../../src/grants/slots/gate-keys.js';
import { reapAll } from '../support/reap-all.js';
import { Client } from '../support/client.js';
import { claimsOf } from '../support/gate-records.js';
import { Inside } from '../support/inside.js';
import { type RunningApp, World } from '../support/world.js';

// R19: whichever key of a gate is deleted, cut short or of another type, no script fails, nobody overtakes anybody,
// and the gate is rebuilt when somebody asks, or else within a round of the reaper. Leases do not expire here.

let world: World;
let api: RunningApp;
let client: Client;
let inside: Inside;
let reap: () => Promise<void>;

beforeAll(async () => {
  world = await World.create({ SLOT_LEASE_MS: '86400000' });
  api = await world.start('api');
  client = new Client(api);
  inside = new Inside(api);
  await world.rows(`INSERT INTO payout_stops (campaign_id) VALUES ('*')`); // nobody is paid
  // The reaper runs only when called.
  const worker = await world.start('worker', { REAPER_INTERVAL_MS: '3600000' });
  reap = () => reapAll(world, worker);
});

afterAll(() => world.close());

/** `claims` is the part of the claims that holds user 3. */
type Key = Exclude<keyof GateKeys, 'claimsPrefix'> | 'claims';
type Harm = 'deleted' | 'cut short' | 'of another type';

async function nameOf(id: string, key: Key): Promise<string> {
  return key === 'claims' ? claimsOf(world.redis, id, 3) : gateKeys(id)[key];
}

async function harm(id: string, key: Key, how: Harm): Promise<void> {
  const { redis } = world;
  const name = await nameOf(id, key);
  if (how === 'deleted') await redis.del(name);
  else if (how === 'of another type')
    await (
      key === 'holders' ? redis.multi().del(name).rpush(name, 'x') : redis.multi().del(name).set(name, 'x')
    ).exec();
  else {
    const cuts: Record<Key, () => Promise<unknown>> = {
      facts: () => redis.hdel(name, 'arrivalNo'),
      available: () => redis.rpop(name),
      processing: () => redis.zrem(name, '2'),
      holders: async () => redis.set(name, await redis.getrange(name, 0, 18)),
      claims: () => redis.hdel(name, '3'),
      line: () => redis.zrem(name, '3'),
      lineLeases: () => redis.zrem(name, '6'),
      copies: async () => redis.hdel(name, (await redis.hget(gateKeys(id).facts, 'epoch')) ?? ''),
    };
    await cuts[key]();
  }
}

/** Two users hold slots, three wait durably, and one more waits without a row in Postgres. */
async function openWithLine(id: string): Promise<void> {
  await client.createCampaign({ id, capacity: 2, waitingCapacity: 5 });
  for (const userId of [1, 2, 3, 4, 5]) await client.claim(id, userId);
  await inside.decideClaims(id, [6]);
}

async function epochOf(id: string): Promise<number> {
  const [campaign] = await world.rows<{ epoch: string }>(`SELECT epoch FROM campaigns WHERE id = $1`, [id]);
  return Number(campaign!.epoch);
}

const lineOf = (id: string): Promise<string[]> => world.redis.zrange(gateKeys(id).line, '0', '-1');

const HARMS = (['deleted', 'cut short', 'of another type'] as const).flatMap((how) =>
  (['facts', 'processing', 'holders', 'claims', 'line', 'lineLeases', 'copies'] as const).map((key, i) => ({
    key,
    how,
    id: `lost-${how.length}-${i}`,
  })),
);

describe('R19: a gate whose key', () => {
  it.each(HARMS)('$key is $how fails no script', async ({ key, how, id }) => {
    await openWithLine(id);
    const gate = await inside.gate(id);
    await harm(id, key, how);
    const { slots } = inside;
    const holder = [{ grantSeq: 2, userId: '2' }];
    await slots.counts(id);
    await slots.expired(id, 10);
    await slots.renew(id, holder);
    await slots.settle(id, holder);
    await slots.confirmPlaces(id, ['6']);
    await slots.endLine(id, ['5']);
    await slots.announce(id, {
      revision: '9',
      state: 'OPEN',
      opensAt: null,
      closesAt: null,
      waitingCapacity: 1,
    });
    await slots.isWhole(id);
    await slots.free(id, [{ grantSeq: 1, userId: '1' }]);
    await slots.claim(gate, ['7', '3', '1']);
  });

  it.each(HARMS)(
    '$key is $how is rebuilt when somebody asks, who overtakes nobody',
    async ({ key, how, id }) => {
      id += '-asked';
      await openWithLine(id);
      await harm(id, key, how);
      const newcomer = (await client.claim(id, 9)).body;
      expect(newcomer.status).toBe('WAITING');
      expect(newcomer.waitingPosition).toBeGreaterThanOrEqual(4);
      for (const [i, userId] of [3, 4, 5].entries())
        expect((await client.claim(id, userId)).body).toMatchObject({
          status: 'WAITING',
          waitingPosition: i + 1,
        });
      expect((await lineOf(id)).slice(0, 3)).toEqual(['3', '4', '5']);
      expect(await inside.counts(id)).toMatchObject({ available: 0, processing: 2, settled: 0 });
    },
  );

  it.each(HARMS)(
    '$key is $how is repaired within a round, although nobody asks',
    async ({ key, how, id }) => {
      id += '-round';
      await openWithLine(id);
      const before = await epochOf(id);
      await harm(id, key, how);
      await reap();
      if (key === 'copies') {
        expect(await world.redis.hget(gateKeys(id).copies, String(before))).toBe('3');
        expect(await epochOf(id)).toBe(before);
      } else {
        expect(await epochOf(id)).toBe(before + 1);
        expect(await lineOf(id)).toEqual(['3', '4', '5']);
      }
      expect(await inside.slots.isWhole(id)).toBe(true);
      // A freed slot goes to the head of the line.
      const freed = await inside.slots.free(id, [{ grantSeq: 1, userId: '1' }]);
      expect(freed).toMatchObject({ promotions: [{ userId: '3', grantSeq: 1 }] });
    },
  );

  it.each(['deleted', 'cut short', 'of another type'] as const)(
    'available is %s gives out no slot twice, and is rebuilt',
    async (how) => {
      const id = `lost-available-${how.length}`;
      await client.createCampaign({ id, capacity: 4, waitingCapacity: 0 });
      for (const userId of [1, 2]) await client.claim(id, userId);
      await harm(id, 'available', how);
      for (const [i, userId] of [3, 4].entries())
        expect((await client.claim(id, userId)).body).toMatchObject({ status: 'PENDING', grantSeq: i + 3 });
      expect((await client.claim(id, 5)).body.code).toBe('sold-out');
    },
  );

  it('facts lack any one field is rebuilt', async () => {
    await openWithLine('lost-field');
    for (const field of Object.keys(await world.redis.hgetall(gateKeys('lost-field').facts))) {
      await world.redis.hdel(gateKeys('lost-field').facts, field);
      await inside.slots.settle('lost-field', [{ grantSeq: 2, userId: '2' }]);
      expect({ field, ...(await client.claim('lost-field', 3)).body }).toMatchObject({
        status: 'WAITING',
        waitingPosition: 1,
      });
      expect(Object.keys(await world.redis.hgetall(gateKeys('lost-field').facts))).toContain(field);
    }
  });

  it('lost a part is damaged for every instance as soon as one has noticed', async () => {
    await openWithLine('noticed');
    const gate = await inside.gate('noticed');
    await world.redis.del(await claimsOf(world.redis, 'noticed', 3));
    expect(await inside.slots.isWhole('noticed')).toBe(false);
    expect(await world.redis.hget(gateKeys('noticed').facts, 'damage')).toContain('claims');
    expect(await inside.slots.claim(gate, ['1'])).toBe('stale');
    expect(await inside.slots.counts('noticed')).toBeNull();
  });
});
