import { setTimeout as sleep } from 'node:timers/promises';
import { reconcile, type Reconciliation } from '../../../src/payouts/reconciliation/reconcile.js';
import { Client } from '../../support/client.js';
import { eventually } from '../../support/eventually.js';
import { ofAnEarlierRelease } from '../../support/of-an-earlier-release.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { rush, users } from '../../support/rush.js';
import { World } from '../../support/world.js';

/**
 * The bank forgets a key at once: whatever is sent again under it moves money again, however soon. With a memory of a
 * second, a machine quick enough to send again within it hid that nothing had been looked up.
 */
const MEMORY_MS = 1;

let at: ProviderWorld;
let restored: World;
let client: Client;

const PAID_AND_LOST = ['paid', 'compared', 'switched'];

/** Users 1 to 4 claim, the backup is made, 5 and 6 claim, all six are paid; then the backup is restored. */
beforeAll(async () => {
  at = await ProviderWorld.start(
    'provider-set-back',
    { PAYOUT_KEY_MEMORY_MS: '3600000', PAYOUT_KEY_MARGIN_MS: '0', PAYOUT_HOLD_AFTER_MS: '1000' },
    { keyMemoryMs: MEMORY_MS },
  );
  for (const id of [...PAID_AND_LOST, 'unpaid']) {
    await at.client.createCampaign({ id, capacity: 6, waitingCapacity: 0 });
    await rush([at.client], id, users(1, 4));
  }
  await at.api.close();
  const { DATABASE_URL: _, REDIS_URL: __, ...variables } = at.world.variables;
  restored = await World.create(variables, { copyOf: at.world });
  await ofAnEarlierRelease(restored, 'switched');

  const before = await at.world.start('api');
  await at.world.rows(`INSERT INTO payout_stops (campaign_id) VALUES ('unpaid')`);
  const worker = await at.world.start('worker');
  for (const id of PAID_AND_LOST) await rush([new Client(before)], id, users(5, 2));
  await eventually(async () => {
    for (const id of PAID_AND_LOST) expect(await at.moved(id)).toEqual(once(6));
  });
  await worker.close();
  await before.close();
  await restored.rows(`INSERT INTO payout_stops (campaign_id) VALUES ('switched')`);
  client = new Client(await restored.start('api'));
});

afterAll(async () => {
  await restored.close();
  await at.close();
});

const once = (count: number): Record<string, number> =>
  Object.fromEntries(users(1, count).map((userId) => [userId, 1]));

/** An instance finds that the database was set back (R16), whose clock was hours ahead before. */
async function setBack(lostFor: string): Promise<void> {
  const id = async () => (await restored.rows<{ id: string }>(`SELECT id FROM installation`))[0]?.id;
  const before = await id();
  await restored.rows(`UPDATE campaigns SET created_at = greatest(created_at, now() + interval '2 hours')`);
  await restored.rows(`UPDATE installation SET round = round - 1000, round_at = now() - $1::interval`, [
    lostFor,
  ]);
  await eventually(async () => expect(await id()).not.toBe(before));
}

async function states(campaignId: string): Promise<Record<string, number>> {
  const found = await restored.rows<{ state: string; count: number }>(
    `SELECT state, count(*)::int FROM payouts WHERE campaign_id = $1 GROUP BY state`,
    [campaignId],
  );
  return Object.fromEntries(found.map(({ state, count }) => [state, count]));
}

/** Users 5 and 6, whose grants were lost, claim again; all six are paid once. */
async function claimAgainAndPay(campaignId: string): Promise<void> {
  const worker = await restored.start('worker');
  await rush([client], campaignId, users(5, 2));
  await eventually(async () => expect(await states(campaignId)).toEqual({ SETTLED: 6 }));
  expect(await at.moved(campaignId)).toEqual(once(6));
  await worker.close();
}

const compare = (campaignId: string, apply: boolean): Promise<Reconciliation> =>
  reconcile(
    {
      databaseUrl: restored.variables.DATABASE_URL ?? '',
      provider: { url: at.bank.url, secret: at.bank.secret },
      apply,
    },
    campaignId,
    () => undefined,
  );

