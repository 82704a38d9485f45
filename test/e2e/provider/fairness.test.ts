import { booksOf } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { pendingCampaign } from '../../support/pending-campaign.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { persist } from '../../support/rush.js';

let at: ProviderWorld;

afterAll(() => at.close());

describe('R21: campaigns take turns at a slow provider', () => {
  it('pays one winner although another campaign has a backlog of thousands', async () => {
    at = await ProviderWorld.start('provider-fairness', { PAYOUT_HTTP_RATE: '20' });
    await pendingCampaign(at.world, at.client, { id: 'backlog', capacity: 5_000 });
    await at.world.start('worker');
    await eventually(async () => expect((await booksOf(at.world, 'backlog')).success).toBeGreaterThan(10));
    await at.client.createCampaign({ id: 'fresh', capacity: 1, waitingCapacity: 0 });
    expect((await persist(at.client, 'fresh', 9_000)).status).toBe(202);
    const before = (await booksOf(at.world, 'backlog')).success;
    await eventually(async () => expect((await booksOf(at.world, 'fresh')).success).toBe(1));
    // The backlog's payouts meanwhile: one of its batches takes a second, and two may be under way.
    expect((await booksOf(at.world, 'backlog')).success - before).toBeLessThan(150);
    expect((await booksOf(at.world, 'backlog')).pending).toBeGreaterThan(4_000);
  });
});
