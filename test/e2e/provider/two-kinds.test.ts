import { PayoutConclusions } from '../../../src/payouts/payout-conclusions.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { runAudit } from '../../../src/audit/run-audit.js';
import { booksOf } from '../../support/books.js';
import { Client } from '../../support/client.js';
import { eventually } from '../../support/eventually.js';
import { ofAnEarlierRelease } from '../../support/of-an-earlier-release.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { rush, users } from '../../support/rush.js';

/** Set but empty counts as not set. */
const UNCONFIGURED = { PAYOUT_PROVIDER: 'ledger', PAYOUT_HTTP_URL: '', PAYOUT_HTTP_SECRET: '' };

let at: ProviderWorld;

beforeEach(async () => {
  at = await ProviderWorld.start('provider-two-kinds');
});

afterEach(() => at.close());

async function expectPaidBy(
  campaignId: string,
  provider: 'ledger' | 'http',
  people: number[],
): Promise<void> {
  await eventually(async () =>
    expect(await booksOf(at.world, campaignId)).toMatchObject({ success: people.length, pending: 0 }),
  );
  const byBank = Object.fromEntries(people.map((userId) => [userId, 1]));
  expect(await at.moved(campaignId)).toEqual(provider === 'http' ? byBank : {});
  expect(
    (await at.world.rows(`SELECT payout_provider AS p FROM campaigns WHERE id = $1`, [campaignId]))[0],
  ).toEqual({
    p: provider,
  });
  const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '' } = at.world.variables;
  const { checks } = await runAudit({ databaseUrl, redisUrl }, campaignId);
  expect(checks.filter(({ violations }) => violations.length > 0)).toEqual([]);
}

const heldUp = async (campaignId: string): Promise<unknown> =>
  (await at.client.operate('get', `campaigns/${campaignId}/payouts?limit=1`)).body.heldUp;

const wallet = async (userId: number): Promise<Record<string, unknown>> =>
  (await at.client.operate('get', `wallets/KRW/${userId}`)).body as Record<string, unknown>;