describe('R22: after a set-back, a payout that may have been made is looked up before anything is sent', () => {
  it('pays nobody twice, neither those in the backup nor those who claim again', async () => {
    await setBack('1 minute'); // the provider would still know what was sent, so what is not looked up is sent
    await restored.rows(`INSERT INTO payout_stops (campaign_id) VALUES ('compared'), ('unpaid')`);
    await claimAgainAndPay('paid');
  });

  it('takes over what only the provider knows, and notes every key', async () => {
    await setBack('2 hours');
    expect(await compare('compared', false)).toMatchObject({
      differences: { 'unknown-here': 6 },
      applied: 0,
    });
    expect(await states('compared')).toEqual({});
    expect(await compare('compared', true)).toMatchObject({ applied: 4, remaining: 2 });
    expect(await states('compared')).toEqual({ SETTLED: 4 });
    expect(await restored.rows(`SELECT idempotency_key AS key FROM payouts_known_there ORDER BY 1`)).toEqual(
      users(1, 6).map((userId) => ({ key: `grant:compared:${userId}` })),
    );
    const acts = await client.operate('get', 'admin-acts?campaignId=compared&limit=1');
    expect(acts.body.items).toMatchObject([{ act: 'payout-reconciled', actor: 'reconcile' }]);

    await restored.rows(`DELETE FROM payout_stops WHERE campaign_id = 'compared'`);
    await claimAgainAndPay('compared');
  });

  it('sends what is not found only while the provider would still know it, or after reconciliation', async () => {
    await restored.rows(`DELETE FROM payout_stops WHERE campaign_id = 'unpaid'`);
    await restored.rows(
      `INSERT INTO payouts_known_there (idempotency_key, campaign_id) VALUES ('grant:unpaid:4', 'unpaid')`,
    );
    await setBack('2 hours');
    const worker = await restored.start('worker');
    await eventually(async () => expect(await states('unpaid')).toEqual({ HELD: 4 }));
    expect(await at.log('unpaid')).toEqual([]);
    await client.createCampaign({ id: 'later', capacity: 1, waitingCapacity: 0 });
    await client.claim('later', 1);
    await eventually(async () => expect(await at.moved('later')).toEqual(once(1)));

    expect(await compare('unpaid', true)).toMatchObject({ applied: 0, remaining: 0 });
    await restored.rows(`UPDATE payouts SET state = 'IN_DOUBT', first_sent_at = now() WHERE state = 'HELD'`);
    await eventually(async () => expect(await at.moved('unpaid')).toEqual(once(3)));
    await eventually(async () => expect(await states('unpaid')).toEqual({ SETTLED: 3, HELD: 1 }));
    await worker.close();
  });

  it('the ledger begins nothing in a campaign that names no provider, until reconciliation tells who paid it', async () => {
    await setBack('2 hours');
    await restored.rows(`DELETE FROM payout_stops WHERE campaign_id = 'switched'`);
    const ledger = { PAYOUT_PROVIDER: 'ledger' };
    const worker = await restored.start('worker', ledger);
    await client.createCampaign({ id: 'after', capacity: 1, waitingCapacity: 0, payoutProvider: 'ledger' });
    await client.claim('after', 1);
    await eventually(async () => expect(await states('after')).toEqual({ SETTLED: 1 }));
    await sleep(1_000); // several looks of the reaper
    expect(await states('switched')).toEqual({});
    await worker.close(); // else it settles what the comparison counts as remaining

    expect(await compare('switched', true)).toMatchObject({ applied: 4, remaining: 2 });
    const later = await restored.start('worker', ledger);
    await rush([client], 'switched', users(5, 2));
    await eventually(async () => expect(await states('switched')).toEqual({ SETTLED: 6 }));
    expect(await at.moved('switched')).toEqual(once(6)); // looked up there, and not paid again
    expect(
      (await restored.rows(`SELECT payout_provider AS p FROM campaigns WHERE id = 'switched'`))[0],
    ).toEqual({
      p: 'http',
    });
    await later.close();
  });

  it('counts the earliest loss in a campaign that was there before two set-backs', async () => {
    const stopped = async (id: string): Promise<void> => {
      await client.createCampaign({ id, capacity: 1, waitingCapacity: 0 });
      await client.operate('patch', `campaigns/${id}/payouts`, { state: 'STOPPED', reason: 'a test' });
      await rush([client], id, users(1, 1));
    };
    await stopped('before-both');
    await setBack('2 hours');
    await stopped('between');
    await setBack('1 minute');
    for (const id of ['before-both', 'between'])
      await client.operate('patch', `campaigns/${id}/payouts`, { state: 'RUNNING', reason: 'a test' });
    const worker = await restored.start('worker');
    await eventually(async () => expect(await states('between')).toEqual({ SETTLED: 1 }));
    await eventually(async () => expect(await states('before-both')).toEqual({ HELD: 1 }));
    expect(await at.log('before-both')).toEqual([]);
    await worker.close();
  });

  it('takes nothing in the time before the set-back is noticed', async () => {
    const worker = await restored.start('worker');
    await client.createCampaign({ id: 'sudden', capacity: 3, waitingCapacity: 0 });
    await client.operate('patch', 'campaigns/sudden/payouts', { state: 'STOPPED', reason: 'a test' });
    await rush([client], 'sudden', users(1, 3));
    await restored.rows(`
      BEGIN;
      UPDATE installation SET round = round - 1000;
      CREATE TRIGGER unnoticed BEFORE UPDATE ON installation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('for a while');
      COMMIT`);
    await client.operate('patch', 'campaigns/sudden/payouts', { state: 'RUNNING', reason: 'a test' });
    await sleep(1_500);
    expect(await states('sudden')).toEqual({});
    await restored.rows(`DROP TRIGGER unnoticed ON installation`);
    await eventually(async () => expect(await states('sudden')).toEqual({ SETTLED: 3 }));
    expect(await at.moved('sudden')).toEqual(once(3));
    await worker.close();
  });
});
