import type { ChainableCommander } from 'ioredis';
import type { GateClaim } from '../../src/grants/slots/gate-claim.js';
import { gateKeys, replaceKeys, stagingKeys } from '../../src/grants/slots/gate-keys.js';
import { GateRebuild } from '../../src/grants/slots/gate-rebuild.js';
import { GateScript } from '../../src/grants/slots/gate-script.js';
import { STALE_EPOCH } from '../../src/grants/slots/gate-answers.js';
import { RedisServer } from '../../tools/stack/servers/redis-server.js';
import { booksOf, closeWallets } from '../support/books.js';
import { Client } from '../support/client.js';
import { dataFolderOf } from '../support/data-folder.js';
import { eventually } from '../support/eventually.js';
import { claimsOf, deleteGate, setHolder } from '../support/gate-records.js';
import { expectSomebodyWaits } from '../support/expect-somebody-waits.js';
import { Inside } from '../support/inside.js';
import { reapAll } from '../support/reap-all.js';
import { persist, rush, users } from '../support/rush.js';
import { type RunningApp, World } from '../support/world.js';

// One block per rule (docs/architecture.md). A worker runs only if a test starts one, so nothing is repaired unnoticed.

let redis: RedisServer;
let world: World;
let apis: RunningApp[];
let clients: Client[];
let client: Client;
let inside: Inside;

beforeAll(async () => {
  // A server of its own: on a shared one, other tests would reload the scripts that a test flushes.
  redis = new RedisServer({ dataDir: dataFolderOf('rules'), log: () => undefined });
  await redis.start();
  const deadlines = { REQUEST_DEADLINE_MS: '8000', DATABASE_TIMEOUT_MS: '6000' };
  world = await World.create(deadlines, { redisUrl: redis.url });
  apis = [await world.start('api'), await world.start('api')];
  clients = apis.map((api) => new Client(api));
  client = clients[0]!;
  inside = new Inside(apis[0]!);
});

afterAll(async () => {
  await world.close();
  await redis.stop();
});

async function epochOf(campaignId: string): Promise<string> {
  const [campaign] = await world.rows<{ epoch: string }>(`SELECT epoch FROM campaigns WHERE id = $1`, [
    campaignId,
  ]);
  return campaign!.epoch;
}

async function rowsOf(campaignId: string): Promise<number> {
  const [all] = await world.rows<{ count: number }>(
    `SELECT ((SELECT count(*) FROM user_grants WHERE campaign_id = $1)
           + (SELECT count(*) FROM waiting_entries WHERE campaign_id = $1))::int AS count`,
    [campaignId],
  );
  return all!.count;
}

function claimOf(userId: number, arrivalNo: number, grantSeq: number | null): GateClaim {
  const state = grantSeq === null ? 'WAITING' : 'PROCESSING';
  return { userId: String(userId), state, arrivalNo, grantSeq, createdAt: Date.now() };
}

/** A worker whose reaper runs only when called. */
async function startReaper(): Promise<{ worker: RunningApp; reap: () => Promise<void> }> {
  const worker = await world.start('worker', { REAPER_INTERVAL_MS: '3600000' });
  return { worker, reap: () => reapAll(world, worker) };
}

