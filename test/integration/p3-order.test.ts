import { Client } from '../support/client.js';
import { closeWallets } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { rush, users } from '../support/rush.js';
import { World } from '../support/world.js';

let world: World;
let clients: Client[];
let client: Client;

beforeAll(async () => {
  world = await World.create();
  clients = [new Client(await world.start('api')), new Client(await world.start('api'))];
  client = clients[0]!;
});

afterAll(() => world.close());

/** Runs two workers until `done` holds. */
async function payUntil(done: () => Promise<void>): Promise<void> {
  const workers = [await world.start('worker'), await world.start('worker')];
  try {
    await eventually(done);
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
}

describe('P3 order', () => {
  it('gives slot 1 to arrival 1, and so on, in the order in which people asked', async () => {
    await client.createCampaign({ id: 'one-by-one', capacity: 5 });
    for (const [i, userId] of ['500', '400', '300', '9223372036854775807', '1'].entries()) {
      const answer = await clients[i % 2]!.claim('one-by-one', userId);
      expect(answer.status).toBe(202);
      expect(answer.body).toMatchObject({ userId, status: 'PENDING', grantSeq: i + 1, arrivalNo: i + 1 });
    }
  });

  it('puts everybody who was answered ahead of those who asked later, through two instances', async () => {
    const [waves, size, capacity] = [10, 16, 100];
    await client.createCampaign({ id: 'waves', capacity, waitingCapacity: 60 });
    for (let wave = 0; wave < waves; wave++) {
      const answers = await rush(clients, 'waves', users(1_000 + wave * size, size).toReversed());
      const arrivals = answers.map(({ body }) => Number(body.arrivalNo)).sort((a, b) => a - b);
      expect(arrivals).toEqual(users(1 + wave * size, size));
      for (const { body } of answers) {
        const { arrivalNo, status, grantSeq, waitingPosition } = body;
        if (arrivalNo <= capacity) expect(grantSeq).toBe(arrivalNo);
        else
          expect({ status, waitingPosition }).toEqual({
            status: 'WAITING',
            waitingPosition: arrivalNo - capacity,
          });
      }
    }
    const byTime = await world.rows<{ arrival_no: string }>(
      `SELECT arrival_no FROM user_grants WHERE campaign_id = 'waves' ORDER BY created_at, arrival_no`,
    );
    expect(byTime.map(({ arrival_no }) => Number(arrival_no))).toEqual(users(1, capacity));
  });

  it('passes freed slots to the earliest who wait, and on until somebody can be paid', async () => {
    // Slots may become free again, so the line is not told the end once all are paid.
    await client.createCampaign({
      id: 'promotion',
      capacity: 3,
      waitingCapacity: 6,
      reversalPolicy: 'regrant',
    });
    await closeWallets(world, [12, 13, 14]); // two holders of slots, and the head of the line
    for (const userId of users(11, 9)) expect((await client.claim('promotion', userId)).status).toBe(202);
    await payUntil(async () => {
      const statuses = await Promise.all(users(11, 9).map((userId) => client.status('promotion', userId)));
      expect(statuses.map(({ body }) => body.status)).toEqual([
        'SUCCESS',
        ...['FAILED', 'FAILED', 'FAILED'],
        ...['SUCCESS', 'SUCCESS'],
        ...['WAITING', 'WAITING', 'WAITING'],
      ]);
      expect(statuses.slice(6).map(({ body }) => body.waitingPosition)).toEqual([1, 2, 3]);
      for (const [i, { body }] of statuses.entries()) expect(body.arrivalNo).toBe(i + 1);
    });
  });

  it('lets no later claim take a slot before those who wait', async () => {
    await client.createCampaign({ id: 'overtaking', capacity: 20, waitingCapacity: 200 });
    await closeWallets(world, users(2_000, 20));
    await rush(clients, 'overtaking', users(2_000, 20));
    await rush(clients, 'overtaking', users(2_020, 20));
    let next = 3_000;
    await payUntil(async () => {
      await rush(clients, 'overtaking', users(next, 4));
      next += 4;
      const [paid] = await world.rows<{ count: number }>(
        `SELECT count(*)::int FROM user_grants WHERE campaign_id = 'overtaking' AND status = 'SUCCESS'`,
      );
      expect(paid?.count).toBe(20);
    });
    const arrivals = await world.rows<{ status: string; first: number; last: number }>(
      `SELECT status, min(arrival_no)::int AS first, max(arrival_no)::int AS last
         FROM user_grants WHERE campaign_id = 'overtaking' GROUP BY status ORDER BY status`,
    );
    expect(arrivals).toEqual([
      { status: 'FAILED', first: 1, last: 20 },
      { status: 'SUCCESS', first: 21, last: 40 },
    ]);
  });

  it('without a line, gives a freed slot to the next user who asks', async () => {
    await client.createCampaign({ id: 'no-line', capacity: 2, waitingCapacity: 0 });
    await closeWallets(world, [31]);
    await client.claim('no-line', 31);
    await client.claim('no-line', 32);
    expect((await client.claim('no-line', 33)).body.code).toBe('sold-out');
    await payUntil(async () => {
      expect((await client.status('no-line', 31)).body.status).toBe('FAILED');
      expect((await client.claim('no-line', 34)).body).toMatchObject({ grantSeq: 1, arrivalNo: 3 });
    });
    expect((await client.claim('no-line', 33)).body.code).toBe('sold-out');
  });

  it('never has an arrival number twice in Postgres, and never changes one', async () => {
    await expect(
      world.rows(
        `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at)
         VALUES ('no-line', 99, 1, 1, now())`,
      ),
    ).rejects.toMatchObject({ code: '23505' });
    await expect(
      world.rows(`UPDATE user_grants SET arrival_no = 99 WHERE campaign_id = 'no-line' AND user_id = 32`),
    ).rejects.toThrow('never changes');
  });
});
