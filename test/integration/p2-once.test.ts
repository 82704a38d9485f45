import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import type { Response } from 'supertest';
import { Doorbell, PAYOUT_QUEUE } from '../../src/doorbell/doorbell.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Inside } from '../support/inside.js';
import { rush, users } from '../support/rush.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let apis: RunningApp[];
let clients: Client[];
let client: Client;

beforeAll(async () => {
  world = await World.create();
  apis = [await world.start('api'), await world.start('api')];
  clients = apis.map((api) => new Client(api));
  client = clients[0]!;
});

afterAll(() => world.close());

/** What a user has in a campaign, counted wherever a duplicate could be. */
async function belongingsOf(campaignId: string, userId: number): Promise<Record<string, number>> {
  const [counts] = await world.rows<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM user_grants WHERE campaign_id = $1 AND user_id = $2) AS grants,
            (SELECT count(*)::int FROM payouts WHERE campaign_id = $1 AND user_id = $2) AS payouts,
            (SELECT count(*)::int FROM payout_history WHERE idempotency_key = $3) AS events,
            (SELECT count(*)::int FROM ledger_transactions WHERE idempotency_key = $3) AS transactions,
            (SELECT COALESCE(sum(entry.amount), 0)::int
               FROM ledger_entries entry
               JOIN ledger_accounts account ON account.id = entry.account_id
               JOIN ledger_transactions moved ON moved.id = entry.transaction_id
              WHERE account.user_id = $2 AND moved.idempotency_key = $3) AS money`,
    [campaignId, userId, `grant:${campaignId}:${userId}`],
  );
  return counts!;
}

const ONCE = { grants: 1, payouts: 1, events: 1, transactions: 1, money: 10 };

function placeOf({ body }: Response): unknown {
  const { campaignId, userId, grantSeq, arrivalNo, createdAt } = body;
  return { campaignId, userId, grantSeq, arrivalNo, createdAt };
}

describe('P2 once', () => {
  it('gives a user who asks 50 times at once, through two instances, one place', async () => {
    await client.createCampaign({ id: 'insistent', capacity: 40, waitingCapacity: 0 });
    const answers = await rush(clients, 'insistent', Array<number>(50).fill(7));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(49);
    expect(new Set(answers.map((answer) => JSON.stringify(placeOf(answer)))).size).toBe(1);
    expect(await belongingsOf('insistent', 7)).toMatchObject({ grants: 1 });
  });

  it('gives each of many such users one place, in the line as well', async () => {
    await client.createCampaign({ id: 'crowd', capacity: 10, waitingCapacity: 10 });
    const answers = await rush(
      clients,
      'crowd',
      Array.from({ length: 200 }, (_, i) => 100 + (i % 20)),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(20);
    expect(new Set(answers.map((answer) => JSON.stringify(placeOf(answer)))).size).toBe(20);
    expect((await new Inside(apis[0]!).gate('crowd')).epoch).toBe('1'); // without a rebuild
    const arrivals = await world.rows<{ arrival_no: string }>(
      `SELECT arrival_no FROM user_grants WHERE campaign_id = 'crowd'
       UNION ALL SELECT arrival_no FROM waiting_entries WHERE campaign_id = 'crowd'`,
    );
    expect(arrivals.map(({ arrival_no }) => Number(arrival_no)).sort((a, b) => a - b)).toEqual(users(1, 20));
  });

  it('pays once when rings and jobs are doubled and two workers take them', async () => {
    await client.createCampaign({ id: 'doubled', capacity: 30, waitingCapacity: 0 });
    const crowd = users(200, 30);
    await rush(clients, 'doubled', crowd);
    const doorbell = apis[0]!.app.get(Doorbell);
    const queue = apis[0]!.app.get<Queue>(getQueueToken(PAYOUT_QUEUE));
    // Past the doorbell, which would not add a second job.
    const double = (): Promise<unknown> => queue.add('pay', { campaignId: 'doubled' });
    for (let i = 0; i < 12; i++) await (i % 2 === 0 ? doorbell.ring('doubled') : double());
    const workers = [await world.start('worker'), await world.start('worker')];
    await eventually(async () => {
      for (const userId of crowd) expect(await belongingsOf('doubled', userId)).toEqual(ONCE);
    });
    for (let i = 0; i < 4; i++) await double();
    await Promise.all(workers.map((worker) => worker.close()));
    for (const userId of crowd) expect(await belongingsOf('doubled', userId)).toEqual(ONCE);
  });

  it('pays once when payouts of the same users run at the same time', async () => {
    await client.createCampaign({ id: 'parallel', capacity: 20, waitingCapacity: 0 });
    const crowd = users(300, 20);
    await rush(clients, 'parallel', crowd);
    const insides = apis.map((api) => new Inside(api));
    await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) =>
        insides[i % 2]!.pay('parallel', i % 3 === 0 ? crowd.toReversed() : crowd.slice(i % 5)),
      ),
    );
    await insides[0]!.pay('parallel', crowd);
    for (const userId of crowd) expect(await belongingsOf('parallel', userId)).toEqual(ONCE);
  });

  it('ends a grant as the ledger already says, and moves nothing for it', async () => {
    await client.createCampaign({ id: 'known', capacity: 2, waitingCapacity: 0 });
    await rush(clients, 'known', [350, 351]);
    await world.rows(
      `INSERT INTO ledger_transactions (idempotency_key, outcome, reason) VALUES ('grant:known:350', 'REJECTED', 'a test')`,
    );
    const ended = await new Inside(apis[0]!).pay('known', [350, 351]);
    expect(ended.map(({ status }) => status)).toEqual(['FAILED', 'SUCCESS']);
    expect(await belongingsOf('known', 350)).toEqual({ ...ONCE, money: 0 });
    expect(await belongingsOf('known', 351)).toEqual(ONCE);
  });

  it('keeps a rejected grant rejected, however often its user asks, even with free slots and a reopened wallet', async () => {
    await client.createCampaign({ id: 'rejected', capacity: 3, waitingCapacity: 0 });
    await client.closeWallet(400);
    const worker = await world.start('worker');
    const first = await client.claim('rejected', 400);
    await eventually(async () => {
      expect((await client.status('rejected', 400)).body.status).toBe('FAILED');
      expect((await new Inside(apis[0]!).counts('rejected')).available).toBe(3);
    });
    await world.rows(`UPDATE ledger_accounts SET closed_at = NULL WHERE user_id = 400`);
    const answers = await rush(clients, 'rejected', Array<number>(20).fill(400));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.body.status).toBe('FAILED');
      expect(placeOf(answer)).toEqual(placeOf(first));
    }
    await apis[0]!.app.get(Doorbell).ring('rejected');
    await worker.close();
    expect(await belongingsOf('rejected', 400)).toEqual({ ...ONCE, money: 0 });
  });

  it('gives one grant per campaign, not one for ever', async () => {
    for (const id of ['spring', 'autumn']) {
      await client.createCampaign({ id, capacity: 2 });
      expect((await client.claim(id, 500)).status).toBe(202);
    }
  });

  it('is enforced by Postgres when all else fails', async () => {
    await expect(
      world.rows(
        `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at)
         VALUES ('insistent', 7, 40, 1000, now())`,
      ),
    ).rejects.toMatchObject({ constraint: 'user_grants_pk' });
    await expect(
      world.rows(
        `INSERT INTO ledger_transactions (idempotency_key, outcome) VALUES ('grant:doubled:200', 'SETTLED')`,
      ),
    ).rejects.toMatchObject({ constraint: 'ledger_transactions_idempotency_key_unique' });
    await expect(
      world.rows(
        `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state)
         VALUES ('doubled', 200, 'another key', 'SETTLED')`,
      ),
    ).rejects.toMatchObject({ constraint: 'payouts_pk' });
  });
});
