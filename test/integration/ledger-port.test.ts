import { DataSource, type EntityManager } from 'typeorm';
import { TRANSFER_FROM_CAMPAIGNS } from '../../src/ledger/transfer.js';
import { Wallets } from '../../src/ledger/wallets.js';
import { rows } from '../../src/platform/postgres/rows.js';
import { booksOf } from '../support/books.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { users } from '../support/rush.js';
import { World } from '../support/world.js';
import { keepsThePayoutContract, type PayoutOrder, type PayoutOutcome } from './payout-port.contract.js';

let world: World;
let source: DataSource;
let wallets: Wallets;
let client: Client;
let campaigns = 0;
let nextUser = 1;

beforeAll(async () => {
  world = await World.create();
  const api = await world.start('api');
  client = new Client(api);
  source = api.app.get(DataSource);
  wallets = api.app.get(Wallets);
});

afterAll(() => world.close());

/** Orders of a new campaign, for users who have no money yet. */
async function orders(count: number, capacity = 100): Promise<PayoutOrder[]> {
  const campaignId = `payouts-${++campaigns}`;
  await client.createCampaign({ id: campaignId, capacity });
  const first = nextUser;
  nextUser += count;
  return users(first, count).map((userId) => ({
    idempotencyKey: `grant:${campaignId}:${userId}`,
    campaignId,
    userId: String(userId),
    amount: 10n,
  }));
}

/** The part of the payouts' statement that moves the money, alone. */
async function transfer(some: readonly PayoutOrder[], on: EntityManager): Promise<readonly PayoutOutcome[]> {
  const outcomes = await rows<{
    readonly idempotencyKey: string;
    readonly state: PayoutOutcome['state'];
    readonly providerReference: string;
    readonly reason: string | null;
  }>(
    on,
    `WITH wanted AS (
       SELECT * FROM unnest($2::text[], $3::bigint[], $4::text[]) AS orders (campaign_id, user_id, idempotency_key)
     ), ${TRANSFER_FROM_CAMPAIGNS}
     SELECT idempotency_key AS "idempotencyKey", outcome AS state, transaction_id AS "providerReference", reason
       FROM transferred JOIN wanted USING (campaign_id, user_id)`,
    [
      [...new Set(some.map(({ campaignId }) => campaignId))],
      some.map(({ campaignId }) => campaignId),
      some.map(({ userId }) => userId),
      some.map(({ idempotencyKey }) => idempotencyKey),
    ],
  );
  return outcomes.map(({ state, reason, ...outcome }) =>
    state === 'SETTLED' ? { ...outcome, state } : { ...outcome, state, reason: reason ?? '' },
  );
}

const pay = (some: readonly PayoutOrder[]): Promise<readonly PayoutOutcome[]> =>
  source.transaction((transaction) => transfer(some, transaction));
const receivedBy = (userId: string): Promise<bigint> =>
  wallets.find(userId, 'KRW').then((wallet) => BigInt(wallet?.balance ?? 0));

describe('R13, P7: the ledger keeps the payout contract', () => {
  keepsThePayoutContract(() => ({
    pay,
    orders,
    reject: async (userId) => {
      await wallets.close(userId, 'KRW', { actor: 'test' });
    },
    accept: async (userId) => {
      await wallets.reopen(userId, 'KRW', { actor: 'test' });
    },
    received: receivedBy,
  }));

  it('records nothing, not even a rejection, when the transaction does not commit', async () => {
    const some = await orders(3);
    const received = (): Promise<bigint[]> => Promise.all(some.map(({ userId }) => receivedBy(userId)));
    await wallets.close(some[0]!.userId, 'KRW', { actor: 'test' });
    await expect(
      source.transaction(async (transaction) => {
        await transfer(some, transaction);
        throw new Error('the process dies');
      }),
    ).rejects.toThrow('the process dies');
    expect(await received()).toEqual([0n, 0n, 0n]);
    await wallets.reopen(some[0]!.userId, 'KRW', { actor: 'test' });
    for (const { state } of await pay(some)) expect(state).toBe('SETTLED');
    expect(await received()).toEqual([10n, 10n, 10n]);
  });
});

describe('P9: the ledger moves both sides of a transfer or none', () => {
  it('throws when the campaign has no account, and opens no wallet', async () => {
    const some = await orders(2);
    const ofNone = some.map((order) => ({ ...order, campaignId: 'without-account' }));
    await world.rows(
      `INSERT INTO campaigns (id, name, capacity, waiting_capacity, amount, currency, payout_provider)
       VALUES ('without-account', 'x', 2, 0, 10, 'KRW', 'ledger')`,
    );
    await expect(pay(ofNone)).rejects.toThrow('account_id');
    expect(await receivedBy(some[0]!.userId)).toBe(0n);
  });

  it('debits an account that other transfers changed while it waited for them', async () => {
    const some = await orders(4);
    const [first, ...others] = some;
    let waiting: Promise<unknown> | undefined;
    await source.transaction(async (transaction) => {
      await transfer([first!], transaction);
      waiting = pay(others);
      await eventually(async () => {
        const held = await world.rows(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
              AND wait_event_type = 'Lock' AND query LIKE 'WITH wanted%'`,
        );
        expect(held).toHaveLength(1);
      });
    });
    await waiting;
    expect(await booksOf(world, first!.campaignId)).toMatchObject({ pool: 960, paidOut: 40 });
  });
});

describe('P1: the ledger pays no more than the budget', () => {
  it('throws when the campaign’s account can’t pay, and moves nothing', async () => {
    const some = await orders(4, 3);
    await expect(source.transaction((transaction) => transfer(some, transaction))).rejects.toThrow(
      'ledger_accounts_not_overdrawn',
    );
    expect(await booksOf(world, some[0]!.campaignId)).toMatchObject({ pool: 30, paidOut: 0 });
    await source.transaction((transaction) => transfer(some.slice(0, 3), transaction));
    expect(await booksOf(world, some[0]!.campaignId)).toMatchObject({ pool: 0, paidOut: 30 });
    await expect(source.transaction((transaction) => transfer(some.slice(3), transaction))).rejects.toThrow(
      'ledger_accounts_not_overdrawn',
    );
  });
});
