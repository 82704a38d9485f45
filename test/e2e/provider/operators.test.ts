import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { PayoutReports } from '../../../src/payouts/operators/payout-reports.js';
import { READS } from '../../../src/platform/postgres/reads.js';
import { eventually } from '../../support/eventually.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { expectProblem } from '../../support/problem.js';
import { users } from '../../support/rush.js';
import { adminToken, tokenOf } from '../../support/tokens.js';

let at: ProviderWorld;

beforeAll(async () => {
  at = await ProviderWorld.start('provider-operators', { PAYOUT_HOLD_AFTER_MS: '500' });
  await at.world.start('worker');
});

afterAll(() => at.close());

/** A campaign of one slot whose payout is HELD; one more person waits. */
async function held(campaignId: string, first: number): Promise<void> {
  await at.bank.control.planFault({ userId: String(first) }, 'timeoutBefore', 100_000);
  await at.client.createCampaign({ id: campaignId, capacity: 1, waitingCapacity: 1 });
  for (const userId of users(first, 2)) await at.client.claim(campaignId, userId);
  await eventually(async () => expect((await at.payout(campaignId, first))?.state).toBe('HELD'));
}

const reason = 'the bank told us so by telephone';

describe('P7: an operator decides, with a reason, a payout whose outcome stays unknown', () => {
  it('holds the payout for an operator and keeps its slot until then: “not found” frees no slot', async () => {
    await held('op-held', 100);
    expect((await at.client.status('op-held', 100)).body.status).toBe('PENDING');
    expect((await at.client.status('op-held', 101)).body.status).toBe('WAITING');
    expect(await at.inside.counts('op-held')).toEqual({
      available: 0,
      processing: 1,
      settled: 0,
      waiting: 1,
    });
    const page = await at.api.http
      .get('/v1/campaigns/op-held/payouts?state=HELD')
      .set('Authorization', `Bearer ${await adminToken()}`);
    expect(page.body.items).toMatchObject([
      { userId: '100', state: 'HELD', idempotencyKey: 'grant:op-held:100' },
    ]);
  });

  it('SETTLED: the slot is paid', async () => {
    await held('op-settled', 200);
    const { status, body } = await at.client.decide('op-settled', 200, { state: 'SETTLED', reason });
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'SETTLED' });
    expect(body.events.at(-1)).toMatchObject({ event: 'SETTLED', detail: reason, actor: '1' });
    expect((await at.client.status('op-settled', 200)).body.status).toBe('SUCCESS');
    expect(await at.inside.counts('op-settled')).toMatchObject({ processing: 0, settled: 1 });
  });

  it('REJECTED: the slot goes to the next in line', async () => {
    await held('op-rejected', 300);
    const { status, body } = await at.client.decide('op-rejected', 300, { state: 'REJECTED', reason });
    expect(status).toBe(200);
    expect(body.events.at(-1)).toMatchObject({ event: 'REJECTED', detail: reason, actor: '1' });
    await eventually(async () =>
      expect((await at.client.status('op-rejected', 301)).body.status).toBe('SUCCESS'),
    );
    expect((await at.client.status('op-rejected', 300)).body.status).toBe('FAILED');
    // The decision is final.
    expectProblem(
      await at.client.decide('op-rejected', 300, { state: 'SETTLED', reason }),
      409,
      'illegal-transition',
    );
    expectProblem(
      await at.client.decide('op-rejected', 301, { state: 'REJECTED', reason }),
      409,
      'illegal-transition',
    );
    expect((await at.client.status('op-rejected', 301)).body.status).toBe('SUCCESS');
  });

  it('refuses a decision without a reason, without the scope, or without a payout', async () => {
    await held('op-refused', 400);
    for (const decision of [
      { state: 'SETTLED' },
      { state: 'SETTLED', reason: 'x' },
      { state: 'REVERSED', reason },
      {},
    ])
      expect((await at.client.decide('op-refused', 400, decision)).status).toBe(400);
    const path = '/v1/campaigns/op-refused/payouts/400';
    expect((await at.api.http.patch(path).send({ state: 'SETTLED', reason })).status).toBe(401);
    const user = await at.api.http
      .patch(path)
      .set('Authorization', `Bearer ${await tokenOf(400)}`)
      .send({ state: 'SETTLED', reason });
    expect(user.status).toBe(403);
    expect((await at.client.decide('op-refused', 401, { state: 'SETTLED', reason })).status).toBe(404);
    expect((await at.client.decide('no-such-campaign', 400, { state: 'SETTLED', reason })).status).toBe(404);
    expect((await at.payout('op-refused', 400))?.state).toBe('HELD');
  });
});

describe('payouts are listed page by page, in order of user ids', () => {
  const pages = async (query: string): Promise<string[][]> => {
    const found: string[][] = [];
    for (let after = ''; ;) {
      const { status, body } = await at.client.operate(
        'get',
        `campaigns/op-listed/payouts?limit=2${after}${query}`,
      );
      expect(status).toBe(200);
      found.push((body.items as { userId: string }[]).map(({ userId }) => userId));
      if (body.next === null) return found;
      after = `&after=${body.next as string}`;
    }
  };

  it('all of them, or those in one state', async () => {
    await at.bank.control.planFault({ userId: '502' }, 'timeoutBefore', 100_000);
    await at.client.createCampaign({ id: 'op-listed', capacity: 4, waitingCapacity: 0 });
    for (const userId of users(500, 4)) await at.client.claim('op-listed', userId);
    await eventually(async () => {
      for (const userId of users(500, 4))
        expect((await at.payout('op-listed', userId))?.state).toBe(userId === 502 ? 'HELD' : 'SETTLED');
    });
    expect((await pages('')).flat()).toEqual(['500', '501', '502', '503']);
    expect(await pages('&state=SETTLED')).toEqual([['500', '501'], ['503']]);
    expect(await pages('&state=HELD')).toEqual([['502']]);
  });

  it('where most are settled, by one statement a page, the last one, too', async () => {
    const asked = jest.spyOn(at.api.app.get<DataSource>(getDataSourceToken(READS)), 'query');
    const reports = at.api.app.get(PayoutReports);
    for (const [after, found] of [
      ['0', ['500', '501']],
      ['501', ['503']],
      ['503', []],
    ] as const) {
      asked.mockClear();
      const { items } = await reports.page('op-listed', 'SETTLED', after, 2);
      expect(items.map(({ userId }) => userId)).toEqual(found);
      expect(asked.mock.calls.filter(([sql]) => sql.includes('payouts'))).toHaveLength(1);
    }
    asked.mockRestore();
  });
});