describe('R1: a write under an old epoch writes nothing', () => {
  it('neither a grant nor a place in the line', async () => {
    await client.createCampaign({ id: 'fence', capacity: 3, waitingCapacity: 3 });
    const { epoch } = await inside.gate('fence');
    const old = String(Number(epoch) - 1);
    for (const claim of [claimOf(1, 1, 1), claimOf(2, 2, null)]) {
      expect(await inside.claims.insert('fence', old, [claim])).toBe(STALE_EPOCH);
      expect(await inside.claims.insert('fence', String(Number(epoch) + 1), [claim])).toBe(STALE_EPOCH);
    }
    expect(await rowsOf('fence')).toBe(0);
    expect(await inside.claims.insert('fence', epoch, [claimOf(1, 1, 1)])).toMatchObject({
      userIds: new Set(['1']),
    });
  });

  it('so a claim that was decided before a rebuild, but not written, is decided again after it, in the new order', async () => {
    await client.createCampaign({ id: 'late-write', capacity: 2, waitingCapacity: 0 });
    const { epoch } = await inside.gate('late-write');
    const late = await inside.decideClaims('late-write', [11]);
    await world.redis.flushdb();
    expect((await client.claim('late-write', 12)).body).toMatchObject({ grantSeq: 1, arrivalNo: 1 });
    expect(await inside.claims.insert('late-write', epoch, late)).toBe(STALE_EPOCH);
    expect((await client.claim('late-write', 11)).body).toMatchObject({ grantSeq: 2, arrivalNo: 2 });
  });

  it('a write that arrives while the next epoch is being committed waits, and is refused', async () => {
    await client.createCampaign({ id: 'raised', capacity: 2, waitingCapacity: 0 });
    const { epoch } = await inside.gate('raised');
    const rebuilder = await world.pg.connect();
    try {
      await rebuilder.query('BEGIN');
      await rebuilder.query(`UPDATE campaigns SET epoch = epoch + 1 WHERE id = 'raised'`);
      const written = inside.claims.insert('raised', epoch, [claimOf(1, 1, 1)]);
      await expectSomebodyWaits(world);
      await rebuilder.query('COMMIT');
      expect(await written).toBe(STALE_EPOCH);
      expect(await rowsOf('raised')).toBe(0);
    } finally {
      rebuilder.release(true);
    }
  });

  it('a rebuild waits for a write under the epoch that it ends, and includes what was written', async () => {
    await client.createCampaign({ id: 'early-write', capacity: 2, waitingCapacity: 0 });
    await inside.gate('early-write');
    const writer = await world.pg.connect();
    try {
      await writer.query('BEGIN');
      await writer.query(`SELECT FROM campaigns WHERE id = 'early-write' FOR SHARE`);
      await writer.query(
        `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at)
         VALUES ('early-write', 21, 1, 1, now())`,
      );
      await world.redis.flushdb();
      const rebuilt = client.claim('early-write', 22);
      await expectSomebodyWaits(world);
      await writer.query('COMMIT');
      expect((await rebuilt).body).toMatchObject({ grantSeq: 2, arrivalNo: 2 });
      expect((await client.claim('early-write', 21)).body).toMatchObject({ grantSeq: 1, arrivalNo: 1 });
    } finally {
      writer.release(true);
    }
  });

  it('an arrival number is unique across grants and line together', async () => {
    await client.createCampaign({ id: 'numbers', capacity: 5, waitingCapacity: 5 });
    const { epoch } = await inside.gate('numbers');
    const record = (...claims: GateClaim[]) => inside.claims.insert('numbers', epoch, claims);
    await record(claimOf(31, 1, 1), claimOf(32, 2, null));
    expect(await record(claimOf(33, 2, 2))).toMatchObject({ userIds: new Set() });
    expect(await record(claimOf(34, 1, null))).toMatchObject({ userIds: new Set() });
    expect(await record(claimOf(32, 3, 2))).toMatchObject({ userIds: new Set() }); // a promotion keeps its number
    expect(await rowsOf('numbers')).toBe(2);
    expect(await record(claimOf(32, 2, 2))).toMatchObject({ userIds: new Set(['32']) });
  });

  it('a row that collides does not keep out the rest of its batch, and is not reported as written', async () => {
    await client.createCampaign({ id: 'collision', capacity: 9, waitingCapacity: 5 });
    const { epoch } = await inside.gate('collision');
    await inside.claims.insert('collision', epoch, [claimOf(41, 1, 1)]);
    const written = await inside.claims.insert('collision', epoch, [
      claimOf(42, 1, 2), // the arrival number of 41
      claimOf(41, 2, 3), // already has a grant
      claimOf(43, 3, 1), // the slot of 41
      claimOf(44, 4, 4),
      claimOf(45, 5, null),
    ]);
    expect(written).toMatchObject({ userIds: new Set(['44', '45']) });
  });
});

type Loss = (campaignId: string) => Promise<unknown>;

