import { PayoutConclusions } from '../../../src/payouts/payout-conclusions.js';
import { booksOf } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { users } from '../../support/rush.js';

let at: ProviderWorld;

beforeAll(async () => {
  at = await ProviderWorld.start('provider-reversals');
  await at.world.start('worker');
  await at.subscribe();
});

afterAll(() => at.close());

const statusOf = async (campaignId: string, userId: number): Promise<string> =>
  (await at.client.status(campaignId, userId)).body.status;

function expectStatus(campaignId: string, userId: number, status: string): Promise<void> {
  return eventually(async () => expect(await statusOf(campaignId, userId)).toBe(status));
}

async function expectReversed(campaignId: string, userId: number): Promise<void> {
  await eventually(async () => expect((await at.payout(campaignId, userId))?.state).toBe('REVERSED'));
}

/** A campaign whose one slot is paid and settled at the gate; `waiting` people stand in line. */
async function paidOut(
  campaignId: string,
  first: number,
  { waiting, reversalPolicy }: { waiting: number; reversalPolicy: 'keep' | 'regrant' },
): Promise<void> {
  await at.client.createCampaign({ id: campaignId, capacity: 1, waitingCapacity: waiting, reversalPolicy });
  for (const userId of users(first, 1 + waiting)) await at.client.claim(campaignId, userId);
  await eventually(async () =>
    expect(await at.inside.counts(campaignId)).toMatchObject({ processing: 0, settled: 1 }),
  );
}

const takeBack = (campaignId: string, userId: number): Promise<unknown> =>
  at.bank.control.reverse(`grant:${campaignId}:${userId}`);

describe('P9: a payout that comes back after it was settled', () => {
  it('keep: it is recorded, the money goes back to the campaign, and the slot stays used', async () => {
    await paidOut('keep', 100, { waiting: 1, reversalPolicy: 'keep' });
    await takeBack('keep', 100);
    await expectReversed('keep', 100);
    expect(await statusOf('keep', 100)).toBe('SUCCESS');
    await expectStatus('keep', 101, 'ENDED'); // no slot can come free any more
    expect(await booksOf(at.world, 'keep')).toMatchObject({ success: 1, failed: 0, pool: 10 });
    await eventually(async () =>
      expect(await at.inside.counts('keep')).toEqual({ available: 0, processing: 0, settled: 1, waiting: 0 }),
    );
  });

  it('regrant: the next in line is paid, once, however often the news comes', async () => {
    await paidOut('regrant', 200, { waiting: 2, reversalPolicy: 'regrant' });
    await at.bank.control.planFault({ userId: '200' }, 'duplicateWebhook');
    await takeBack('regrant', 200);
    await expectStatus('regrant', 201, 'SUCCESS');
    expect(await statusOf('regrant', 200)).toBe('FAILED');
    expect(await statusOf('regrant', 202)).toBe('WAITING');
    await eventually(async () =>
      expect(await at.inside.counts('regrant')).toEqual({
        available: 0,
        processing: 0,
        settled: 1,
        waiting: 1,
      }),
    );
    expect(await at.moved('regrant')).toEqual({ 200: 1, 201: 1 });
    expect(await booksOf(at.world, 'regrant')).toMatchObject({ success: 1, failed: 1, pool: 0 });
  });

  it('regrant with nobody in line: the next newcomer gets the slot', async () => {
    await paidOut('regrant-later', 300, { waiting: 0, reversalPolicy: 'regrant' });
    expect((await at.client.claim('regrant-later', 301)).body.code).toBe('sold-out');
    await takeBack('regrant-later', 300);
    await expectStatus('regrant-later', 300, 'FAILED');
    await eventually(async () =>
      expect(await at.inside.counts('regrant-later')).toMatchObject({ available: 1, settled: 0 }),
    );
    expect((await at.client.claim('regrant-later', 301)).status).toBe(202);
    await expectStatus('regrant-later', 301, 'SUCCESS');
    // The user whose payout came back gets no second slot.
    expect((await at.client.claim('regrant-later', 300)).body.status).toBe('FAILED');
  });

  it('regrant in a closed campaign whose line has ended: nobody gets in any more', async () => {
    await paidOut('regrant-closed', 400, { waiting: 1, reversalPolicy: 'regrant' });
    await at.client.changeCampaign('regrant-closed', { state: 'CLOSED' });
    await expectStatus('regrant-closed', 401, 'ENDED');
    await takeBack('regrant-closed', 400);
    await expectStatus('regrant-closed', 400, 'FAILED');
    await eventually(async () =>
      expect(await at.inside.counts('regrant-closed')).toEqual({
        available: 1,
        processing: 0,
        settled: 0,
        waiting: 0,
      }),
    );
    expect(await statusOf('regrant-closed', 401)).toBe('ENDED');
    expect((await at.client.claim('regrant-closed', 402)).body.code).toBe('closed');
  });

  it('regrant while the gate is missing: the line moves on once the gate is back', async () => {
    await paidOut('regrant-lost', 500, { waiting: 1, reversalPolicy: 'regrant' });
    await at.world.redis.del(`grant:{regrant-lost}:facts`);
    await takeBack('regrant-lost', 500);
    await expectStatus('regrant-lost', 501, 'SUCCESS');
    expect(await statusOf('regrant-lost', 500)).toBe('FAILED');
    await eventually(async () =>
      expect(await at.inside.counts('regrant-lost')).toEqual({
        available: 0,
        processing: 0,
        settled: 1,
        waiting: 0,
      }),
    );
  });

  it('regrant, and the gate was never told: the reaper tells it', async () => {
    await paidOut('regrant-untold', 600, { waiting: 1, reversalPolicy: 'regrant' });
    // The state that a process leaves behind when it dies after its COMMIT.
    await at.api.app.get(PayoutConclusions).conclude({
      idempotencyKey: 'grant:regrant-untold:600',
      state: 'REVERSED',
      providerReference: null,
      reason: null,
    });
    await expectStatus('regrant-untold', 601, 'SUCCESS');
    await eventually(async () => {
      const [told] = await at.world.rows<{ told: boolean }>(
        `SELECT gate_told_at IS NOT NULL AS told FROM payouts WHERE campaign_id = 'regrant-untold' AND user_id = 600`,
      );
      expect(told?.told).toBe(true);
    });
  });

  it('a reversal that is reported before the payment records both', async () => {
    await at.client.createCampaign({
      id: 'both',
      capacity: 1,
      waitingCapacity: 1,
      reversalPolicy: 'regrant',
    });
    // The service gets no answer, only the webhook of the reversal.
    await at.bank.control.planFault({ userId: '700' }, 'timeoutAfter');
    await at.bank.control.planFault({ userId: '700' }, 'getError', 1_000);
    await at.bank.control.planFault({ userId: '700' }, 'lostWebhook');
    for (const userId of users(700, 2)) await at.client.claim('both', userId);
    await eventually(async () => expect(await at.moved('both')).toEqual({ 700: 1 }));
    await takeBack('both', 700);
    await expectStatus('both', 701, 'SUCCESS');
    expect(await at.payout('both', 700)).toMatchObject({ state: 'REVERSED' });
    const events = await at.world.rows<{ event: string }>(
      `SELECT event FROM payout_events WHERE idempotency_key = 'grant:both:700' ORDER BY id`,
    );
    expect(events.map(({ event }) => event).slice(-2)).toEqual(['SETTLED', 'REVERSED']);
    expect(await booksOf(at.world, 'both')).toMatchObject({ success: 1, failed: 1, pool: 0 });
  });
});
