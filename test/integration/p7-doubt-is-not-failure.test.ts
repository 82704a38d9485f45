import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { PAYOUT_QUEUE } from '../../src/doorbell/doorbell.js';
import { booksOf } from '../support/books.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Inside } from '../support/inside.js';
import { users } from '../support/rush.js';
import { World } from '../support/world.js';

let world: World;
let client: Client;
let inside: Inside;
let queue: Queue;

beforeAll(async () => {
  world = await World.create({
    DATABASE_TIMEOUT_MS: '300',
    PAYOUT_RETRY_MS: '50',
    PAYOUT_RETRY_MAX_MS: '200',
  });
  const api = await world.start('api');
  client = new Client(api);
  inside = new Inside(api);
  queue = api.app.get<Queue>(getQueueToken(PAYOUT_QUEUE));
  await world.start('worker');
});

afterAll(() => world.close());

/** Two users hold slots and two wait. The holders' payouts run into `trouble`, and have no outcome while it lasts. */
async function expectHeldAndPaidLater(campaignId: string, first: number, trouble: Trouble): Promise<void> {
  await client.createCampaign({ id: campaignId, capacity: 2, waitingCapacity: 2 });
  const { tries, end } = await trouble();
  try {
    for (const userId of users(first, 4)) expect((await client.claim(campaignId, userId)).status).toBe(202);
    // The payouts are tried again and again, because the reaper keeps ringing.
    await eventually(async () => expect(await tries()).toBeGreaterThan(3), 30_000);
    expect(await booksOf(world, campaignId)).toMatchObject({
      pending: 2,
      success: 0,
      failed: 0,
      settledPayouts: 0,
      paidOut: 0,
      pool: 20,
    });
    expect(await inside.counts(campaignId)).toEqual({ available: 0, processing: 2, settled: 0, waiting: 2 });
  } finally {
    await end();
  }
  await eventually(async () => {
    expect(await booksOf(world, campaignId)).toMatchObject({
      success: 2,
      pool: 0,
      settledPayouts: 2,
      paidOut: 20,
    });
    expect(await inside.counts(campaignId)).toMatchObject({ available: 0, processing: 0, settled: 2 });
  });
  for (const userId of users(first, 2)) {
    const keys = await world.rows(
      `SELECT payouts.idempotency_key AS payout, moved.idempotency_key AS moved, moved.outcome
         FROM payouts JOIN ledger_transactions moved ON moved.id = payouts.provider_reference::bigint
        WHERE campaign_id = $1 AND user_id = $2`,
      [campaignId, userId],
    );
    const key = `grant:${campaignId}:${userId}`;
    expect(keys).toEqual([{ payout: key, moved: key, outcome: 'SETTLED' }]);
  }
}

/** Makes payouts impossible. @returns `tries`: how many attempts it has failed so far; `end`: removes it */
type Trouble = () => Promise<{ tries: () => Promise<number>; end: () => Promise<void> }>;

async function refuseInserts(table: string): ReturnType<Trouble> {
  await world.rows(`CREATE SEQUENCE met`); // a rollback does not undo `nextval`
  await world.rows(`
    CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM nextval('met'); RAISE EXCEPTION 'trouble'; END $$`);
  await world.rows(`CREATE TRIGGER trouble BEFORE INSERT ON ${table} EXECUTE FUNCTION trouble()`);
  return {
    tries: async () =>
      Number((await world.rows<{ met: string }>(`SELECT last_value AS met FROM met`))[0]?.met),
    end: async () => {
      await world.rows(`DROP TRIGGER trouble ON ${table}`);
      await world.rows(`DROP FUNCTION trouble()`);
      await world.rows(`DROP SEQUENCE met`);
    },
  };
}

/** Locks the campaign's account. */
async function holdAccount(campaignId: string): ReturnType<Trouble> {
  const holder = await world.pg.connect();
  await holder.query('BEGIN');
  await holder.query(`SELECT FROM ledger_accounts WHERE campaign_id = $1 FOR UPDATE`, [campaignId]);
  const failedBefore = await queue.getFailedCount();
  return {
    tries: async () => (await queue.getFailedCount()) - failedBefore,
    end: async () => {
      await holder.query('ROLLBACK');
      holder.release();
    },
  };
}

describe('P7 doubt is not failure: a payout without a definite outcome keeps its slot and its key', () => {
  it('when the ledger can’t be written', async () => {
    await expectHeldAndPaidLater('ledger-down', 100, () => refuseInserts('ledger_entries'));
  });

  it('when the money has moved and its outcome can’t be recorded', async () => {
    await expectHeldAndPaidLater('no-record', 200, () => refuseInserts('payouts'));
  });

  it('when the campaign’s account can’t be locked in time', async () => {
    await expectHeldAndPaidLater('time-out', 300, () => holdAccount('time-out'));
  });

  it('when the worker’s connection dies in the middle of each attempt', async () => {
    await expectHeldAndPaidLater('cut-off', 400, async () => {
      const { tries, end } = await holdAccount('cut-off');
      const cutting = setInterval(() => {
        world
          .rows(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE datname = current_database() AND application_name = 'seonchak-worker' AND wait_event_type = 'Lock'`,
          )
          .catch(() => undefined);
      }, 50);
      return {
        tries,
        end: async () => {
          clearInterval(cutting);
          await end();
        },
      };
    });
  });

  it('and only a definite rejection frees a slot', async () => {
    await client.createCampaign({ id: 'definite', capacity: 1, waitingCapacity: 1 });
    await client.closeWallet(500);
    for (const userId of [500, 501]) await client.claim('definite', userId);
    await eventually(async () => expect((await client.status('definite', 501)).body.status).toBe('SUCCESS'));
    expect(
      await world.rows(
        `SELECT user_id, state, last_error FROM payouts WHERE campaign_id = 'definite' ORDER BY 1`,
      ),
    ).toEqual([
      { user_id: '500', state: 'REJECTED', last_error: 'wallet-closed' },
      { user_id: '501', state: 'SETTLED', last_error: null },
    ]);
  });
});
