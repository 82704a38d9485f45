import { Doorbell } from '../../src/doorbell/doorbell.js';
import { payoutKey } from '../../src/ledger/payout-key.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { pendingCampaign } from '../support/pending-campaign.js';
import { rungFor } from '../support/rung-for.js';
import { operatorToken } from '../support/tokens.js';
import { World } from '../support/world.js';

// No worker and no reaper runs here: whatever rings, it is the api.

let world: World;
let client: Client;

beforeEach(async () => {
  world = await World.create();
  client = new Client(await world.start('api'));
});

afterEach(() => world.close());

const turn = async (state: 'RUNNING' | 'STOPPED', campaignId?: string): Promise<number> =>
  (
    await client.operate('patch', campaignId === undefined ? 'payouts' : `campaigns/${campaignId}/payouts`, {
      ...{ state, reason: 'the amount is wrong' },
    })
  ).status;

const expectRings = (campaigns: readonly string[]): Promise<void> =>
  eventually(async () => expect(await rungFor(world.redis)).toEqual(campaigns));

describe('R21: whoever makes payouts due rings, once it is committed', () => {
  it('when HELD payouts are to be sent again: as soon as that is approved, and not before', async () => {
    await pendingCampaign(world, client, { id: 'resent', capacity: 1 });
    await world.rows(
      `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, request_body, first_sent_at)
       VALUES ('resent', 1, $1, 'HELD', '{}', now())`,
      [payoutKey('resent', '1')],
    );
    const decisions = 'campaigns/resent/payout-decisions';
    const reason = 'the bank has shown its books: nothing has moved';
    const proposed = await client.operate('post', decisions, { decision: 'RESEND', reason, userIds: ['1'] });
    expect(proposed.status).toBe(201);
    expect(await rungFor(world.redis)).toEqual([]);
    const other = await operatorToken('11', 'grants:payouts');
    const approved = await client.operate('post', `${decisions}/${proposed.body.id}/approval`, {}, other);
    expect(approved.body).toMatchObject({ applied: 1 });
    await expectRings(['resent']);
  });

  it('when payouts are resumed: of one campaign, and of all for those that have any to make', async () => {
    for (const id of ['due', 'other']) await pendingCampaign(world, client, { id, capacity: 1 });
    await client.createCampaign({ id: 'idle', capacity: 1 });
    expect(await turn('STOPPED', 'other')).toBe(200);
    expect(await turn('STOPPED')).toBe(200);
    expect(await rungFor(world.redis)).toEqual([]);
    expect(await turn('RUNNING')).toBe(200);
    await expectRings(['due']);
    expect(await turn('RUNNING', 'other')).toBe(200);
    await expectRings(['due', 'other']);
  });

  it('and a ring that is lost keeps nobody from resuming: the reapers look at once', async () => {
    await pendingCampaign(world, client, { id: 'unrung', capacity: 1 });
    const api = await world.start('api');
    jest.spyOn(api.app.get(Doorbell), 'ring').mockResolvedValue(false);
    client = new Client(api);
    await turn('STOPPED', 'unrung');
    await world.rows(`UPDATE campaign_upkeep SET next_look_at = now() + interval '1 hour'`);
    expect(await turn('RUNNING', 'unrung')).toBe(200);
    expect(
      await world.rows(
        `SELECT campaign_id AS id FROM campaign_upkeep WHERE next_look_at <= now() AND campaign_id = 'unrung'`,
      ),
    ).toEqual([{ id: 'unrung' }]);
    expect(await rungFor(world.redis)).toEqual([]);
  });
});
