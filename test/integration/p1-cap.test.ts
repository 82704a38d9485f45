import { Client } from '../support/client.js';
import { booksOf, closeWallets, watch } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { Inside } from '../support/inside.js';
import { rush, users } from '../support/rush.js';
import { World } from '../support/world.js';

let world: World;
let clients: Client[];
let inside: Inside;

beforeAll(async () => {
  world = await World.create();
  const apis = [await world.start('api'), await world.start('api')];
  await world.start('worker');
  clients = apis.map((api) => new Client(api));
  inside = new Inside(apis[0]!);
});

afterAll(() => world.close());

describe('P1 cap', () => {
  it('holds at every moment of a rush through two instances, with payouts that fail', async () => {
    const capacity = 50;
    await clients[0]!.createCampaign({ id: 'rush', capacity, waitingCapacity: 100 });
    const everybody = users(1, 400);
    await closeWallets(
      world,
      everybody.filter((userId) => userId % 10 === 0),
    );

    const paidOut = async (): Promise<void> => {
      await rush(clients, 'rush', everybody);
      await eventually(async () => expect(await booksOf(world, 'rush')).toMatchObject({ success: capacity }));
    };
    const seen = await watch(paidOut(), async () => {
      const [books, { available, processing, settled }] = await Promise.all([
        booksOf(world, 'rush'),
        inside.counts('rush'),
      ]);
      return { ...books, slots: available + processing + settled };
    });

    for (const { pending, success, settledPayouts, paidOut: money, slots } of seen) {
      expect(pending + success).toBeLessThanOrEqual(capacity);
      expect(settledPayouts).toBeLessThanOrEqual(capacity);
      expect(money).toBeLessThanOrEqual(capacity * 10);
      expect(slots).toBe(capacity);
    }
    expect(seen.length).toBeGreaterThan(3);
    expect((await inside.gate('rush')).epoch).toBe('1'); // it held without a rebuild
    expect(seen.at(-1)).toMatchObject({ success: capacity, pending: 0, settledPayouts: capacity, pool: 0 });
  });

  it('holds for a single slot', async () => {
    await clients[0]!.createCampaign({ id: 'single', capacity: 1, waitingCapacity: 0 });
    const answers = await rush(clients, 'single', users(1_001, 60));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    for (const { status, body } of answers) if (status !== 202) expect(body.code).toBe('sold-out');
  });
});

describe('P1 cap, enforced by Postgres when all else fails', () => {
  const insert = (userId: number, slot: number, status = 'PENDING'): Promise<unknown> =>
    world.rows(
      `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at, status)
       VALUES ('sql', $1, $2, $1, now(), $3)`,
      [userId, slot, status],
    );

  beforeAll(async () => {
    await new Client(await world.start('api')).createCampaign({
      id: 'sql',
      capacity: 50,
      waitingCapacity: 0,
    });
    for (const slot of users(1, 50)) await insert(slot, slot, slot === 50 ? 'FAILED' : 'PENDING');
  });

  it('a slot has one live holder', async () => {
    await expect(insert(60, 1)).rejects.toMatchObject({ constraint: 'user_grants_live_slot_unique' });
    await expect(insert(60, 1, 'SUCCESS')).rejects.toMatchObject({
      constraint: 'user_grants_live_slot_unique',
    });
  });

  it.each([51, 0, -1, 2_147_483_647])('there is no slot %d of 50', async (slot) => {
    await expect(insert(61, slot)).rejects.toMatchObject({
      constraint: slot > 50 ? 'user_grants_within_capacity' : 'user_grants_grant_seq_range',
    });
  });

  it('a rejected grant gives up its slot to one other', async () => {
    await insert(62, 50);
    await expect(insert(63, 50)).rejects.toMatchObject({ constraint: 'user_grants_live_slot_unique' });
  });

  it.each(['PENDING', 'SUCCESS'])('a rejected grant never becomes %s', async (status) => {
    await expect(
      world.rows(`UPDATE user_grants SET status = $1 WHERE campaign_id = 'sql' AND user_id = 50`, [status]),
    ).rejects.toThrow('final');
  });

  it('the slot of a grant and the capacity of a campaign never change', async () => {
    await expect(
      world.rows(`UPDATE user_grants SET grant_seq = 50 WHERE campaign_id = 'sql' AND user_id = 1`),
    ).rejects.toThrow('never changes');
    await expect(world.rows(`UPDATE campaigns SET capacity = 51 WHERE id = 'sql'`)).rejects.toThrow(
      'promised',
    );
  });

  it('the campaign’s account can’t be overdrawn', async () => {
    await expect(
      world.rows(`UPDATE ledger_accounts SET balance = -1 WHERE campaign_id = 'sql'`),
    ).rejects.toMatchObject({ constraint: 'ledger_accounts_not_overdrawn' });
  });
});
