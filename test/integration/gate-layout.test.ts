import { CampaignStore } from '../../src/campaigns/campaign.store.js';
import {
  claimPartKey,
  gateKeys,
  replaceKeys,
  scriptKeys,
  stagingKeys,
} from '../../src/grants/slots/gate-keys.js';
import { claimParts, GATE_LAYOUT } from '../../src/grants/slots/gate-layout.js';
import { gateClaims } from '../../src/grants/slots/gate-claims-reader.js';
import { GateScript } from '../../src/grants/slots/gate-script.js';
import { Client } from '../support/client.js';
import { claimsOf } from '../support/gate-records.js';
import { Inside } from '../support/inside.js';
import { expectProblem } from '../support/problem.js';
import { redisContents } from '../support/redis-contents.js';
import { type RunningApp, World } from '../support/world.js';

// The layout of a gate in Redis: the memory it takes, and what happens to a gate laid out by another release (ADR 14).

let world: World;
let api: RunningApp;
let client: Client;
let inside: Inside;

beforeAll(async () => {
  world = await World.create({ SLOT_LEASE_MS: '86400000' });
  api = await world.start('api');
  client = new Client(api);
  inside = new Inside(api);
});

afterAll(() => world.close());

const SLOTS = 10_000;
const BATCH = 1_000;

