import { setTimeout as sleep } from 'node:timers/promises';
import { runAudit } from '../../../src/audit/run-audit.js';
import { reconcile } from '../../../src/payouts/reconciliation/reconcile.js';
import { booksOf } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { rush, users } from '../../support/rush.js';
import { ServiceProcess } from '../../support/service-process.js';
import type { RunningApp } from '../../support/world.js';

let at: ProviderWorld;
let worker: RunningApp;

beforeAll(async () => {
  at = await ProviderWorld.start('provider-one-key', { PAYOUT_RETRY_MAX_MS: '200' });
  await at.subscribe();
  worker = await at.world.start('worker');
});

afterAll(async () => {
  await ServiceProcess.killAll();
  await at.close();
});

const urls = (): { databaseUrl: string; redisUrl: string } => ({
  databaseUrl: at.world.variables.DATABASE_URL ?? '',
  redisUrl: at.world.variables.REDIS_URL ?? '',
});

async function expectAgreement(campaignId: string): Promise<void> {
  const provider = { url: at.bank.url, secret: at.bank.secret };
  const named: unknown[] = [];
  await eventually(async () => {
    named.length = 0;
    await reconcile({ ...urls(), provider, apply: false }, campaignId, (difference) =>
      named.push(difference),
    );
    expect(named).toEqual([]);
  });
  const { checks } = await runAudit(urls(), campaignId);
  expect(checks.filter(({ violations }) => violations.length > 0)).toEqual([]);
}

describe('P2: one key a grant, and one body a key', () => {
  it('with every kind of fault and two workers, one of which is killed', async () => {
    const { control } = at.bank;
    await control.setOdds({
      reject: 0.1,
      timeoutAfter: 0.05,
      errorAfter: 0.1,
      errorBefore: 0.1,
      malformedAfter: 0.05,
      wrongEchoAfter: 0.1,
      resetAfter: 0.1,
      resetBefore: 0.1,
      delayedBefore: 0.05,
      pendingFirst: 0.1,
      reversal: 0.1,
      getError: 0.1,
      duplicateWebhook: 0.2,
      shuffledWebhooks: 0.2,
      lostWebhook: 0,
    });
    const doomed = await ServiceProcess.start({ ...at.world.variables, APP_ROLE: 'worker' });
    const people = users(1, 60);
    await at.client.createCampaign({
      id: 'chaos',
      capacity: 40,
      waitingCapacity: 20,
      reversalPolicy: 'regrant',
    });
    await rush([at.client], 'chaos', people);
    await eventually(async () => expect((await at.log('chaos')).length).toBeGreaterThan(10));
    await doomed.end('SIGKILL');
    await control.setOdds({});
    await eventually(async () => {
      expect((await control.state()).webhooks.waiting).toBe(0);
      const books = await booksOf(at.world, 'chaos');
      expect(books.pending).toBe(0);
      expect((await at.inside.counts('chaos')).processing).toBe(0);
    }, 45_000);
    await expectAgreement('chaos');

    const lines = (await at.bank.readLog()).filter((line) => line.campaignId === 'chaos');
    expect(lines.filter(({ event }) => event === 'key-conflict')).toEqual([]);
    const requests = new Map<string, Set<string>>();
    for (const line of lines) {
      expect(line.idempotencyKey).toBe(`grant:chaos:${line.userId}`);
      if ('bodySha256' in line)
        requests.set(line.userId, (requests.get(line.userId) ?? new Set()).add(line.bodySha256));
    }
    expect([...requests.values()].every((bodies) => bodies.size === 1)).toBe(true);
    expect(Object.values(await at.moved('chaos')).every((times) => times === 1)).toBe(true);
  }, 120_000);

  it('a request that is sent again has the same bytes as the first, which arrives late', async () => {
    // Cut off at once and executed half a second later. Meanwhile a look-up finds nothing, and it is sent again.
    for (const userId of users(3_000, 3))
      await at.bank.control.planFault({ userId: String(userId) }, 'delayedBefore');
    await at.client.createCampaign({ id: 'bytes', capacity: 3 });
    await rush([at.client], 'bytes', users(3_000, 3));
    await eventually(async () => expect(await at.moved('bytes')).toEqual({ 3000: 1, 3001: 1, 3002: 1 }));
    await sleep(1_500); // until the late requests have arrived as well
    expect((await at.log('bytes')).filter(({ event }) => event === 'key-conflict')).toEqual([]);
  });

  it('Postgres, too, refuses to change key, body or outcome (R13)', async () => {
    await at.client.createCampaign({ id: 'fixed', capacity: 1 });
    await at.client.claim('fixed', 1_000);
    await eventually(async () => expect((await at.payout('fixed', 1_000))?.state).toBe('SETTLED'));
    const change = (set: string): Promise<unknown> =>
      at.world.rows(`UPDATE payouts SET ${set} WHERE campaign_id = 'fixed'`);
    await expect(change(`request_body = '{}'`)).rejects.toThrow('a grant has one key, and a key one request');
    await expect(change(`idempotency_key = 'grant:fixed:again'`)).rejects.toThrow('a grant has one key');
    await expect(change(`state = 'IN_DOUBT'`)).rejects.toThrow('the first outcome of a key is final');
    await expect(change(`state = 'REJECTED'`)).rejects.toThrow('the first outcome of a key is final');
  });

  it('nobody is paid twice, and all by one provider, when PAYOUT_PROVIDER changes in mid-campaign', async () => {
    await worker.close();
    const people = users(2_000, 10);
    await at.client.createCampaign({ id: 'switched', capacity: 10 });
    for (const userId of people.slice(0, 5)) {
      await at.bank.control.planFault({ userId: String(userId) }, 'timeoutAfter');
      await at.bank.control.planFault({ userId: String(userId) }, 'lostWebhook');
    }
    // The provider's worker takes the first five and dies before it knows their outcome.
    const dies = await ServiceProcess.start({
      ...at.world.variables,
      APP_ROLE: 'worker',
      FAILPOINTS: 'provider.answered:kill',
    });
    await rush([at.client], 'switched', people.slice(0, 5));
    expect(await dies.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(Object.keys(await at.moved('switched')).length).toBeGreaterThan(0);
    const [{ begun } = { begun: 0 }] = await at.world.rows<{ begun: number }>(
      `SELECT count(*)::int AS begun FROM payouts WHERE campaign_id = 'switched'`,
    );
    expect(begun).toBeGreaterThan(0);

    // A worker whose default is the ledger goes on with the provider, which looks up what it may have paid.
    const byLedger = await at.world.start('worker', { PAYOUT_PROVIDER: 'ledger' });
    await rush([at.client], 'switched', people.slice(5));
    await eventually(async () =>
      expect(await booksOf(at.world, 'switched')).toMatchObject({ success: 10, pool: 0, paidOut: 100 }),
    );
    await byLedger.close();
    await at.world.start('worker');
    expect(await at.moved('switched')).toEqual(Object.fromEntries(people.map((userId) => [userId, 1])));
    const wallets = `SELECT FROM ledger_accounts WHERE kind = 'WALLET' AND user_id BETWEEN 2000 AND 2009`;
    expect(await at.world.rows(wallets)).toEqual([]);
    await expectAgreement('switched');
  });
});