const LOSSES: readonly (readonly [name: string, Loss])[] = [
  ['is emptied', () => world.redis.flushdb()],
  ['loses its scripts', () => world.redis.script('FLUSH')],
  [
    'loses its data and its scripts',
    async () => {
      await world.redis.flushdb();
      await world.redis.script('FLUSH');
    },
  ],
  ['loses the campaign', (id) => deleteGate(world.redis, id)],
  ['loses only the facts', (id) => world.redis.del(gateKeys(id).facts)],
  ['holds a gate of an older epoch', (id) => world.redis.hset(gateKeys(id).facts, 'epoch', '0')],
  [
    'restarts with its data, which may be old (R11)',
    async (id) => {
      await world.redis.hset(gateKeys(id).facts, 'runId', 'of the server before');
      await reconnect();
    },
  ],
  [
    'is the promoted replica of another server (R11)',
    async (id) => {
      await world.redis.hset(gateKeys(id).facts, 'replicationId', 'of the line before');
      await reconnect();
    },
  ],
];

/** Kills every connection to this world's Redis database except the test's own, and waits until all apis are ready. */
async function reconnect(): Promise<void> {
  const own = await world.redis.client('ID');
  const list = (await world.redis.client('LIST')) as string;
  const { db } = world.redis.options;
  for (const [, id, number] of list.matchAll(/^id=(\d+) .*? db=(\d+) /gm)) {
    if (Number(number) === db && Number(id) !== own) await world.redis.client('KILL', 'ID', id!);
  }
  for (const api of apis) {
    await eventually(async () => expect((await api.http.get('/health/ready')).status).toBe(200));
  }
}

