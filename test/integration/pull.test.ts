import { getQueueToken } from '@nestjs/bullmq';
import { type Queue, Worker } from 'bullmq';
import { Doorbell, PAYOUT_QUEUE } from '../../src/doorbell/doorbell.js';
import { TcpProxy } from '../../verification/chaos/proxy/tcp-proxy.js';
import { booksOf } from '../support/books.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { pendingCampaign } from '../support/pending-campaign.js';
import { reapAll } from '../support/reap-all.js';
import { users } from '../support/rush.js';
import { rungFor } from '../support/rung-for.js';
import { type RunningApp, World } from '../support/world.js';

// R21: a ring names a campaign and waits once; the worker takes what is due from Postgres, a batch at a time.

/** So long that the reaper plays no part in these tests. */
const NO_REAPER = { SLOT_LEASE_MS: '3600000', REAPER_INTERVAL_MS: '3600000' };

let world: World;
let client: Client;
let api: RunningApp;

async function begin(variables: Readonly<Record<string, string>> = {}): Promise<void> {
  world = await World.create(variables);
  api = await world.start('api');
  client = new Client(api);
}

afterEach(() => world.close());

const queue = (): Queue => api.app.get<Queue>(getQueueToken(PAYOUT_QUEUE));

describe('R21: a ring', () => {
  beforeEach(() => begin(NO_REAPER));

  it('waits at most once, whoever rings, at once or later', async () => {
    const doorbell = api.app.get(Doorbell);
    for (let i = 0; i < 20; i++) {
      await doorbell.ringLater('a', 60_000);
      expect(await rungFor(world.redis)).toEqual(['a']);
    }
    await Promise.all(users(1, 20).map(() => doorbell.ring('a')));
    expect(await rungFor(world.redis)).toEqual(['a']);
    await Promise.all(users(1, 20).map(() => doorbell.ringLater('a', 60_000)));
    expect(await rungFor(world.redis)).toEqual(['a']);
    expect(await queue().getJobCounts('waiting', 'delayed')).toEqual({ waiting: 1, delayed: 0 }); // the earliest one
    await doorbell.ring('b');
    expect(await rungFor(world.redis)).toEqual(['a', 'b']);
  });

  it('is not lost while a job of the campaign runs: a later claim is paid as well', async () => {
    await client.createCampaign({ id: 'busy', capacity: 2, waitingCapacity: 0 });
    const holder = await world.pg.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT FROM ledger_accounts WHERE campaign_id = 'busy' FOR UPDATE`);
    await world.start('worker', { WORKER_CONCURRENCY: '1' });
    await client.claim('busy', 1);
    await eventually(async () => expect(await queue().getActiveCount()).toBe(1));
    await eventually(async () => {
      const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      expect(await world.rows(waits)).toHaveLength(1);
    });
    await client.claim('busy', 2);
    const rings = async (): Promise<number> => queue().getJobCountByTypes('active', 'waiting', 'delayed');
    await eventually(async () => expect(await rings()).toBe(2)); // the second waits for its turn
    await api.app.get(Doorbell).ring('busy');
    expect(await rings()).toBe(2);
    await holder.query('COMMIT');
    holder.release();
    await eventually(async () => expect(await booksOf(world, 'busy')).toMatchObject({ success: 2 }));
  });

  it('is enough for a backlog of several batches', async () => {
    await pendingCampaign(world, client, { id: 'batches', capacity: 2_500 });
    await world.start('worker');
    await api.app.get(Doorbell).ring('batches');
    await eventually(async () =>
      expect(await booksOf(world, 'batches')).toMatchObject({ success: 2_500, pool: 0 }),
    );
    await eventually(async () =>
      expect(await queue().getJobCounts('waiting', 'active', 'delayed')).toEqual({
        waiting: 0,
        active: 0,
        delayed: 0,
      }),
    );
  });
});

describe('R21: the queue', () => {
  it('holds at most one ring per campaign while nobody can be paid, however often the reaper looks', async () => {
    await begin({
      PAYOUT_PROVIDER: 'http',
      PAYOUT_HTTP_URL: 'http://127.0.0.1:1', // nothing listens there
      PAYOUT_HTTP_SECRET: 'a-secret-for-trying-it',
      PAYOUT_HTTP_BREAKER_MS: '100',
    });
    for (const id of ['first', 'second']) await pendingCampaign(world, client, { id, capacity: 800 });
    const workers = [await world.start('worker'), await world.start('worker')];
    for (let round = 0; round < 12; round++) {
      for (const worker of workers) await reapAll(world, worker);
      const {
        waiting = 0,
        delayed = 0,
        failed = 0,
      } = await queue().getJobCounts('waiting', 'delayed', 'failed');
      expect(waiting + delayed).toBeLessThanOrEqual(2);
      expect((await queue().getFailed()).map(({ failedReason }) => failedReason)).toEqual([]);
      expect(failed).toBe(0);
    }
    expect(await booksOf(world, 'first')).toMatchObject({ pending: 800, failed: 0 });
  });

  it('is not needed: when no ring can be queued, the reaper pays', async () => {
    await begin();
    await world.redis.lpush('{grant-jobs}:payouts:id', 'no number for another job');
    await client.createCampaign({ id: 'unrung', capacity: 3, waitingCapacity: 0 });
    for (const userId of users(1, 3)) expect((await client.claim('unrung', userId)).status).toBe(202);
    await world.start('worker');
    await eventually(async () =>
      expect(await booksOf(world, 'unrung')).toMatchObject({ success: 3, pool: 0 }),
    );
  });
});

describe('R21: while the queue’s Redis is silent', () => {
  let proxy: TcpProxy;

  beforeEach(async () => {
    proxy = await TcpProxy.start(Number(new URL(process.env.TEST_REDIS_URL ?? '').port));
    await begin(NO_REAPER);
  });

  afterEach(() => proxy.close());

  it('one ring a campaign waits for it, however often somebody rings; later ones come through again', async () => {
    const front = await world.start('api', {
      QUEUE_REDIS_URL: proxy.urlOf(world.variables.REDIS_URL ?? ''),
      REDIS_TIMEOUT_MS: '100',
    });
    const doorbell = front.app.get(Doorbell);
    expect(await doorbell.ring('a')).toBe(true);
    await proxy.set({ kind: 'black-hole' });
    const added = jest.spyOn(front.app.get<Queue>(getQueueToken(PAYOUT_QUEUE)), 'add');
    for (let i = 0; i < 5; i++)
      for (const campaignId of ['a', 'b']) expect(await doorbell.ringSurely(campaignId)).toBe(false);
    expect(added).toHaveBeenCalledTimes(2);
    await proxy.set(null);
    await eventually(async () => expect(await doorbell.ring('a')).toBe(true));
    await front.close();
  });
});

describe('R21: a ring whose place in the queue was lost', () => {
  it('is forgotten, so that it does not suppress later rings', async () => {
    await begin();
    await client.createCampaign({ id: 'lost-place', capacity: 2, waitingCapacity: 0 });
    await client.claim('lost-place', 1);
    await eventually(async () => expect(await rungFor(world.redis)).toEqual(['lost-place']));
    await world.redis.unlink('{grant-jobs}:payouts:wait');
    await world.start('worker');
    await client.claim('lost-place', 2);
    await eventually(async () =>
      expect(await booksOf(world, 'lost-place')).toMatchObject({ success: 2, pool: 0 }),
    );
  });
});

describe('R21, R27: a ring whose worker died before it removed the key', () => {
  const HOUR = 3_600_000;

  it.each([
    ['outlives it by an hour, since Redis’s clock was set back', { lockMs: HOUR }],
    ['is gone, and BullMQ looks for such jobs in an hour only', { lockMs: 0 }],
  ])('does not suppress later rings while its lock %s', async (_, { lockMs }) => {
    await begin();
    await client.createCampaign({ id: 'died', capacity: 2, waitingCapacity: 0 });
    await client.claim('died', 1);
    await eventually(async () => expect(await rungFor(world.redis)).toEqual(['died']));
    const dead = new Worker(PAYOUT_QUEUE, null, {
      ...{ connection: world.redis, prefix: '{grant-jobs}', autorun: false, lockDuration: HOUR },
    });
    const job = await dead.getNextJob('dead');
    await dead.close(true);
    await world.redis.pexpire(`{grant-jobs}:payouts:${job?.id}:lock`, lockMs);
    await world.redis.set('{grant-jobs}:payouts:stalled-check', 1, 'PX', HOUR);
    await world.start('worker');
    await eventually(async () => expect(await booksOf(world, 'died')).toMatchObject({ success: 1 }));
  });
});

describe('an order that always fails delays no other order', () => {
  /** Breaks the first two orders: user 1 can't be credited, the payout of user 2 can't even be recorded. */
  async function poison(): Promise<void> {
    await world.rows(
      `INSERT INTO ledger_accounts (kind, user_id, currency, balance) VALUES ('WALLET', 1, 'KRW', 9223372036854775800)`,
    );
    await world.rows(`
      CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison'; END $$`);
    await world.rows(`
      CREATE TRIGGER poison BEFORE INSERT ON payouts FOR EACH ROW WHEN (NEW.user_id = 2) EXECUTE FUNCTION poison()`);
  }

  it('not at the head of a batch either; it is tried again after growing pauses, and paid in the end', async () => {
    await begin({ PAYOUT_RETRY_MS: '50', PAYOUT_RETRY_MAX_MS: '200' });
    await poison();
    await pendingCampaign(world, client, { id: 'poison', capacity: 1_200 });
    await world.start('worker');
    await eventually(async () =>
      expect(await booksOf(world, 'poison')).toMatchObject({ success: 1_198, pending: 2 }),
    );
    await eventually(async () => {
      expect(
        await world.rows(
          `SELECT user_id, state, attempts, last_error, fence > 2 AS again FROM payouts
            WHERE campaign_id = 'poison' AND state <> 'SETTLED'`,
        ),
      ).toEqual([{ user_id: '1', state: 'DUE', attempts: 0, last_error: 'sqlstate-22003', again: true }]);
    });
    await world.rows(`UPDATE ledger_accounts SET balance = 0 WHERE user_id = 1`);
    await world.rows(`DROP TRIGGER poison ON payouts`);
    await eventually(async () =>
      expect(await booksOf(world, 'poison')).toMatchObject({ success: 1_200, pool: 0 }),
    );
    expect(await booksOf(world, 'poison')).toMatchObject({ settledPayouts: 1_200, paidOut: 12_000 });
  });

  it('is not set back when Postgres, not the order, is the cause', async () => {
    await begin({ DATABASE_TIMEOUT_MS: '300' });
    await client.createCampaign({ id: 'passing', capacity: 1, waitingCapacity: 0 });
    const holder = await world.pg.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT FROM ledger_accounts WHERE campaign_id = 'passing' FOR UPDATE`);
    await world.start('worker');
    await client.claim('passing', 1);
    await eventually(async () => expect(await queue().getFailedCount()).toBeGreaterThan(1));
    expect(await world.rows(`SELECT FROM payouts`)).toEqual([]);
    await holder.query('COMMIT');
    holder.release();
    await eventually(async () => expect(await booksOf(world, 'passing')).toMatchObject({ success: 1 }));
  });

  it('is paid with few others where many take longer than a statement may', async () => {
    await begin({ DATABASE_TIMEOUT_MS: '2000' });
    await pendingCampaign(world, client, { id: 'slow', capacity: 300 });
    await world.rows(`
      CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.008); RETURN NEW; END $$;
      CREATE TRIGGER be_slow BEFORE INSERT ON payouts FOR EACH ROW EXECUTE FUNCTION be_slow()`);
    await world.start('worker');
    await api.app.get(Doorbell).ring('slow');
    await eventually(async () =>
      expect(await booksOf(world, 'slow')).toMatchObject({ success: 300, pool: 0 }),
    );
  });

  it('not while another transaction holds the wallet that it pays to, however long', async () => {
    await begin({ DATABASE_TIMEOUT_MS: '1000', PAYOUT_RETRY_MS: '50', PAYOUT_RETRY_MAX_MS: '200' });
    await client.createCampaign({
      id: 'earlier',
      capacity: 5,
      waitingCapacity: 0,
      reversalPolicy: 'regrant',
    });
    await world.start('worker');
    for (const userId of users(1, 5)) await client.claim('earlier', userId);
    await eventually(async () => expect(await booksOf(world, 'earlier')).toMatchObject({ success: 5 }));

    const holder = await world.pg.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT FROM ledger_accounts WHERE user_id IN (2, 4) FOR UPDATE`);
    await pendingCampaign(world, client, { id: 'held', capacity: 300 });
    await api.app.get(Doorbell).ring('held');
    await eventually(async () =>
      expect(await booksOf(world, 'held')).toMatchObject({ success: 298, pending: 2, failed: 0 }),
    );
    await eventually(async () =>
      expect(
        await world.rows(
          `SELECT user_id, attempts, last_error, fence > 2 AS again FROM payouts
            WHERE campaign_id = 'held' AND state = 'DUE' ORDER BY user_id`,
        ),
      ).toEqual([
        { user_id: '2', attempts: 0, last_error: 'wallet-held', again: true },
        { user_id: '4', attempts: 0, last_error: 'wallet-held', again: true },
      ]),
    );
    await holder.query('COMMIT');
    holder.release();
    await eventually(async () =>
      expect(await booksOf(world, 'held')).toMatchObject({ success: 300, pool: 0, paidOut: 3_000 }),
    );
  });
});
