import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Inside } from '../support/inside.js';
import { users } from '../support/rush.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let api: RunningApp;
let client: Client;
let inside: Inside;

beforeAll(async () => {
  world = await World.create({ DATABASE_TIMEOUT_MS: '30000', REQUEST_DEADLINE_MS: '40000' });
  api = await world.start('api');
  client = new Client(api);
  inside = new Inside(api);
});

afterAll(() => world.close());

/** A user's place as it is in Postgres now. */
async function durablePlaceOf(campaignId: string, userId: number): Promise<unknown> {
  const [place] = await world.rows(
    `SELECT arrival_no::int AS "arrivalNo", grant_seq AS "grantSeq", created_at AS "createdAt"
       FROM user_grants WHERE campaign_id = $1 AND user_id = $2
     UNION ALL
     SELECT arrival_no::int, NULL, created_at FROM waiting_entries WHERE campaign_id = $1 AND user_id = $2`,
    [campaignId, userId],
  );
  return place;
}

describe('P4 durable answer', () => {
  it('answers nobody before COMMIT, and then with the committed numbers', async () => {
    await client.createCampaign({ id: 'held-up', capacity: 1, waitingCapacity: 4 });
    await inside.gate('held-up');
    const holder = await world.pg.connect();
    let answered = 0;
    try {
      await holder.query(`BEGIN`);
      await holder.query(`SELECT FROM campaigns WHERE id = 'held-up' FOR UPDATE`); // blocks R1's fence
      const asked = users(1, 5).map(async (userId) => {
        const { status, body } = await client.claim('held-up', userId);
        answered++;
        return { status, body, durable: await durablePlaceOf('held-up', userId) };
      });
      await eventually(async () => {
        const { processing, waiting } = await inside.counts('held-up');
        expect(processing).toBe(1); // the gate has decided
        expect(waiting).toBeGreaterThan(0);
      });
      await sleep(300);
      expect(answered).toBe(0);
      expect(await durablePlaceOf('held-up', 1)).toBeUndefined();

      await holder.query(`ROLLBACK`);
      for (const { status, body, durable } of await Promise.all(asked)) {
        const { arrivalNo, grantSeq, createdAt } = body;
        expect(status).toBe(202);
        expect(durable).toEqual({ arrivalNo, grantSeq, createdAt: new Date(createdAt) });
      }
    } finally {
      holder.release(true);
    }
  });

  it('answers a repeated claim with the row in Postgres, and shows no claim while there is no row', async () => {
    await client.createCampaign({ id: 'retry', capacity: 2, waitingCapacity: 1 });
    const decided = await inside.decideClaims('retry', [11, 12, 13]);
    for (const { userId } of decided) expect((await client.status('retry', userId)).status).toBe(404);
    for (const { userId, arrivalNo, grantSeq, createdAt } of decided.toReversed()) {
      const answer = await client.claim('retry', userId);
      expect([200, 202]).toContain(answer.status);
      expect(answer.body).toMatchObject({
        arrivalNo,
        grantSeq,
        createdAt: new Date(createdAt).toISOString(),
      });
      expect(await durablePlaceOf('retry', Number(userId))).toEqual({
        arrivalNo,
        grantSeq,
        createdAt: new Date(createdAt),
      });
    }
  });

  it('rolls a decision forward when its process dies and nobody asks again (R10: a place in the line as well)', async () => {
    // Without "regrant" the line ends with the last payment, and a fast worker leaves no time to see who waits.
    await client.createCampaign({
      id: 'orphaned',
      capacity: 2,
      waitingCapacity: 2,
      reversalPolicy: 'regrant',
    });
    const decided = await inside.decideClaims('orphaned', [21, 22, 23]);
    const worker = await world.start('worker');
    try {
      await eventually(async () => {
        for (const { userId, arrivalNo, grantSeq } of decided) {
          expect((await client.status('orphaned', userId)).body).toMatchObject({
            arrivalNo,
            grantSeq,
            status: grantSeq === null ? 'WAITING' : 'SUCCESS',
          });
        }
      });
    } finally {
      await worker.close(); // the next test's claims stay unpaid
    }
  });

  it('gives the same numbers after all instances and Redis were lost', async () => {
    await client.createCampaign({ id: 'lost', capacity: 4, waitingCapacity: 2 });
    const before = [];
    for (const userId of users(31, 6)) before.push((await client.claim('lost', userId)).body);
    await api.close();
    await world.redis.flushdb();
    client = new Client(await world.start('api'));
    for (const { updatedAt, ...same } of before) {
      expect(updatedAt).toBeDefined();
      expect((await client.status('lost', same.userId)).body).toMatchObject(same);
      expect((await client.claim('lost', same.userId)).body).toMatchObject(same);
    }
  });
});
