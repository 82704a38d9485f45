import { Doorbell } from '../../src/doorbell/doorbell.js';
import { PayoutsTogether } from '../../src/payouts/by-ledger/payouts-together.js';
import { booksOf, closeWallets } from '../support/books.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { pendingCampaign } from '../support/pending-campaign.js';
import { type RunningApp, World } from '../support/world.js';

// Campaigns that wait for a turn share a transaction (docs/adr/0063). What keeps one from being paid keeps no other.

let world: World;
let client: Client;
let worker: RunningApp;

beforeEach(async () => {
  world = await World.create({
    ...{ REAPER_INTERVAL_MS: '3600000', WORKER_CONCURRENCY: '1' },
    ...{ PAYOUT_HTTP_URL: 'http://127.0.0.1:1', PAYOUT_HTTP_SECRET: 'a-secret-for-trying-it' }, // nothing listens there
  });
  client = new Client(await world.start('api'));
  worker = await world.start('worker');
});

afterEach(() => world.close());

/** Campaigns in which users 1 to 3 are to be paid 10 each. */
async function pending(...ids: readonly string[]): Promise<void> {
  for (const id of ids) await pendingCampaign(world, client, { id, capacity: 3 });
}

/** Asks in one turn of the event loop. @returns how many were paid or rejected in each, in the order of the ids */
async function payAll(by: RunningApp, ...ids: readonly string[]): Promise<number[]> {
  const payouts = by.app.get(PayoutsTogether);
  const paid = await Promise.all(
    ids.map((campaignId) =>
      payouts.payDue({
        campaignId,
        stopping: new AbortController().signal,
        begin: () => Promise.resolve(),
      }),
    ),
  );
  return paid.map(({ ended }) => ended.length);
}

/** By how many transactions the payouts of these campaigns were made. */
async function transactionsOf(...ids: readonly string[]): Promise<number> {
  const found = await world.rows(`SELECT DISTINCT xmin::text FROM payouts WHERE campaign_id = ANY ($1)`, [
    ids,
  ]);
  return found.length;
}

const allPaid = { success: 3, pending: 0, settledPayouts: 3, pool: 0, paidOut: 30 };

it('P2, P9: one transaction pays several campaigns, each from its own account, and one wallet for all of them', async () => {
  await pending('b', 'a', 'c');
  expect(await payAll(worker, 'b', 'a', 'c')).toEqual([3, 3, 3]);
  for (const id of ['a', 'b', 'c']) expect(await booksOf(world, id)).toMatchObject(allPaid);
  expect(await transactionsOf('a', 'b', 'c')).toBe(1);
  expect(
    await world.rows(`SELECT user_id, balance FROM ledger_accounts WHERE kind = 'WALLET' ORDER BY user_id`),
  ).toEqual(['1', '2', '3'].map((user_id) => ({ user_id, balance: '30' })));
  expect(await payAll(worker, 'b', 'a', 'c')).toEqual([0, 0, 0]);
});

it('two who ask for one campaign at once pay it once', async () => {
  await pending('twice', 'once');
  expect(await payAll(worker, 'twice', 'once', 'twice')).toEqual([3, 3, 0]);
  expect(await booksOf(world, 'twice')).toMatchObject(allPaid);
});

it('a closed wallet rejects in each of them', async () => {
  await pending('rejected-a', 'rejected-b');
  await closeWallets(world, [2]);
  expect(await payAll(worker, 'rejected-a', 'rejected-b')).toEqual([3, 3]);
  for (const id of ['rejected-a', 'rejected-b'])
    expect(await booksOf(world, id)).toMatchObject({ success: 2, failed: 1, pending: 0, pool: 10 });
});

it('R24, R30: neither a stopped campaign nor that of a provider is paid among the others', async () => {
  await pending('stopped', 'paid');
  await pendingCampaign(world, client, { id: 'of-the-bank', capacity: 3, payoutProvider: 'http' });
  await world.rows(`INSERT INTO payout_stops (campaign_id) VALUES ('stopped')`);
  expect(await payAll(worker, 'stopped', 'of-the-bank', 'paid')).toEqual([0, 0, 3]);
  expect(await booksOf(world, 'stopped')).toMatchObject({ pending: 3, pool: 30 });
  expect(await booksOf(world, 'of-the-bank')).toMatchObject({ pending: 3, pool: 30 });
});

it('P1: a campaign whose account cannot pay keeps no other from being paid', async () => {
  await pending('short', 'sound-a', 'sound-b');
  await world.rows(`UPDATE ledger_accounts SET balance = 20 WHERE campaign_id = 'short'`);
  expect(await payAll(worker, 'sound-a', 'short', 'sound-b')).toEqual([3, 2, 3]);
  for (const id of ['sound-a', 'sound-b']) expect(await booksOf(world, id)).toMatchObject(allPaid);
  expect(await booksOf(world, 'short')).toMatchObject({ success: 2, pending: 1, pool: 0 });
});

it('a campaign whose account is locked keeps no other from being paid', async () => {
  await pending('locked', 'free');
  const holder = await world.pg.connect();
  await holder.query('BEGIN');
  await holder.query(`SELECT FROM ledger_accounts WHERE campaign_id = 'locked' FOR UPDATE`);
  const paid = payAll(worker, 'free', 'locked');
  await eventually(async () => expect(await booksOf(world, 'free')).toMatchObject(allPaid));
  expect(await booksOf(world, 'locked')).toMatchObject({ pending: 3 });
  await holder.query('COMMIT');
  holder.release();
  expect(await paid).toEqual([3, 3]);
  expect(await booksOf(world, 'locked')).toMatchObject(allPaid);
});

it('a campaign with more to pay than its share is paid all the same', async () => {
  await pendingCampaign(world, client, { id: 'large', capacity: 700 });
  await pending('small');
  expect(await payAll(worker, 'large', 'small')).toEqual([700, 3]);
  expect(await booksOf(world, 'large')).toMatchObject({ success: 700, pending: 0, pool: 0 });
});

it('transactions of two workers over the same campaigns and users, in different orders, pay each once', async () => {
  const other = await world.start('worker');
  for (let round = 0; round < 3; round++) {
    const ids = ['x', 'y', 'z'].map((name) => `${name}-${round}`);
    await pending(...ids);
    await Promise.all([payAll(worker, ...ids), payAll(other, ...ids.toReversed())]);
    for (const id of ids) expect(await booksOf(world, id)).toMatchObject(allPaid);
  }
});

it('R21: rings of many campaigns are all answered', async () => {
  const ids = Array.from({ length: 70 }, (_, index) => `rung-${index}`);
  await pending(...ids);
  await Promise.all(ids.map((id) => worker.app.get(Doorbell).ring(id)));
  await eventually(async () =>
    expect(
      await world.rows(`SELECT count(*)::int AS paid FROM user_grants WHERE status = 'SUCCESS'`),
    ).toEqual([{ paid: 210 }]),
  );
});
