import { gateKeys } from '../../src/grants/slots/gate-keys.js';
import { GATE_LAYOUT } from '../../src/grants/slots/gate-layout.js';
import { GatesInUse, type RemovedGates, removeGates } from '../../src/grants/slots/gate-removal.js';
import { brokenByAudit } from '../support/audited.js';
import { Client } from '../support/client.js';
import { Inside } from '../support/inside.js';
import { expectProblem } from '../support/problem.js';
import { persist } from '../support/rush.js';
import { type RunningApp, World } from '../support/world.js';

// Going back to an older release: it answers 503 for a newer gate until that gate is removed (ADR 53). This release is
// the older one here; gates of the next layout are made by hand.

const NEWER = GATE_LAYOUT + 1;

let world: World;
let api: RunningApp;
let client: Client;

beforeEach(async () => {
  world = await World.create({ SLOT_LEASE_MS: '86400000' });
  api = await world.start('api');
  client = new Client(api);
});

afterEach(() => world.close());

const dropGates = (of: World = world, fromLayout = NEWER): Promise<RemovedGates> =>
  removeGates({
    ...{ databaseUrl: of.variables.DATABASE_URL ?? '', redisUrl: of.variables.REDIS_URL ?? '' },
    ...{ keyPrefix: 'grant', fromLayout },
  });

async function upgradeGate(id: string): Promise<void> {
  await world.redis.hset(gateKeys(id).facts, 'layout', NEWER);
  new Inside(api).keeper.recheck(id);
}

const keysOf = (id: string): Promise<string[]> => world.redis.keys(`grant:{${id}}:*`);

it('lets an older release serve again, with the same places and nothing left behind', async () => {
  for (const id of ['newer', 'own']) await client.createCampaign({ id, capacity: 2, waitingCapacity: 1 });
  for (const userId of [1, 2, 3]) await client.claim('newer', userId);
  await client.claim('own', 1);
  const own = await new Inside(api).gate('own');
  await upgradeGate('newer');
  expectProblem(await client.claim('newer', 3), 503, 'unavailable');

  expect(await dropGates()).toMatchObject({ removed: 1, left: 1 });
  expect(await keysOf('newer')).toEqual([]);
  expect(await dropGates()).toMatchObject({ removed: 0, left: 1 });

  expect((await persist(client, 'newer', 3)).body).toMatchObject({ status: 'WAITING', arrivalNo: 3 });
  expect((await client.claim('newer', 1)).body).toMatchObject({ grantSeq: 1, arrivalNo: 1 });
  expect((await client.claim('newer', 4)).body.code).toBe('sold-out');
  expect((await new Inside(api).gate('own')).nonce).toBe(own.nonce);
  expect(await brokenByAudit(world, 'newer')).toEqual([]);
});

it('removes a newer gate that was built before the database was set back', async () => {
  await client.createCampaign({ id: 'c', capacity: 2, waitingCapacity: 0 });
  await client.claim('c', 1);
  await world.redis.hset(gateKeys('c').facts, 'identity', 'the database before');
  await upgradeGate('c');
  expect(await dropGates()).toMatchObject({ removed: 1 });
  expect((await persist(client, 'c', 2)).body).toMatchObject({ grantSeq: 2 });
});

it('refuses while an instance runs that would build the gates again, and removes nothing', async () => {
  await client.createCampaign({ id: 'c', capacity: 2, waitingCapacity: 0 });
  await client.claim('c', 1);
  const before = await keysOf('c');
  await expect(dropGates(world, GATE_LAYOUT)).rejects.toThrow(`layout ${GATE_LAYOUT} or newer`);
  expect((await keysOf('c')).sort()).toEqual(before.sort());
  await api.close();
  expect(await dropGates(world, GATE_LAYOUT)).toMatchObject({ removed: 1, left: 0 });
  expect(await keysOf('c')).toEqual([]);
});

it('refuses to touch the keys of another installation', async () => {
  await client.createCampaign({ id: 'c', capacity: 2, waitingCapacity: 0 });
  await client.claim('c', 1);
  await upgradeGate('c');
  const other = await World.create({ REDIS_URL: world.variables.REDIS_URL ?? '' });
  try {
    const theirs = new Client(await other.start('api', { REDIS_KEY_PREFIX: 'other' }));
    await theirs.createCampaign({ id: 'c', capacity: 2, waitingCapacity: 0 });
    await theirs.claim('c', 1);
    await expect(dropGates(other)).rejects.toThrow(GatesInUse); // which names our prefix
    expect(await world.redis.hget(gateKeys('c').facts, 'layout')).toBe(String(NEWER));
  } finally {
    await other.close();
  }
});
