import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import { PAYOUT_QUEUE } from '../../src/doorbell/doorbell.js';
import { gateKeys } from '../../src/grants/slots/gate-keys.js';
import { booksOf, closeWallets } from '../support/books.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Inside } from '../support/inside.js';
import { persist, rush, users } from '../support/rush.js';
import { World } from '../support/world.js';

const CAPACITY = 8;

let world: World;
let clients: Client[];
let client: Client;
let inside: Inside;
let queue: Queue;

beforeAll(async () => {
  world = await World.create();
  const api = await world.start('api');
  // Two workers with two reapers run all the time: they race each other and the damage done here.
  await Promise.all([world.start('worker'), world.start('worker')]);
  clients = [new Client(api), new Client(await world.start('api'))];
  client = clients[0]!;
  inside = new Inside(api);
  queue = api.app.get<Queue>(getQueueToken(PAYOUT_QUEUE));
});

afterAll(() => world.close());

/** Everybody who can still be paid asks; then exactly `capacity` users are paid, and the gate agrees. */
async function expectExactlyPaid(
  campaignId: string,
  capacity: number,
  crowd: readonly number[],
): Promise<void> {
  await Promise.all(crowd.map((userId, i) => persist(clients[i % 2]!, campaignId, userId)));
  await eventually(async () => {
    expect(await booksOf(world, campaignId)).toMatchObject({ success: capacity, pending: 0, pool: 0 });
    expect(await inside.counts(campaignId)).toMatchObject({
      available: 0,
      processing: 0,
      settled: capacity,
    });
  }, 30_000);
  const [payouts] = await world.rows(
    `SELECT count(*)::int AS payouts, count(DISTINCT user_id)::int AS users
       FROM payouts WHERE campaign_id = $1 AND state = 'SETTLED'`,
    [campaignId],
  );
  expect(payouts).toEqual({ payouts: capacity, users: capacity });
}

type Damage = (campaignId: string, userIds: readonly number[]) => Promise<unknown>;

/** What a crash leaves behind at each step of the flow. Each damage hits three users, the last with a closed wallet. */
const DAMAGES: readonly (readonly [name: string, Damage])[] = [
  ['the gate has decided and nothing is durable', (id, some) => inside.decideClaims(id, some)],
  ['the claims are durable and no ring was sent', (id, some) => inside.decideAndRecord(id, some)],
  [
    'the claims are paid or rejected and the gate was not told',
    async (id, some) => {
      await inside.decideAndRecord(id, some);
      await inside.pay(id, some);
    },
  ],
  [
    'all jobs are lost',
    async (id, some) => {
      await queue.pause();
      await rush([client], id, some);
      await queue.obliterate({ force: true });
      await queue.resume();
    },
  ],
  [
    'leases expire while a worker is working',
    async (id, some) => {
      await rush([client], id, some);
      const { processing } = gateKeys(id);
      for (const slot of await world.redis.zrange(processing, '0', '-1')) {
        await world.redis.zadd(processing, 'XX', 0, slot);
      }
    },
  ],
  [
    'slots are in processing and nobody holds them',
    async (id) => {
      const { available, processing } = gateKeys(id);
      for (const slot of (await world.redis.lpop(available, 3)) ?? []) {
        await world.redis.zadd(processing, 0, slot);
      }
    },
  ],
  [
    'one claim is not durable and Redis is emptied',
    async (id, some) => {
      await inside.decideAndRecord(id, some.slice(1));
      await inside.decideClaims(id, some.slice(0, 1));
      await world.redis.flushdb();
    },
  ],
  [
    'the gate’s record of holders is gone',
    async (id, some) => {
      await inside.decideAndRecord(id, some);
      await world.redis.del(gateKeys(id).holders);
    },
  ],
  [
    'slots have vanished from the gate',
    async (id, some) => {
      await inside.decideAndRecord(id, some);
      await inside.pay(id, some);
      await world.redis.del(gateKeys(id).facts, gateKeys(id).processing);
    },
  ],
];

describe('P6 exact: no slot leaks', () => {
  it.each(DAMAGES.map(([name, damage], i) => ({ name, damage, id: `damage-${i}`, first: 1_000 * (i + 1) })))(
    'when $name',
    async ({ id, damage, first }) => {
      await client.createCampaign({ id, capacity: CAPACITY, waitingCapacity: 4 });
      const struck = users(first, 3);
      await closeWallets(world, [first + 2]);
      await inside.gate(id);
      await damage(id, struck);
      await expectExactlyPaid(id, CAPACITY, users(first + 10, CAPACITY + 4));
    },
  );

  it('when everything goes wrong during a rush: rejected payouts, lost jobs, dead processes, Redis emptied', async () => {
    const capacity = 60;
    const everybody = users(50_000, 300);
    await client.createCampaign({ id: 'storm', capacity, waitingCapacity: 60 });
    await closeWallets(
      world,
      everybody.filter((userId) => userId % 7 === 0),
    );
    const crowd = [everybody.slice(0, 60), everybody.slice(60, 140), everybody.slice(140)];
    const ask = (some: readonly number[]): Promise<unknown> =>
      Promise.all(some.map((userId, i) => persist(clients[i % 2]!, 'storm', userId)));

    const first = ask(crowd[0]!);
    await inside.decide('storm', everybody.slice(40, 55)); // some of them ask again, some never do
    await first;
    const second = ask(crowd[1]!);
    await sleep(20);
    await world.redis.flushdb(); // the gate, the jobs, everything
    await second;
    await queue.drain();
    await inside.decide('storm', users(60_000, 5)); // never ask again
    await expectExactlyPaid('storm', capacity, crowd[2]!);
  });
});