describe('R30: one provider pays a campaign', () => {
  it('and one worker pays campaigns of both kinds', async () => {
    const people = users(1, 5);
    for (const [id, payoutProvider] of [
      ['by-ledger', 'ledger'],
      ['by-bank', 'http'],
    ] as const) {
      const made = await at.client.createCampaign({ id, capacity: 5, payoutProvider });
      expect(made.body.payoutProvider).toBe(payoutProvider);
      await rush([at.client], id, people);
    }
    await at.world.start('worker');
    await expectPaidBy('by-ledger', 'ledger', people);
    await expectPaidBy('by-bank', 'http', people);
    // P9: what the provider paid is not in the ledger's wallet, and operators see both.
    expect(await wallet(1)).toMatchObject({ balance: '10', paidByProvider: '10' });
    expect((await at.client.operate('get', 'wallets/KRW/99')).status).toBe(404);
  });

  it('and it is fixed: neither the API nor Postgres lets it change', async () => {
    await at.client.createCampaign({ id: 'fixed', capacity: 1 });
    const changed = await at.client.changeCampaign('fixed', { payoutProvider: 'ledger' });
    expect(changed.status).toBe(400);
    expect(changed.body.errors).toMatchObject([{ field: 'payoutProvider' }]);
    for (const other of [`'ledger'`, 'NULL'])
      await expect(
        at.world.rows(`UPDATE campaigns SET payout_provider = ${other} WHERE id = 'fixed'`),
      ).rejects.toThrow('one provider pays a campaign');
  });

  it('and operators are told of a worker without its settings before anybody has claimed', async () => {
    const byBank = { capacity: 3, payoutProvider: 'http' as const };
    await at.client.createCampaign({ id: 'unclaimed', ...byBank });
    await at.client.createCampaign({ id: 'scheduled', ...byBank, opensAt: '2199-01-01T00:00:00Z' });
    await at.client.createCampaign({ id: 'over', ...byBank });
    await at.client.changeCampaign('over', { state: 'CLOSED' });
    await at.client.createCampaign({ id: 'needs-none', capacity: 3, payoutProvider: 'ledger' });
    const worker = await at.world.start('worker', UNCONFIGURED);
    for (const id of ['unclaimed', 'scheduled'])
      await eventually(async () => expect(await heldUp(id)).toEqual(['PROVIDER_NOT_CONFIGURED']));
    for (const id of ['over', 'needs-none']) expect(await heldUp(id)).toEqual([]);
    const { body } = await at.client.operate('get', 'attention');
    expect(body.items).toContainEqual(expect.objectContaining({ code: 'provider-not-configured' }));
    await worker.close();
    for (const id of ['unclaimed', 'scheduled']) await at.client.operate('delete', `campaigns/${id}`);
  });

  it('and a worker without its settings leaves it to others, says so, and goes on with the rest', async () => {
    for (const [id, payoutProvider, capacity] of [
      ['left', 'http', 4],
      ['paid', 'ledger', 3],
    ] as const) {
      await at.client.createCampaign({ id, capacity, payoutProvider });
      await rush([at.client], id, users(1, 3));
    }
    const worker = await at.world.start('worker', UNCONFIGURED);
    await expectPaidBy('paid', 'ledger', users(1, 3));
    await eventually(async () => expect(await heldUp('left')).toEqual(['PROVIDER_NOT_CONFIGURED']));
    expect(await heldUp('paid')).toEqual([]);
    expect((await worker.http.get('/metrics')).text).toMatch(
      /seonchak_payouts_left_total\{campaign="left"\} [1-9]/,
    );
    expect(await at.world.rows(`SELECT FROM payouts WHERE campaign_id = 'left'`)).toEqual([]);
    await at.world.start('worker');
    await expectPaidBy('left', 'http', users(1, 3));
    expect(await heldUp('left')).toEqual(['PROVIDER_NOT_CONFIGURED']); // the next one may meet that worker
    await rush([at.client], 'left', users(4, 1));
    await expectPaidBy('left', 'http', users(1, 4));
    await at.client.changeCampaign('left', { state: 'CLOSED' });
    expect(await heldUp('left')).toEqual([]);
  });

  it('and an instance that cannot pay through a provider creates no campaign for it', async () => {
    const client = new Client(await at.world.start('api', UNCONFIGURED));
    const refused = await client.createCampaign({ id: 'never', capacity: 1, payoutProvider: 'http' });
    expect([refused.status, refused.body.code]).toEqual([409, 'provider-not-configured']);
    expect(await at.world.rows(`SELECT FROM campaigns WHERE id = 'never'`)).toEqual([]);
    const made = await client.createCampaign({ id: 'never', capacity: 1 });
    expect(made.body.payoutProvider).toBe('ledger');
  });

  it('and a campaign of an earlier release keeps whoever pays it first, whatever instances come later', async () => {
    for (const id of ['first-ledger', 'first-bank', 'begun']) {
      await at.client.createCampaign({ id, capacity: 4, waitingCapacity: 0 });
      await ofAnEarlierRelease(at.world, id);
    }
    await rush([at.client], 'first-bank', users(1, 2));
    const byBank = await at.world.start('worker');
    await eventually(async () => expect(Object.keys(await at.moved('first-bank'))).toHaveLength(2));
    await byBank.close();

    // The release before has sent a payout, and its worker died.
    await rush([at.client], 'begun', users(1, 4));
    await at.world.rows(
      `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, request_body, first_sent_at, due_at)
       VALUES ('begun', 1, 'grant:begun:1', 'IN_DOUBT', '{"campaignId":"begun","userId":"1","amount":10,"currency":"KRW"}', now(), now())`,
    );
    await rush([at.client], 'first-ledger', users(1, 2));
    const byLedger = await at.world.start('worker', { PAYOUT_PROVIDER: 'ledger' });
    await rush([at.client], 'first-bank', users(3, 2));
    await expectPaidBy('first-bank', 'http', users(1, 4));
    await expectPaidBy('begun', 'http', users(1, 4));
    await expectPaidBy('first-ledger', 'ledger', users(1, 2));
    await byLedger.close();

    await at.world.start('worker');
    await rush([at.client], 'first-ledger', users(3, 2));
    await expectPaidBy('first-ledger', 'ledger', users(1, 4));
  });
});