describe('R2, R3, R4, R7, R11: whatever happens to Redis, no place that was answered is given to another user', () => {
  it.each(LOSSES.map(([name, loss], i) => ({ name, loss, id: `loss-${i}`, first: 10_000 * (i + 1) })))(
    'when it $name',
    async ({ id, loss, first }) => {
      await client.createCampaign({ id, capacity: 6, waitingCapacity: 3 });
      await closeWallets(world, [first]);
      const before = await rush(clients, id, users(first, 4));
      await inside.pay(id, [first, first + 1]);
      const rejected = before[0]!.body;

      await loss(id);

      // Everybody who has a row, FAILED included, is remembered before anybody gets what is left.
      const again = await persist(clients[1]!, id, first);
      expect(again.body).toMatchObject({ status: 'FAILED', arrivalNo: rejected.arrivalNo });
      const after = await Promise.all(
        users(first + 100, 3).map((userId, i) => persist(clients[i % 2]!, id, userId)),
      );
      for (const { body } of after) expect(body.arrivalNo).toBeGreaterThan(4);
      for (const [i, userId] of users(first, 4).entries()) {
        const { grantSeq, arrivalNo, createdAt } = before[i]!.body;
        expect((await persist(client, id, userId)).body).toMatchObject({ grantSeq, arrivalNo, createdAt });
      }
      const live = await world.rows<{ grant_seq: number }>(
        `SELECT grant_seq FROM user_grants WHERE campaign_id = $1 AND status <> 'FAILED'`,
        [id],
      );
      expect(new Set(live.map(({ grant_seq }) => grant_seq)).size).toBe(live.length);
      const { available, processing, settled } = await inside.counts(id);
      expect(available + processing + settled).toBe(6);
    },
  );

  it('when it is emptied in the middle of a rush: every answer agrees with Postgres', async () => {
    await client.createCampaign({ id: 'mid-rush', capacity: 80, waitingCapacity: 40 });
    const crowd = users(200_000, 240);
    const asked = Promise.all(crowd.map((userId, i) => persist(clients[i % 2]!, 'mid-rush', userId)));
    await eventually(async () => expect(await rowsOf('mid-rush')).toBeGreaterThan(0));
    await world.redis.flushdb();
    const answers = await asked;
    const claimed = answers.filter(({ status }) => status === 202 || status === 200);
    const soldOut = answers.filter(({ body }) => body.code === 'sold-out');
    expect(claimed.length + soldOut.length).toBe(crowd.length);
    expect(claimed.length).toBe(120);
    for (const { body } of claimed) {
      const { arrivalNo, grantSeq, createdAt, status } = body;
      expect((await client.status('mid-rush', body.userId)).body).toMatchObject({
        arrivalNo,
        grantSeq,
        createdAt,
        status,
      });
    }
  });

  it('R3: two instances that find the gate lost at the same time rebuild it once', async () => {
    await client.createCampaign({ id: 'together', capacity: 60, waitingCapacity: 0 });
    await rush(clients, 'together', users(300_000, 20));
    const before = Number(await epochOf('together'));
    await world.redis.flushdb();
    await rush(clients, 'together', users(300_020, 40));
    expect(Number(await epochOf('together'))).toBe(before + 1);
    expect(await booksOf(world, 'together')).toMatchObject({ pending: 60 });
  });

  it('R3: a gate that contradicts Postgres is rebuilt although its epoch is right', async () => {
    await client.createCampaign({ id: 'time-machine', capacity: 6, waitingCapacity: 2 });
    await rush(clients, 'time-machine', [401, 402]);
    const copy = await snapshot('time-machine');
    const later = await rush(clients, 'time-machine', users(403, 2));
    await copy.restore(); // in this older copy, slots 3 and 4 and arrivals 3 and 4 are free

    const newcomer = await client.claim('time-machine', 410);
    expect(newcomer.status).toBe(202);
    expect(newcomer.body).toMatchObject({ arrivalNo: 5, grantSeq: 5 });
    for (const { body } of later) {
      const { arrivalNo, grantSeq } = body;
      expect((await client.claim('time-machine', body.userId)).body).toMatchObject({ arrivalNo, grantSeq });
    }
  });

  it('R3: so is a gate that remembers an outcome that Postgres does not know', async () => {
    await client.createCampaign({ id: 'dreamer', capacity: 2, waitingCapacity: 0 });
    await inside.gate('dreamer');
    await world.redis.hset(await claimsOf(world.redis, 'dreamer', 421), '421', 'S:1:1000:1');
    expect((await client.claim('dreamer', 421)).body).toMatchObject({ status: 'PENDING', grantSeq: 1 });
  });

  it('R4: a claim under an earlier epoch decides nothing, although the script is still loaded', async () => {
    await client.createCampaign({ id: 'old-script', capacity: 2, waitingCapacity: 0 });
    const old = await inside.gate('old-script');
    await deleteGate(world.redis, 'old-script');
    expect(await inside.slots.claim(old, ['431'])).toBe(STALE_EPOCH); // there is no gate
    await client.claim('old-script', 432); // rebuilt
    expect(await inside.slots.claim(old, ['431'])).toBe(STALE_EPOCH); // the gate has another epoch
    expect(await rowsOf('old-script')).toBe(1);
  });

  it('R4: a claim whose script is not loaded decides nothing, even at a sound gate: the server may be another', async () => {
    await client.createCampaign({ id: 'unloaded', capacity: 2, waitingCapacity: 0 });
    const gate = await inside.gate('unloaded');
    await world.redis.script('FLUSH');
    expect(await inside.slots.claim(gate, ['441'])).toBe(STALE_EPOCH);
    expect((await inside.counts('unloaded')).available).toBe(2);
  });

  it('R4: a late rebuild replaces neither a newer gate nor one of its own epoch', async () => {
    await client.createCampaign({ id: 'slow', capacity: 3, waitingCapacity: 0 });
    await apis[0]!.app.get(GateRebuild).replaceGate('slow', null);
    await client.claim('slow', 445);
    const { epoch } = await inside.gate('slow');
    const gate = gateKeys('slow');
    const before = await world.redis.hgetall(gate.facts);
    for (const late of [String(Number(epoch) - 1), epoch]) {
      const staged = stagingKeys('slow', late);
      await world.redis.rpush(staged.available, '1', '2', '3'); // computed before anybody came
      const keys = replaceKeys(gate, staged);
      const args = ['any', late, 0, 3, 0, 'arrivalNo', 0];
      expect(await GateScript.read('replace').call(world.redis, keys, args)).toBe(0);
    }
    expect(await world.redis.hgetall(gate.facts)).toEqual(before);
    expect(await world.redis.lrange(gate.available, '0', '-1')).toEqual(['2', '3']);
  });

  it('R4: a staging copy that Redis has lost replaces nothing', async () => {
    await client.createCampaign({ id: 'unstaged', capacity: 3, waitingCapacity: 0 });
    await client.claim('unstaged', 446);
    const before = await inside.counts('unstaged');
    const keys = replaceKeys(gateKeys('unstaged'), stagingKeys('unstaged', '99'));
    const args = ['any', 99, 1, 3, 0, 'settled', 0];
    expect(await GateScript.read('replace').call(world.redis, keys, args)).toBe(-1);
    expect(await inside.counts('unstaged')).toEqual(before);
  });

  it('R3: a gate whose epoch is ahead of Postgres, because Postgres was set back, is replaced as well', async () => {
    await client.createCampaign({ id: 'set-back', capacity: 3, waitingCapacity: 0 });
    await world.redis.hset(gateKeys('set-back').facts, 'epoch', '7', 'arrivalNo', '40');
    inside.keeper.recheck('set-back');
    expect((await client.claim('set-back', 447)).body).toMatchObject({ grantSeq: 1, arrivalNo: 1 });
    expect(Number(await epochOf('set-back'))).toBeGreaterThan(7);
  });

  it('R3: the reaper replaces a gate of an older epoch although nobody asks', async () => {
    await client.createCampaign({ id: 'nobody-asks', capacity: 1, waitingCapacity: 1 });
    const { worker, reap } = await startReaper();
    await reap(); // finds it sound
    await world.redis.hset(gateKeys('nobody-asks').facts, 'epoch', '0');
    await reap();
    expect(await world.redis.hget(gateKeys('nobody-asks').facts, 'epoch')).toBe(await epochOf('nobody-asks'));
    await worker.close();
  });

  it('P6: the reaper rebuilds a gate that has lost a slot', async () => {
    await client.createCampaign({ id: 'leaky', capacity: 3, waitingCapacity: 0 });
    await client.claim('leaky', 448);
    await world.redis.lpop(gateKeys('leaky').available);
    const worker = await world.start('worker');
    await eventually(async () => {
      const { available, processing, settled } = await inside.counts('leaky');
      expect(available + processing + settled).toBe(3);
    });
    await worker.close(); // the other tests run without a reaper
  });

  it('R4: many rebuilds at once leave one gate, that of the last epoch', async () => {
    await client.createCampaign({ id: 'latecomers', capacity: 40, waitingCapacity: 0 });
    await inside.gate('latecomers');
    const rebuilds = apis.map(({ app }) => app.get(GateRebuild));
    const working = rush(clients, 'latecomers', users(450, 20));
    // A rebuild that is overtaken throws.
    await Promise.allSettled(
      [...rebuilds, ...rebuilds, ...rebuilds].map((rebuild) => rebuild.replaceGate('latecomers', null)),
    );
    await working;
    expect(await world.redis.hget(gateKeys('latecomers').facts, 'epoch')).toBe(await epochOf('latecomers'));
    await Promise.all(users(450, 40).map((userId, i) => persist(clients[i % 2]!, 'latecomers', userId)));
    expect(await booksOf(world, 'latecomers')).toMatchObject({ pending: 40 });
    for (const left of await world.redis.keys('*latecomers*staging*')) {
      expect(await world.redis.pttl(left)).toBeGreaterThan(0); // an abandoned copy expires
    }
  });
});

