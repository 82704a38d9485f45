import { DataSource } from 'typeorm';
import { Wallets } from '../../src/ledger/wallets.js';
import { LedgerAdapter } from '../../src/payouts/by-ledger/ledger-adapter.js';
import type { PayoutOrder, PayoutOutcome } from '../../src/payouts/payout-port.js';
import { booksOf } from '../support/books.js';
import { Client } from '../support/client.js';
import { users } from '../support/rush.js';
import { World } from '../support/world.js';
import { keepsThePayoutContract } from './payout-port.contract.js';

let world: World;
let source: DataSource;
let wallets: Wallets;
let client: Client;
const port = new LedgerAdapter();
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

const pay = (some: readonly PayoutOrder[]): Promise<readonly PayoutOutcome[]> =>
  source.transaction((transaction) => port.pay(some, transaction));
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
        await port.pay(some, transaction);
        throw new Error('the process dies');
      }),
    ).rejects.toThrow('the process dies');
    expect(await received()).toEqual([0n, 0n, 0n]);
    await wallets.reopen(some[0]!.userId, 'KRW', { actor: 'test' });
    for (const { state } of await pay(some)) expect(state).toBe('SETTLED');
    expect(await received()).toEqual([10n, 10n, 10n]);
  });
});

describe('P1: the ledger pays no more than the budget', () => {
  it('throws when the campaign’s account can’t pay, and moves nothing', async () => {
    const some = await orders(4, 3);
    await expect(source.transaction((transaction) => port.pay(some, transaction))).rejects.toThrow(
      'ledger_accounts_not_overdrawn',
    );
    expect(await booksOf(world, some[0]!.campaignId)).toMatchObject({ pool: 30, paidOut: 0 });
    await source.transaction((transaction) => port.pay(some.slice(0, 3), transaction));
    expect(await booksOf(world, some[0]!.campaignId)).toMatchObject({ pool: 0, paidOut: 30 });
    await expect(source.transaction((transaction) => port.pay(some.slice(3), transaction))).rejects.toThrow(
      'ledger_accounts_not_overdrawn',
    );
  });
});
