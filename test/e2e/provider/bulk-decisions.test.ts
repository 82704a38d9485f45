import type { Response } from 'supertest';
import { eventually } from '../../support/eventually.js';
import { expectProblem } from '../../support/problem.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { rush, users } from '../../support/rush.js';
import { operatorToken } from '../../support/tokens.js';
import { Client } from '../../support/client.js';

const reason = 'the bank has shown its books: nothing has moved';

let at: ProviderWorld;

beforeAll(async () => {
  at = await ProviderWorld.start('provider-bulk', { PAYOUT_HOLD_AFTER_MS: '300' });
  await at.world.start('worker');
});

afterAll(() => at.close());

/** A campaign whose `count` payouts are all HELD; no money has moved for them. */
async function held(campaignId: string, first: number, count: number): Promise<number[]> {
  const people = users(first, count);
  await at.bank.control.setOdds({ errorBefore: 1, getError: 1 });
  await at.client.createCampaign({ id: campaignId, capacity: count, waitingCapacity: 2 });
  await rush([at.client], campaignId, people);
  await eventually(async () => expect(await states(campaignId)).toEqual({ HELD: count }));
  await at.bank.control.setOdds({});
  return people;
}

async function states(campaignId: string): Promise<Record<string, number>> {
  const found = await at.world.rows<{ state: string; count: number }>(
    `SELECT state, count(*)::int FROM payouts WHERE campaign_id = $1 GROUP BY state`,
    [campaignId],
  );
  return Object.fromEntries(found.map(({ state, count }) => [state, count]));
}

const propose = async (
  campaignId: string,
  decision: Record<string, unknown>,
  who = '10',
  client = at.client,
): Promise<Response> =>
  client.operate(
    'post',
    `campaigns/${campaignId}/payout-decisions`,
    { reason, ...decision },
    await operatorToken(who, 'grants:payouts'),
  );

const approve = async (campaignId: string, id: string, who = '11'): Promise<Response> =>
  at.client.operate(
    'post',
    `campaigns/${campaignId}/payout-decisions/${id}/approval`,
    undefined,
    await operatorToken(who, 'grants:payouts'),
  );

describe('HELD payouts can be sent again under their own keys when two people approve', () => {
  it('resends all of a campaign at once: each is paid once, and the trail names both people', async () => {
    const people = await held('resent', 100, 20);
    const proposed = await propose('resent', { decision: 'RESEND' });
    expect(proposed.status).toBe(201);
    const { id } = proposed.body;
    expect(proposed.body).toMatchObject({ count: 20, lastUserId: '119', applied: null, approvedBy: null });
    expect(await states('resent')).toEqual({ HELD: 20 });

    expectProblem(await approve('resent', id, '10'), 403, 'needs-approval');
    expectProblem(await approve('no-such', id), 404, 'unknown-decision');
    expect(await states('resent')).toEqual({ HELD: 20 });

    const approved = await approve('resent', id);
    expect(approved.body).toMatchObject({ applied: 20, approvedBy: '11', proposedBy: '10' });
    expect((await approve('resent', id)).body).toEqual(approved.body);
    await eventually(async () => expect(await states('resent')).toEqual({ SETTLED: 20 }));
    expect(await at.moved('resent')).toEqual(Object.fromEntries(people.map((userId) => [userId, 1])));

    const { body } = await at.client.payout('resent', 100);
    expect(body.events).toContainEqual(
      expect.objectContaining({ event: 'RESEND', detail: `${reason} (proposed by 10)`, actor: '11' }),
    );
    const trail = await at.client.operate('get', 'admin-acts?campaignId=resent&limit=2');
    expect(trail.body.items).toMatchObject([
      {
        act: 'payout-decision-approved',
        actor: '11',
        detail: { decision: 'RESEND', decisionId: id, count: 20 },
      },
      { act: 'payout-decision-proposed', actor: '10', reason, detail: { decisionId: id, count: 20 } },
    ]);
  });

  it('P2: looks each payout up first, so that a wrong proof pays nobody twice', async () => {
    await at.bank.control.planFault({ userId: '200' }, 'errorAfter');
    await at.bank.control.setOdds({ getError: 1 });
    await at.client.createCampaign({ id: 'moved', capacity: 1, waitingCapacity: 0 });
    await at.client.claim('moved', 200);
    await eventually(async () => expect(await states('moved')).toEqual({ HELD: 1 }));
    await at.bank.control.setOdds({ resetBefore: 1 }); // the bank logs every POST as a fault
    const { body } = await propose('moved', { decision: 'RESEND', userIds: ['200', '201'] });
    expect(body.count).toBe(1);
    await approve('moved', body.id);
    await eventually(async () => expect(await states('moved')).toEqual({ SETTLED: 1 }));
    const requests = (await at.log('moved')).filter(
      ({ event }) => event === 'settled' || event === 'pending',
    );
    expect(requests).toHaveLength(1);
    expect((await at.log('moved')).filter((line) => 'fault' in line && line.fault === 'resetBefore')).toEqual(
      [],
    );
    await at.bank.control.setOdds({});
  });

  it('P7: looks a payout up although its wallet was closed meanwhile, and then neither sends nor rejects it', async () => {
    await held('closed', 250, 1);
    await at.client.closeWallet(250);
    const { body } = await propose('closed', { decision: 'RESEND' });
    expect((await approve('closed', body.id as string)).body).toMatchObject({ applied: 1 });
    await eventually(async () =>
      expect(await at.payout('closed', 250)).toMatchObject({ state: 'HELD', lastError: 'wallet-closed' }),
    );
    expect((await at.client.status('closed', 250)).body).toMatchObject({ status: 'PENDING', slot: 'held' });
    expect(await at.moved('closed')).toEqual({});
  });

  it('changes only payouts that have not changed since the proposal', async () => {
    await held('changed', 300, 3);
    const first = await propose('changed', { decision: 'RESEND' });
    const second = await propose('changed', { decision: 'RESEND', userIds: ['300', '301'] });
    await at.client.decide('changed', 300, { state: 'SETTLED', reason });
    await at.bank.control.setOdds({ errorBefore: 1, getError: 1 });
    expect((await approve('changed', second.body.id)).body).toMatchObject({ count: 2, applied: 1 });
    await eventually(async () => expect(await states('changed')).toEqual({ SETTLED: 1, HELD: 2 }));
    // 301 is HELD again, but has changed since the first proposal.
    expect((await approve('changed', first.body.id)).body).toMatchObject({ count: 3, applied: 1 });
    await at.bank.control.setOdds({});
    await eventually(async () => expect(await states('changed')).toMatchObject({ SETTLED: 2, HELD: 1 }));
  });

  it('filters the HELD payouts, and refuses a proposal that fits nobody or has no reason', async () => {
    await held('filtered', 400, 4);
    await at.world.rows(
      `UPDATE payouts SET last_error = 'time-out' WHERE campaign_id = 'filtered' AND user_id = 402`,
    );
    expect((await propose('filtered', { decision: 'RESEND', lastError: 'time-out' })).body).toMatchObject({
      ...{ count: 1, lastUserId: '402' },
    });
    expect((await propose('filtered', { decision: 'RESEND', after: '401' })).body.count).toBe(2);
    expectProblem(
      await propose('filtered', { decision: 'RESEND', lastError: 'no-such' }),
      409,
      'illegal-transition',
    );
    const past = { decision: 'RESEND', heldBefore: '2020-01-01T00:00:00Z' };
    expectProblem(await propose('filtered', past), 409, 'illegal-transition');
    for (const wrong of [
      ...[{ decision: 'DUE' }, { decision: 'RESEND', reason: 'x' }, { decision: 'RESEND', userIds: [] }],
      ...[
        { decision: 'RESEND', userIds: ['0'] },
        { decision: 'RESEND', userIds: ['400'], after: '1' },
      ],
    ])
      expectProblem(await propose('filtered', wrong), 400, 'invalid-request');
    const settled = await propose('filtered', { decision: 'RESEND', userIds: ['9999'] });
    expectProblem(settled, 409, 'illegal-transition');
  });

  it('does not apply a proposal that nobody approved for a day', async () => {
    await held('late', 500, 1);
    const { body } = await propose('late', { decision: 'RESEND' });
    await at.world.rows(
      `UPDATE payout_decisions SET proposed_at = now() - interval '25 hours' WHERE id = $1`,
      [body.id],
    );
    expectProblem(await approve('late', body.id), 409, 'illegal-transition');
    const { body: read } = await at.client.operate('get', `campaigns/late/payout-decisions/${body.id}`);
    expect(read).toMatchObject({ expired: true, applied: null, userIds: ['500'] });
    expect(await states('late')).toEqual({ HELD: 1 });
  });
});