/** Copies the gate in its current state. */
async function snapshot(campaignId: string): Promise<{ restore: () => Promise<unknown> }> {
  const keys = Object.values(gateKeys(campaignId) as unknown as Record<string, string>);
  const dumps = await Promise.all(keys.map((key) => world.redis.dumpBuffer(key)));
  return {
    restore: () =>
      keys
        .reduce<ChainableCommander>((all, key, i) => {
          const dump = dumps[i] as Buffer | null;
          return dump ? all.del(key).restore(key, 0, dump) : all.del(key);
        }, world.redis.multi())
        .exec(),
  };
}

describe('R5: a freed slot goes to the head of the line', () => {
  it('in a rebuild as well, before claims are let in', async () => {
    await client.createCampaign({ id: 'rebuilt-line', capacity: 2, waitingCapacity: 3 });
    await closeWallets(world, [501]);
    for (const userId of users(501, 4)) await client.claim('rebuilt-line', userId);
    await inside.pay('rebuilt-line', [501]); // rejected, and the gate is not told
    await world.redis.flushdb();
    expect((await client.claim('rebuilt-line', 510)).body).toMatchObject({
      status: 'WAITING',
      waitingPosition: 2,
    });
    expect((await client.claim('rebuilt-line', 503)).body).toMatchObject({ status: 'PENDING', grantSeq: 1 });
    expect((await client.claim('rebuilt-line', 504)).body).toMatchObject({
      status: 'WAITING',
      waitingPosition: 1,
    });
  });

  it('and a claim takes no free slot while anybody waits', async () => {
    await client.createCampaign({ id: 'free-slot', capacity: 3, waitingCapacity: 3 });
    await closeWallets(world, [521]);
    for (const userId of users(521, 4)) await client.claim('free-slot', userId);
    await inside.pay('free-slot', [521]);
    const { facts, available, processing } = gateKeys('free-slot'); // the slot is put back without `free.lua`
    await setHolder(world.redis, 'free-slot', 1, null);
    await world.redis
      .multi()
      .zrem(processing, '1')
      .rpush(available, '1')
      .hincrby(facts, 'held', -1)
      .hincrby(facts, 'free', 1)
      .exec();
    expect((await client.claim('free-slot', 530)).body).toMatchObject({
      status: 'WAITING',
      waitingPosition: 2,
    });
  });
});