describe('P2, P7: a payout of the ledger that an instance of the release before may have sent to a provider', () => {
  it('is held for an operator once nobody works on it, and delays nobody', async () => {
    await at.client.createCampaign({
      id: 'mixed',
      capacity: 6,
      waitingCapacity: 1,
      payoutProvider: 'ledger',
    });
    await rush([at.client], 'mixed', users(1, 7));
    await at.world.rows(
      `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, request_body, attempts, first_sent_at, leased_until, due_at)
       SELECT 'mixed', user_id, 'grant:mixed:' || user_id, state, '{}', attempts, sent_at, leased_until, due_at
         FROM (SELECT user_id, row_number() OVER (ORDER BY arrival_no) AS nth FROM user_grants WHERE campaign_id = 'mixed') AS grants
         JOIN (VALUES (1, 'SENDING', 1, now(), now() - interval '1 s', NULL), (2, 'IN_DOUBT', 3, now(), NULL, now()),
                      (3, 'DUE', 1, NULL, NULL, now()), (4, 'DUE', 0, now(), NULL, now()),
                      (5, 'SENDING', 1, now(), now() + interval '1 hour', NULL))
              AS begun (nth, state, attempts, sent_at, leased_until, due_at) USING (nth)`,
    );
    await at.world.start('worker');
    const states = (): Promise<Record<string, unknown>[]> =>
      at.world.rows(
        `SELECT p.state, p.last_error AS why FROM payouts p JOIN user_grants USING (campaign_id, user_id)
          WHERE campaign_id = 'mixed' ORDER BY arrival_no`,
      );
    const held = { state: 'HELD', why: 'sent-to-provider' };
    await eventually(async () =>
      expect(await states()).toEqual([
        ...[held, held, held, held],
        { state: 'SENDING', why: null },
        { state: 'SETTLED', why: null },
      ]),
    );
    expect(await heldUp('mixed')).toContain('HELD');
    const { body } = await at.client.operate('get', 'campaigns/mixed/payouts?state=HELD');
    const [first, second] = (body.items as { userId: string }[]).map(({ userId }) => userId);
    await at.client.operate('patch', `campaigns/mixed/payouts/${first}`, {
      state: 'REJECTED',
      reason: 'the bank never saw it',
    });
    await at.client.operate('patch', `campaigns/mixed/payouts/${second}`, {
      state: 'SETTLED',
      reason: 'the bank has paid it',
    });
    await eventually(async () =>
      expect(await booksOf(at.world, 'mixed')).toMatchObject({ success: 3, failed: 1, pending: 3 }),
    );
    expect(await at.moved('mixed')).toEqual({});
  });
});