it('decisions are listed, the newest first, a page at a time', async () => {
  await held('listed', 700, 3);
  const ids: string[] = [];
  for (const userId of ['700', '701', '702'])
    ids.unshift((await propose('listed', { decision: 'RESEND', userIds: [userId] })).body.id as string);
  const page = async (query: string): Promise<{ ids: string[]; next: string | null }> => {
    const { body } = await at.client.operate('get', `campaigns/listed/payout-decisions?limit=2${query}`);
    return { ids: (body.items as { id: string }[]).map(({ id }) => id), next: body.next as string | null };
  };
  expect(await page('')).toEqual({ ids: ids.slice(0, 2), next: ids[1] });
  expect(await page(`&before=${ids[1]}`)).toEqual({ ids: ids.slice(2), next: null });
});

describe('the outcome of many payouts is decided at once', () => {
  it('by one person, where the configuration allows it: freed slots go to the line', async () => {
    await held('rejected', 600, 3);
    await rush([at.client], 'rejected', users(603, 2));
    expect((await propose('rejected', { decision: 'SETTLED', userIds: ['600'] })).body).toMatchObject({
      ...{ applied: 1, approvedBy: null },
    });
    expect((await propose('rejected', { decision: 'REJECTED' })).body).toMatchObject({ applied: 2 });
    await eventually(async () => {
      for (const [userId, status] of [
        [600, 'SUCCESS'],
        [601, 'FAILED'],
        [603, 'SUCCESS'],
        [604, 'SUCCESS'],
      ] as const)
        expect((await at.client.status('rejected', userId)).body.status).toBe(status);
    });
    expect(await at.moved('rejected')).toEqual({ 603: 1, 604: 1 });
    const balance = await at.world.rows<{ balance: string }>(
      `SELECT balance FROM ledger_accounts WHERE kind = 'CAMPAIGN' AND campaign_id = 'rejected'`,
    );
    expect(balance).toEqual([{ balance: '0' }]);
  });

  it('by two people, where two are required: nobody decides a payout alone', async () => {
    const strict = new Client(await at.world.start('api', { PAYOUT_DECISION_APPROVALS: '2' }));
    await held('strict', 700, 2);
    expectProblem(await strict.decide('strict', 700, { state: 'SETTLED', reason }), 403, 'needs-approval');
    const { body } = await propose('strict', { decision: 'REJECTED' }, '10', strict);
    expect(body.applied).toBeNull();
    expect(await states('strict')).toEqual({ HELD: 2 });
    expect((await approve('strict', body.id)).body.applied).toBe(2);
    expect(await states('strict')).toEqual({ REJECTED: 2 });
  });
});