describe('R6: settling and freeing name slot and user', () => {
  it('and do nothing when that user does not hold that slot', async () => {
    await client.createCampaign({ id: 'holders', capacity: 3, waitingCapacity: 2 });
    await inside.decideClaims('holders', users(601, 4));
    const before = await inside.counts('holders');
    const wrong = [
      { grantSeq: 1, userId: '602' },
      { grantSeq: 1, userId: '604' }, // waits
      { grantSeq: 3, userId: '999' },
      { grantSeq: 3, userId: '' }, // has a holder
      { grantSeq: 7, userId: '' }, // is not a slot
    ];
    await inside.slots.settle('holders', wrong);
    expect(await inside.slots.free('holders', wrong)).toMatchObject({ promotions: [] });
    expect(await inside.counts('holders')).toEqual(before);
  });

  it('so freeing a slot twice frees it once, and does not take it from its new holder', async () => {
    await client.createCampaign({ id: 'twice', capacity: 1, waitingCapacity: 3 });
    await inside.decideClaims('twice', users(611, 3));
    const both = await Promise.all(
      [1, 2, 3, 4].map(() => inside.slots.free('twice', [{ grantSeq: 1, userId: '611' }])),
    );
    const promoted = both.flatMap((freed) =>
      freed === STALE_EPOCH ? [] : freed.promotions.map(({ userId }) => userId),
    );
    expect(promoted).toEqual(['612']);
    await inside.slots.settle('twice', [{ grantSeq: 1, userId: '611' }]);
    expect(await inside.counts('twice')).toMatchObject({
      available: 0,
      processing: 1,
      settled: 0,
      waiting: 1,
    });
    await Promise.all([1, 2, 3].map(() => inside.slots.settle('twice', [{ grantSeq: 1, userId: '612' }])));
    expect(await inside.counts('twice')).toMatchObject({
      available: 0,
      processing: 0,
      settled: 1,
      waiting: 1,
    });
  });
});