/** All keys of the gate; not the server's total, in which the buffers of connections come and go. */
async function gateMemory(id: string): Promise<number> {
  const keys = await world.redis.keys(`grant:{${id}}:*`);
  const sizes = await Promise.all(keys.map((key) => world.redis.memory('USAGE', key, 'SAMPLES', '0')));
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/** Takes all slots of a new campaign. @returns the bytes of its gate with all slots free, and with all taken */
async function fill(id: string, first: bigint, step: bigint): Promise<readonly [number, number]> {
  const terms = { id, name: id, capacity: SLOTS, waitingCapacity: 0, amount: '10', currency: 'KRW' };
  const rest = {
    reversalPolicy: 'keep',
    payoutProvider: 'ledger',
    eligibility: 'everybody',
    opensAt: null,
    closesAt: null,
  } as const;
  await api.app.get(CampaignStore).create({ ...terms, ...rest }, { actor: 'test' });
  await inside.gate(id);
  const available = await gateMemory(id);
  for (let at = 0; at < SLOTS; at += BATCH) {
    const users = Array.from({ length: BATCH }, (_, i) => String(first + BigInt(at + i) * step));
    await inside.decideClaims(id, users);
  }
  expect(await inside.counts(id)).toMatchObject({ available: 0, processing: SLOTS });
  return [available, await gateMemory(id)];
}

describe('a slot takes at most 200 bytes of Redis', () => {
  it.each([
    ['five digits', 10_000n, 1n],
    ['nineteen digits', 9_000_000_000_000_000_000n, 7_919n],
    ['a pattern', 1_000_000_000_000n, 1_000_000n],
  ])('when user ids have %s', async (name, first, step) => {
    const [available, processing] = await fill(`bytes-${name.replace(' ', '-')}`, first, step);
    const bytes = { available: available / SLOTS, processing: processing / SLOTS };
    console.log(`Bytes of Redis a slot, user ids with ${name}: ${JSON.stringify(bytes)}`);
    expect(bytes.available).toBeLessThanOrEqual(200);
    expect(bytes.processing).toBeLessThanOrEqual(200);
  });
});

it('claims are spread evenly over parts, whose number is a prime', () => {
  expect([1, 192, 11_000, 1_100_000].map(claimParts)).toEqual([3, 3, 173, 17_189]);
});

/** Turns a gate into the first layout: same epoch and server, whole, holders in a hash, states in full. */
async function layOutAsBefore(id: string): Promise<void> {
  const keys = gateKeys(id);
  const parts = await world.redis.keys(`${keys.claimsPrefix}:*`);
  await world.redis
    .multi()
    .hdel(keys.facts, 'layout', 'parts')
    .del(keys.holders, ...parts)
    .hset(keys.holders, '1', '101')
    .hset(keys.claimsPrefix, '101', 'PROCESSING:1:1763800000000:1')
    .exec();
}

describe('a gate of another layout', () => {
  it('is rebuilt if it is older, and answers nobody', async () => {
    await client.createCampaign({ id: 'older', capacity: 3, waitingCapacity: 2 });
    expect((await client.claim('older', 101)).body).toMatchObject({ grantSeq: 1, arrivalNo: 1 });
    const before = await inside.gate('older');
    await layOutAsBefore('older');
    inside.keeper.recheck('older');
    expect((await client.claim('older', 101)).body).toMatchObject({ grantSeq: 1, arrivalNo: 1 });
    expect((await client.claim('older', 102)).body).toMatchObject({ grantSeq: 2, arrivalNo: 2 });
    expect(Number((await inside.gate('older')).epoch)).toBe(Number(before.epoch) + 1);
    expect(await world.redis.exists(gateKeys('older').claimsPrefix)).toBe(0); // the old claims are gone
    expect(await world.redis.hget(await claimsOf(world.redis, 'older', 101), '101')).toMatch(/^P:1:\d+:1$/);
  });

  it('is neither read nor written by any script meanwhile', async () => {
    await client.createCampaign({ id: 'unread', capacity: 3, waitingCapacity: 2 });
    await client.claim('unread', 101);
    const gate = await inside.gate('unread');
    await layOutAsBefore('unread');
    const contents = async (): Promise<unknown> =>
      redisContents(world.redis, await world.redis.keys('grant:{unread}:*'));
    const before = await contents();
    const held = [{ grantSeq: 1, userId: '101' }];
    expect(await inside.slots.claim(gate, ['101', '103'])).toBe('stale');
    await inside.slots.settle('unread', held);
    expect(await inside.slots.free('unread', held)).toBe('stale');
    await inside.slots.renew('unread', held);
    expect(await inside.slots.expired('unread', 10)).toBe('stale');
    await inside.slots.endLine('unread', ['101']);
    await inside.slots.announce('unread', {
      revision: '99',
      state: 'CLOSED',
      opensAt: null,
      closesAt: null,
      waitingCapacity: 9,
    });
    expect(await contents()).toEqual(before);
  });

  it('is left alone if it is newer: claims on it are answered 503', async () => {
    await client.createCampaign({ id: 'newer', capacity: 3, waitingCapacity: 2 });
    await client.claim('newer', 101);
    const { facts } = gateKeys('newer');
    await world.redis.hset(facts, 'layout', GATE_LAYOUT + 1);
    inside.keeper.recheck('newer');
    const before = await world.redis.hgetall(facts);
    expectProblem(await client.claim('newer', 102), 503, 'unavailable');
    expect(await world.redis.hgetall(facts)).toEqual(before);
  });
});

it('a gate that is replaced leaves nothing behind', async () => {
  await client.createCampaign({ id: 'tidy', capacity: 500, waitingCapacity: 100 });
  for (let userId = 1; userId <= 40; userId++) await client.claim('tidy', userId);
  const { epoch } = await inside.gate('tidy');
  const keys = await world.redis.keys('grant:{tidy}:*');
  inside.keeper.requireRebuild('tidy', epoch);
  const after = await inside.gate('tidy');
  const left = await world.redis.keys('grant:{tidy}:*');
  const epochless = (key: string): string => key.replace(/claims:\d+/, 'claims');
  expect(left.map(epochless).sort()).toEqual(keys.map(epochless).sort());
  expect(left.filter((key) => key.includes(`claims:${epoch}:`))).toEqual([]);
  expect(await world.redis.hkeys(gateKeys('tidy').copies)).toEqual([after.epoch]);
  for (const key of left) expect(await world.redis.pttl(key)).toBe(-1);
  let known = 0;
  for await (const page of gateClaims(world.redis, gateKeys('tidy'))) known += page.length;
  expect(known).toBe(40);
});

describe('R4: a staging copy that lacks', () => {
  const epoch = '99';
  const staging = (id: string): string[] => scriptKeys(stagingKeys(id, epoch));

  it.each([
    ['nothing', 1, (): Promise<unknown> => Promise.resolve()],
    ['somebody', -1, (id: string) => world.redis.hdel(claimPartKey(gateKeys(id), epoch, 7), '7')],
    ['a part of the claims', -1, (id: string) => world.redis.del(claimPartKey(gateKeys(id), epoch, 7))],
    ['a slot', -1, (id: string) => world.redis.lpop(stagingKeys(id, epoch).available)],
    ['whoever waits', -1, (id: string) => world.redis.del(stagingKeys(id, epoch).line)],
    ['who holds which slot', -1, (id: string) => world.redis.del(stagingKeys(id, epoch).holders)],
    ['all that says how it is laid out', -1, (id: string) => world.redis.del(stagingKeys(id, epoch).facts)],
  ] as const)('%s: replacing the gate with it returns %i', async (what, expected, lose) => {
    const id = `but-for-${what.replaceAll(' ', '-')}`;
    await client.createCampaign({ id, capacity: 3, waitingCapacity: 1 });
    await client.claim(id, 5);
    const before = await inside.counts(id);
    const layout = ['LAYOUT', epoch, 13, 3, 'PARTS', 0, 12];
    const identity = (await world.redis.hget(gateKeys(id).facts, 'identity')) ?? '';
    const records = [
      ...['HELD', 5, 1, 1_763_800_000_000, 1],
      ...['SETTLED', 7, 2, 1_763_800_000_000, 2],
      ...['WAITING', 9, 3, 1_763_800_000_000, ''],
      ...['RANGE', 3, 3],
    ];
    await GateScript.read('stage').call(world.redis, staging(id), [
      ...[identity, 60_000],
      ...[...layout, ...records],
    ]);
    await lose(id);
    const replace = GateScript.read('replace').call(
      world.redis,
      replaceKeys(gateKeys(id), stagingKeys(id, epoch)),
      [identity, epoch, 3, 2, 1, 'settled', 1, 'nonce', 'x'],
    );
    expect(await replace).toBe(expected);
    const after = { available: 1, processing: 1, settled: 1, waiting: 1 };
    expect(await inside.counts(id)).toMatchObject(expected === 1 ? after : before);
  });
});

it('an abandoned staging copy leaves nothing behind once another rebuild has finished', async () => {
  await client.createCampaign({ id: 'abandoned', capacity: 500, waitingCapacity: 100 });
  for (let userId = 1; userId <= 20; userId++) await client.claim('abandoned', userId);
  const { epoch } = await inside.gate('abandoned');
  const stage = GateScript.read('stage');
  const lost = String(Number(epoch) + 1);
  const keys = scriptKeys(stagingKeys('abandoned', lost));
  const gate = gateKeys('abandoned');
  const identity = (await world.redis.hget(gate.facts, 'identity')) ?? '';
  const record = ['HELD', 7, 1, 1_763_800_000_000, 1];
  expect(await stage.call(world.redis, keys, [identity, 60_000, 'LAYOUT', lost, 13, 500, ...record])).toBe(2);
  expect(await stage.call(world.redis, keys, [identity, 60_000, 'LAYOUT', lost, 13, 500, ...record])).toBe(
    -1,
  ); // two copies are not mixed
  await world.rows(`UPDATE campaigns SET epoch = $2 WHERE id = $1`, ['abandoned', lost]);
  inside.keeper.requireRebuild('abandoned', lost);
  const after = await inside.gate('abandoned');
  expect(await world.redis.hkeys(gate.copies)).toEqual([after.epoch]);
  expect(await world.redis.keys(`${gate.claimsPrefix}:${lost}:*`)).toEqual([]);
  expect(await world.redis.hget(await claimsOf(world.redis, 'abandoned', 7), '7')).toMatch(/^P:7:/);
});
