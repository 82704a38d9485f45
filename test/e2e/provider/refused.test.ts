import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../../../tools/stack/servers/free-port.js';
import { BankProcess } from '../../../verification/bank/bank-process.js';
import { dataFolderOf } from '../../support/data-folder.js';
import { eventually } from '../../support/eventually.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { rush, users } from '../../support/rush.js';

const MEMORY_MS = 1_000;
const PEOPLE = 20;

let at: ProviderWorld;

beforeAll(async () => {
  at = await ProviderWorld.start(
    'provider-refused',
    {
      PAYOUT_KEY_MEMORY_MS: String(MEMORY_MS),
      PAYOUT_KEY_MARGIN_MS: '300',
      PAYOUT_HOLD_AFTER_MS: '1000',
      PAYOUT_HTTP_BREAKER_AFTER: '5',
      PAYOUT_HTTP_BREAKER_MS: '100',
    },
    { keyMemoryMs: MEMORY_MS },
  );
});

afterAll(() => at.close());

async function claimed(campaignId: string, first: number): Promise<number[]> {
  const [winners, line] = [users(first, PEOPLE), users(first + PEOPLE, 3)];
  await at.client.createCampaign({ id: campaignId, capacity: PEOPLE, waitingCapacity: 3 });
  for (const group of [winners, line]) await rush([at.client], campaignId, group);
  return winners;
}

const standing = (campaignId: string): Promise<unknown[]> =>
  at.world.rows(
    `SELECT state, attempts, first_sent_at IS NULL AS "neverSent", count(*)::int FROM payouts WHERE campaign_id = $1
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [campaignId],
  );

/** Waits for longer than keys are remembered and than doubt may last; no payout is in doubt afterwards. */
async function outlast(campaignId: string): Promise<void> {
  await sleep(2 * MEMORY_MS);
  const found = (await standing(campaignId)) as { state: string; attempts: number; neverSent: boolean }[];
  expect(found.length).toBeGreaterThan(0);
  for (const { state, attempts, neverSent } of found)
    expect([state, attempts, neverSent]).toEqual(
      state === 'SENDING' ? ['SENDING', 1, false] : ['DUE', 0, true],
    );
}

async function allPaidOnce(campaignId: string, winners: readonly number[]): Promise<void> {
  const once = Object.fromEntries(winners.map((userId) => [userId, 1]));
  await eventually(async () => expect(await at.moved(campaignId)).toEqual(once), 30_000);
  await eventually(async () =>
    expect(await standing(campaignId)).toEqual([
      { state: 'SETTLED', attempts: 1, neverSent: false, count: winners.length },
    ]),
  );
  const events = await at.world.rows<{ count: number }>(
    `SELECT count(*)::int FROM payout_events WHERE idempotency_key LIKE 'grant:' || $1 || ':%' GROUP BY idempotency_key`,
    [campaignId],
  );
  // Taken, put back for the first time, settled: no more, however long the outage lasted.
  for (const { count } of events) expect(count).toBeLessThanOrEqual(3);
}

describe('R23: a request that certainly never reached the provider causes no doubt, even in a long outage', () => {
  it('an unreachable provider: once it is back, all winners are paid without help, and nobody else is', async () => {
    const bank = await BankProcess.start({
      logFile: join(dataFolderOf('provider-refused'), 'bank-away.jsonl'),
      port: await findFreePort(),
      keyMemoryMs: MEMORY_MS,
    });
    await bank.stop();
    const worker = await at.world.start('worker', bank.serviceVariables);
    const winners = await claimed('away', 100);
    await outlast('away');
    await bank.restart();
    const once = Object.fromEntries(winners.map((userId) => [String(userId), 1]));
    await eventually(async () => {
      const settled = (await bank.readLog()).filter(({ event }) => event === 'settled');
      expect(Object.fromEntries(settled.map(({ userId }) => [userId, 1]))).toEqual(once);
      expect(settled).toHaveLength(winners.length);
    }, 30_000);
    await worker.close();
  });

  it.each([
    [401, 'refused-401', 200],
    [403, 'refused-403', 300],
  ])('%s, for example for a wrong secret', async (status, campaignId, first) => {
    const refusing = await at.refuser(status);
    const worker = await at.world.start('worker', { PAYOUT_HTTP_URL: refusing.url });
    const winners = await claimed(campaignId, first);
    await outlast(campaignId);
    const payout = await at.payout(campaignId, first);
    expect(payout?.lastError).toBe(`status-${status}`);
    await worker.close();
    await refusing.close();
    const mended = await at.world.start('worker');
    await allPaidOnce(campaignId, winners);
    await mended.close();
  });

  it('does not clear an earlier doubt: the payout is held in the end, and nothing is sent again', async () => {
    await at.bank.control.planFault({ userId: '400' }, 'timeoutAfter');
    const worker = await at.world.start('worker');
    await at.client.createCampaign({ id: 'doubted', capacity: 1, waitingCapacity: 0 });
    await at.bank.control.setOdds({ getError: 1 });
    await at.client.claim('doubted', 400);
    await eventually(async () => expect((await at.payout('doubted', 400))?.state).toBe('IN_DOUBT'));
    await worker.close();
    const refusing = await at.refuser(401);
    const other = await at.world.start('worker', { PAYOUT_HTTP_URL: refusing.url });
    await eventually(async () => expect((await at.payout('doubted', 400))?.state).toBe('HELD'));
    const [row] = await at.world.rows<{ attempts: number; sent: boolean }>(
      `SELECT attempts, first_sent_at IS NOT NULL AS sent FROM payouts WHERE campaign_id = 'doubted'`,
    );
    expect(row?.sent).toBe(true);
    expect(row?.attempts).toBeGreaterThan(0);
    expect(await at.moved('doubted')).toEqual({ 400: 1 });
    await other.close();
    await refusing.close();
  });
});