describe('R8: a user with a grant is no longer in the line, whatever the waiting entry says', () => {
  beforeAll(async () => {
    await client.createCampaign({
      ...{ id: 'entries', capacity: 2, waitingCapacity: 4 },
      reversalPolicy: 'regrant', // so that the line does not end before the campaign is closed
    });
    await closeWallets(world, [801]);
    for (const userId of users(801, 5)) await client.claim('entries', userId);
    const { worker } = await startReaper();
    for (const userId of [802, 803])
      await eventually(async () =>
        expect((await client.status('entries', userId)).body.status).toBe('SUCCESS'),
      );
    await worker.close();
    await world.rows(`UPDATE waiting_entries SET promoted_at = NULL WHERE campaign_id = 'entries'`);
  });

  it('in positions and counts', async () => {
    expect((await client.status('entries', 804)).body.waitingPosition).toBe(1);
    expect((await client.status('entries', 803)).body).toMatchObject({ status: 'SUCCESS', grantSeq: 1 });
    expect((await client.stats('entries')).body.postgres).toMatchObject({ waiting: 2, promoted: 1 });
  });

  it('in a rebuild', async () => {
    await world.redis.flushdb();
    expect((await client.claim('entries', 804)).body).toMatchObject({
      status: 'WAITING',
      waitingPosition: 1,
    });
    expect(await inside.counts('entries')).toMatchObject({ settled: 2, waiting: 2 });
  });

  it('when the line ends', async () => {
    await client.changeCampaign('entries', { state: 'CLOSED' });
    const { worker, reap } = await startReaper();
    await reap();
    await worker.close();
    expect((await client.status('entries', 803)).body.status).toBe('SUCCESS');
    expect(
      await world.rows(
        `SELECT user_id FROM waiting_entries WHERE campaign_id = 'entries' AND ended_at IS NOT NULL ORDER BY user_id`,
      ),
    ).toEqual([{ user_id: '804' }, { user_id: '805' }]);
  });

  it('and the reaper never settles a slot by the row of another slot', async () => {
    await client.createCampaign({ id: 'other-slot', capacity: 3, waitingCapacity: 0 });
    await inside.decideAndRecord('other-slot', users(811, 2));
    await inside.pay('other-slot', [811]);
    const { processing } = gateKeys('other-slot');
    await setHolder(world.redis, 'other-slot', 2, '811'); // 812's slot
    await world.redis.zadd(processing, 'XX', 0, '2');
    const { worker, reap } = await startReaper();
    for (let round = 0; round < 3; round++) await reap();
    expect(Number(await epochOf('other-slot'))).toBeGreaterThan(1); // condemned, and rebuilt
    await eventually(async () => {
      await reap();
      expect((await client.status('other-slot', 812)).body).toMatchObject({ status: 'SUCCESS', grantSeq: 2 });
      expect(await inside.counts('other-slot')).toMatchObject({ available: 1, processing: 0, settled: 2 });
    });
    await worker.close();
  });
});

describe('R10: a place in the line that may not be durable has a lease', () => {
  it('until it is known to be durable; the reaper rolls it forward', async () => {
    await client.createCampaign({ id: 'line-lease', capacity: 1, waitingCapacity: 3 });
    const { lineLeases } = gateKeys('line-lease');
    await inside.decideAndRecord('line-lease', [1001]);
    await client.claim('line-lease', 1002);
    expect(await world.redis.zrange(lineLeases, '0', '-1')).toEqual([]);
    await inside.decideClaims('line-lease', [1003]);
    expect(await world.redis.zrange(lineLeases, '0', '-1')).toEqual(['1003']);
    await world.redis.zadd(lineLeases, 'XX', 0, '1003');
    const { worker, reap } = await startReaper();
    await reap();
    await worker.close();
    expect((await client.status('line-lease', 1003)).body.arrivalNo).toBe(3);
    expect(await world.redis.zrange(lineLeases, '0', '-1')).toEqual([]);
  });
});

describe('R11: a claim is decided only on the server, and the line of its data, on which the gate was built', () => {
  it('so a gate records its server, which is compared on every new connection', async () => {
    await client.createCampaign({ id: 'server', capacity: 2 });
    const { facts } = gateKeys('server');
    await inside.gate('server');
    const [runId] = await world.redis.hmget(facts, 'runId');
    expect(await world.redis.info('server')).toContain(`run_id:${runId}`);
    const before = await epochOf('server');
    await reconnect();
    await client.claim('server', 1101);
    expect(await epochOf('server')).toBe(before); // the same server: nothing to rebuild

    await world.redis.hset(facts, 'runId', 'another');
    await reconnect();
    await client.claim('server', 1102);
    expect(Number(await epochOf('server'))).toBe(Number(before) + 1);
    expect(await world.redis.hget(facts, 'runId')).toBe(runId);
  });
});