describe('a closed wallet', () => {
  it('is not paid by the provider either: the slot goes to the next in line, and the provider is not asked', async () => {
    await at.client.createCampaign({ id: 'closed', capacity: 2, waitingCapacity: 1 });
    expect((await at.client.closeWallet(1)).body).toMatchObject({ state: 'CLOSED', paidByProvider: '0' });
    for (const userId of users(1, 3)) await at.client.claim('closed', userId);
    await at.world.start('worker');
    await eventually(async () => expect(await at.moved('closed')).toEqual({ 2: 1, 3: 1 }));
    await eventually(async () =>
      expect(await at.payout('closed', 1)).toMatchObject({ state: 'REJECTED', lastError: 'wallet-closed' }),
    );
    const [rejection] = await at.world.rows(
      `SELECT id, outcome, reason FROM ledger_transactions WHERE idempotency_key = 'grant:closed:1'`,
    );
    expect(rejection).toMatchObject({ outcome: 'REJECTED', reason: 'wallet-closed' });
    expect((await at.client.status('closed', 1)).body).toMatchObject({
      ...{ status: 'FAILED', failureReason: 'wallet-closed', payoutReference: rejection?.id as string },
    });
    expect(await at.log('closed', 1)).toEqual([]);
    // Nothing was sent, so nothing says that it was.
    const { body } = await at.client.payout('closed', 1);
    expect((body.events as { event: string }[]).map(({ event }) => event)).toEqual(['REJECTED']);
    await eventually(async () =>
      expect(await booksOf(at.world, 'closed')).toMatchObject({ success: 2, failed: 1, pending: 0 }),
    );
  });

  it('rejects nothing any more once somebody else has taken the payout, since the wallet may be open again', async () => {
    await at.client.createCampaign({ id: 'reopened', capacity: 1, waitingCapacity: 0 });
    await at.client.operate('patch', 'campaigns/reopened/payouts', { state: 'STOPPED', reason: 'not yet' });
    await at.client.claim('reopened', 7);
    await at.world.rows(
      `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, request_body, fence, attempts, leased_until)
       VALUES ('reopened', 7, 'grant:reopened:7', 'SENDING', '{}', 2, 2, now() + interval '1 hour')`,
    );
    const worker = await at.world.start('worker');
    const conclusions = worker.app.get(PayoutConclusions);
    await conclusions.rejectForClosedWallet({ idempotencyKey: 'grant:reopened:7', fence: 1 });
    expect(await at.payout('reopened', 7)).toMatchObject({ state: 'SENDING', lastError: null });
    await conclusions.rejectForClosedWallet({ idempotencyKey: 'grant:reopened:7', fence: 2 });
    expect(await at.payout('reopened', 7)).toMatchObject({ state: 'REJECTED', lastError: 'wallet-closed' });
    expect((await at.client.status('reopened', 7)).body.status).toBe('FAILED');
    await worker.close();
  });

  it('leaves what may have been sent before in doubt: it is looked up, and not sent again', async () => {
    await at.bank.control.planFault({ userId: '1' }, 'timeoutBefore');
    await at.bank.control.planFault({ userId: '2' }, 'timeoutAfter');
    await at.bank.control.planFault({ userId: '2' }, 'getError', 2);
    await at.client.createCampaign({ id: 'late', capacity: 2, waitingCapacity: 0 });
    await at.client.operate('patch', 'campaigns/late/payouts', { state: 'STOPPED', reason: 'not yet' });
    for (const userId of [1, 2]) await at.client.claim('late', userId);
    const worker = await at.world.start('worker', {
      PAYOUT_RETRY_MS: '3600000',
      PAYOUT_RETRY_MAX_MS: '3600000',
    });
    await at.client.operate('patch', 'campaigns/late/payouts', { state: 'RUNNING', reason: 'now' });
    for (const userId of [1, 2])
      await eventually(async () => expect((await at.payout('late', userId))?.state).toBe('IN_DOUBT'));
    for (const userId of [1, 2]) await at.client.closeWallet(userId);
    await worker.close();
    await at.world.rows(`UPDATE payouts SET due_at = now() WHERE campaign_id = 'late'`);
    await at.world.start('worker');
    await eventually(async () => expect((await at.payout('late', 2))?.state).toBe('SETTLED'));
    await eventually(async () =>
      expect(await at.payout('late', 1)).toMatchObject({ state: 'IN_DOUBT', lastError: 'wallet-closed' }),
    );
    await sleep(500);
    expect(await at.moved('late')).toEqual({ 2: 1 });
  });
});
