import type { Response } from 'supertest';
import { eventually } from '../../support/eventually.js';
import { ProviderWorld } from '../../support/provider-world.js';

let at: ProviderWorld;

beforeAll(async () => {
  at = await ProviderWorld.start('told-claimants', { PAYOUT_HOLD_AFTER_MS: '500' });
  await at.world.start('worker');
  await at.subscribe();
});

afterAll(() => at.close());

/** Waits until the claim's status holds these members; the whole answer. */
function whenTold(
  campaignId: string,
  userId: number,
  told: Readonly<Record<string, unknown>>,
): Promise<Response> {
  return eventually(async () => {
    const answer = await at.client.status(campaignId, userId);
    expect(answer.body).toMatchObject(told);
    return answer;
  });
}

async function expectReversed(campaignId: string, userId: number): Promise<void> {
  await at.bank.control.reverse(`grant:${campaignId}:${userId}`);
  await eventually(async () => expect((await at.payout(campaignId, userId))?.state).toBe('REVERSED'));
}

describe('what claimants are told while a provider pays', () => {
  it('rejected: by the provider, with its reference, whatever words it used', async () => {
    await at.client.createCampaign({ id: 'rejected', capacity: 1, waitingCapacity: 0 });
    await at.bank.control.planFault({ userId: '1' }, 'reject');
    await at.client.claim('rejected', 1);
    const answer = await whenTold('rejected', 1, { status: 'FAILED' });
    expect(answer.body).toMatchObject({
      ...{ final: true, failureReason: 'rejected-by-provider', slot: 'released', paidAt: null },
      payoutReference: (await at.client.payout('rejected', 1)).body.providerReference as string,
    });
    expect(answer.body.payoutReference).toEqual(expect.any(String));
  });

  it('rejected by an operator: not the operator’s words', async () => {
    await at.client.createCampaign({ id: 'decided', capacity: 1, waitingCapacity: 0 });
    await at.bank.control.planFault({ userId: '2' }, 'timeoutBefore', 100_000);
    await at.client.claim('decided', 2);
    await eventually(async () => expect((await at.payout('decided', 2))?.state).toBe('HELD'));
    const doubt = await at.client.status('decided', 2);
    expect(doubt.body).toMatchObject({ status: 'PENDING', final: false, failureReason: null, slot: 'held' });
    // Nobody calls money “on its way” that may never come; nor is the provider's reference told before the outcome.
    expect(doubt.body).toMatchObject({ payout: 'being-checked', payoutReference: null });
    await at.client.decide('decided', 2, { state: 'REJECTED', reason: 'wallet-closed' });
    const told = await whenTold('decided', 2, { status: 'FAILED', failureReason: 'rejected-by-operator' });
    expect(told.body).toMatchObject({ final: true, payout: null, payoutReference: null });
  });

  it('keep: what was paid is final; that the money came back is said, and the slot stays used', async () => {
    await at.client.createCampaign({ id: 'keep', capacity: 1, waitingCapacity: 0, reversalPolicy: 'keep' });
    await at.client.claim('keep', 3);
    const paid = await whenTold('keep', 3, { status: 'SUCCESS' });
    expect(paid.body).toMatchObject({ final: true, failureReason: null, slot: 'used' });
    expect(paid.headers).not.toHaveProperty('retry-after');
    await expectReversed('keep', 3);
    const { status, final, slot, failureReason, paidAt, payoutReference } = paid.body as Record<
      string,
      unknown
    >;
    expect(failureReason).toBeNull();
    await whenTold('keep', 3, {
      ...{ status, final, slot, paidAt, payoutReference },
      failureReason: 'reversed',
    });
  });

  it('regrant: what was paid may still be lost, which is worth a look in some hours, and then is final', async () => {
    await at.client.createCampaign({
      id: 'regrant',
      capacity: 1,
      waitingCapacity: 1,
      reversalPolicy: 'regrant',
    });
    for (const userId of [4, 5]) await at.client.claim('regrant', userId);
    const paid = await whenTold('regrant', 4, { status: 'SUCCESS' });
    expect(paid.body).toMatchObject({ final: false, failureReason: null, slot: 'used' });
    expect(Number(paid.headers['retry-after'])).toBeGreaterThanOrEqual(3_600);
    await expectReversed('regrant', 4);
    const lost = await whenTold('regrant', 4, { status: 'FAILED' });
    expect(lost.body).toMatchObject({
      final: true,
      failureReason: 'reversed',
      slot: 'released',
      paidAt: null,
    });
    expect(lost.headers).not.toHaveProperty('retry-after');
    await whenTold('regrant', 5, { status: 'SUCCESS', final: false });
  });
});
