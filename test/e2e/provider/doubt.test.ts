import { join } from 'node:path';
import { BankProcess } from '../../../verification/bank/bank-process.js';
import type { RequestFault } from '../../../verification/bank/fault-kinds.js';
import { booksOf } from '../../support/books.js';
import { Client } from '../../support/client.js';
import { dataFolderOf } from '../../support/data-folder.js';
import { eventually } from '../../support/eventually.js';
import { Inside } from '../../support/inside.js';
import { persist, users } from '../../support/rush.js';
import { World } from '../../support/world.js';

let bank: BankProcess;
let world: World;
let client: Client;
let inside: Inside;

beforeAll(async () => {
  bank = await BankProcess.start({ logFile: join(dataFolderOf('provider-doubt'), 'bank.jsonl') });
  world = await World.create({
    ...bank.serviceVariables,
    PAYOUT_HTTP_TIMEOUT_MS: '300',
    PAYOUT_HTTP_RATE: '1000',
    PAYOUT_HTTP_BREAKER_AFTER: '1000',
    PAYOUT_RETRY_MS: '100',
    PAYOUT_RETRY_MAX_MS: '400',
    REAPER_INTERVAL_MS: '50',
  });
  const api = await world.start('api');
  await world.start('worker');
  client = new Client(api);
  inside = new Inside(api);
});

afterAll(async () => {
  await world.close();
  await BankProcess.killAll();
});

/** From the bank's own log: how often money moved for a user, and under how many keys the user was seen. */
async function witness(userId: number): Promise<{ moved: number; keys: number }> {
  const lines = (await bank.readLog()).filter((line) => line.userId === String(userId));
  return {
    moved: lines.filter(({ event }) => event === 'settled').length,
    keys: new Set(lines.map(({ idempotencyKey }) => idempotencyKey)).size,
  };
}

describe('P7 doubt is not failure: a payout whose answer is lost is paid once, under its key, and keeps its slot', () => {
  const faults: readonly RequestFault[] = [
    'timeoutAfter',
    'timeoutBefore',
    'errorAfter',
    'errorBefore',
    'malformedAfter',
    'wrongEchoAfter',
    'hugeAfter',
    'dripAfter',
    'resetAfter',
    'resetBefore',
    'delayedBefore',
    'tooMany',
  ];

  it.each(faults.map((fault, i) => [fault, 1_000 + 10 * i] as const))('%s', async (fault, userId) => {
    const campaignId = `doubt-${fault.toLowerCase()}`;
    // With `regrant` a slot may come free again, so the line is not ended once all are paid.
    await client.createCampaign({
      id: campaignId,
      capacity: 1,
      waitingCapacity: 1,
      reversalPolicy: 'regrant',
    });
    await bank.control.planFault({ userId: String(userId) }, fault);
    for (const user of users(userId, 2)) expect((await persist(client, campaignId, user)).status).toBe(202);
    await eventually(async () =>
      expect((await client.status(campaignId, userId)).body.status).toBe('SUCCESS'),
    );
    expect(await witness(userId)).toEqual({ moved: 1, keys: 1 });
    expect((await client.status(campaignId, userId + 1)).body.status).toBe('WAITING');
    expect(await booksOf(world, campaignId)).toMatchObject({ success: 1, failed: 0, pool: 0, paidOut: 10 });
    await eventually(async () =>
      expect(await inside.counts(campaignId)).toMatchObject({ available: 0, processing: 0, settled: 1 }),
    );
  });

  it('a definite rejection, in contrast, frees the slot for the next in line', async () => {
    await client.createCampaign({ id: 'definite', capacity: 1, waitingCapacity: 1 });
    await bank.control.planFault({ userId: '2000' }, 'reject');
    for (const user of users(2_000, 2)) expect((await persist(client, 'definite', user)).status).toBe(202);
    await eventually(async () =>
      expect((await client.status('definite', 2_001)).body.status).toBe('SUCCESS'),
    );
    expect((await client.status('definite', 2_000)).body.status).toBe('FAILED');
    expect(await witness(2_000)).toMatchObject({ moved: 0 });
  });
});
