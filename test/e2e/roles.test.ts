import { Redis } from 'ioredis';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problem.js';
import { rungFor } from '../support/rung-for.js';
import { Scrape } from '../support/scrape.js';
import { adminToken, tokenOf } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

/** So long that the reaper does nothing during the test. */
const NO_REAPER = { SLOT_LEASE_MS: '3600000', REAPER_INTERVAL_MS: '3600000' };

let world: World;

beforeEach(async () => {
  world = await World.create();
});

afterEach(() => world.close());

/** How many workers wait for jobs: each of BullMQ's workers blocks on a connection of its own. */
async function consumers(): Promise<number> {
  const server = new Redis(world.variables.REDIS_URL!);
  const list = String(await server.client('LIST'));
  server.disconnect();
  const database = new URL(world.variables.REDIS_URL!).pathname.slice(1);
  return list
    .split('\n')
    .filter((line) => line.includes(` db=${database} `) && /cmd=(bzpop|blpop|brpop|blmove)/.test(line))
    .length;
}

async function statuses(campaignId: string): Promise<Record<string, number>> {
  const counts = await world.rows<{ status: string; count: number }>(
    'SELECT status, count(*)::int AS count FROM user_grants WHERE campaign_id = $1 GROUP BY status',
    [campaignId],
  );
  return Object.fromEntries(counts.map(({ status, count }) => [status, count]));
}

describe('an api', () => {
  it('takes claims and pays none; a worker that is started later pays them', async () => {
    const api = await world.start('api');
    const client = new Client(api);
    await client.createCampaign({ id: 'split', capacity: 5, waitingCapacity: 2 });
    await client.closeWallet(3);
    for (let userId = 1; userId <= 7; userId++)
      expect((await client.claim('split', userId)).status).toBe(202);

    await eventually(async () => expect(await rungFor(world.redis)).toEqual(['split']));
    // The rings are queued and nobody takes them; expired leases change nothing either.
    await eventually(async () => {
      const oldest = Number(
        (await world.redis.zrange('grant:{split}:processing', '0', '0', 'WITHSCORES'))[1],
      );
      expect(Date.now()).toBeGreaterThan(oldest + 300);
    });
    expect(await consumers()).toBe(0);
    expect(await statuses('split')).toEqual({ PENDING: 5 });
    expect(await rungFor(world.redis)).toEqual(['split']);

    await world.start('worker');
    await eventually(async () => expect(await consumers()).toBeGreaterThan(0));
    await eventually(async () => expect(await statuses('split')).toEqual({ SUCCESS: 5, FAILED: 1 }));
    expect((await client.status('split', 3)).body).toMatchObject({ status: 'FAILED', grantSeq: 3 });
    expect((await client.status('split', 6)).body).toMatchObject({
      status: 'SUCCESS',
      grantSeq: 3,
      arrivalNo: 6,
    });
    await eventually(async () => {
      expect((await client.stats('split')).body).toMatchObject({
        gate: { available: 0, processing: 0, settled: 5 },
        conserved: true,
      });
    });
  });
});

describe('a worker', () => {
  it('serves health and metrics, and nothing else', async () => {
    const worker = await world.start('worker');
    expect((await worker.http.get('/health/live')).body).toEqual({ status: 'ok' });
    const ready = await worker.http.get('/health/ready');
    expect(ready.status).toBe(200);
    expect(ready.body.details).toMatchObject({
      postgres: { status: 'up' },
      redis: { status: 'up' },
      lifecycle: { status: 'up' },
    });
    expect((await Scrape.of(worker)).sum('seonchak_queue_jobs')).toBe(0);

    const user = `Bearer ${await tokenOf(1)}`;
    const admin = `Bearer ${await adminToken()}`;
    for (const [method, path] of [
      ['post', '/v1/campaigns/default/grants'],
      ['get', '/v1/campaigns/default/grants/me'],
      ['get', '/v1/campaigns/default'],
      ['post', '/v1/campaigns'],
      ['patch', '/v1/campaigns/default'],
      ['get', '/v1/campaigns/default/stats'],
      ['get', '/v1/campaigns/default/grants'],
      ['get', '/v1/campaigns/default/grants.csv'],
      ['get', '/v1/wallets/KRW/1'],
      ['get', '/docs'],
      ['get', '/openapi.json'],
    ] as const) {
      for (const token of [user, admin])
        expectProblem(await worker.http[method](path).set('Authorization', token), 404, 'not-found');
    }
    expect(await statuses('default')).toEqual({});
  });
});

describe('all in one', () => {
  it('takes claims and pays them', async () => {
    const client = new Client(await world.start('all'));
    await client.createCampaign({ id: 'whole', capacity: 3, waitingCapacity: 0 });
    for (const userId of [1, 2, 3]) expect((await client.claim('whole', userId)).status).toBe(202);
    await eventually(async () => expect(await statuses('whole')).toEqual({ SUCCESS: 3 }));
    expectProblem(await client.claim('whole', 4), 409, 'sold-out');
    const wallet = await world.rows(`SELECT balance FROM ledger_accounts WHERE user_id = 1`);
    expect(wallet).toEqual([{ balance: '10' }]);
  });
});

describe('metrics', () => {
  let api: RunningApp;
  let client: Client;

  async function claims(campaignId: string): Promise<void> {
    await client.createCampaign({ id: campaignId, capacity: 4, waitingCapacity: 2 });
    await client.closeWallet(2);
    for (let userId = 1; userId <= 9; userId++) await client.claim(campaignId, userId);
  }

  it('add up, before and after the payouts', async () => {
    api = await world.start('api', NO_REAPER);
    client = new Client(api);
    await claims('counts');
    await client.changeCampaign('counts', { state: 'PAUSED' });
    await client.claim('counts', 10);
    await client.changeCampaign('counts', { state: 'OPEN' });

    const campaign = { campaign: 'counts' };
    await eventually(async () => expect(await rungFor(world.redis)).toEqual(['counts']));
    const taken = await Scrape.of(api);
    const outcomes = ['pending', 'waiting', 'sold-out', 'paused'].map((outcome) =>
      taken.sum('seonchak_claims_total', { ...campaign, outcome }),
    );
    expect(outcomes).toEqual([4, 2, 3, 1]);
    expect(taken.sum('seonchak_claims_total', campaign)).toBe(10);
    expect(taken.sum('seonchak_claim_duration_seconds_count')).toBe(10);
    expect(taken.sum('seonchak_claim_batch_size_sum')).toBeGreaterThanOrEqual(10);
    const slots = (scrape: Scrape) =>
      ['available', 'processing', 'settled'].map((state) =>
        scrape.sum('seonchak_slots', { ...campaign, state }),
      );
    expect(slots(taken)).toEqual([0, 4, 0]);
    expect(taken.sum('seonchak_waiting', campaign)).toBe(2);
    expect(taken.sum('seonchak_conservation_error', campaign)).toBe(0);
    const jobs = await world.redis.llen('{grant-jobs}:payouts:wait');
    expect(taken.sum('seonchak_queue_jobs', { state: 'waiting' })).toBe(jobs);
    expect(taken.sum('seonchak_rings_lost_total')).toBe(0);

    const worker = await world.start('worker', NO_REAPER);
    await eventually(async () => expect(slots(await Scrape.of(worker))).toEqual([0, 0, 4]));
    // The gate is updated before the counters.
    await eventually(async () => {
      const counted = await Scrape.of(worker);
      expect(counted.sum('seonchak_payouts_total', { ...campaign, outcome: 'settled' })).toBe(4);
      expect(counted.sum('seonchak_payouts_total', { ...campaign, outcome: 'rejected' })).toBe(1);
      expect(counted.sum('seonchak_promotions_total', campaign)).toBe(1);
    });
    const paid = await Scrape.of(worker);
    expect(paid.sum('seonchak_waiting', campaign)).toBe(1);
    expect(paid.sum('seonchak_conservation_error', campaign)).toBe(0);
    expect(paid.sum('seonchak_queue_jobs')).toBe(0);
    expect(await statuses('counts')).toEqual({ SUCCESS: 4, FAILED: 1 });
    // Both roles read the same gate.
    await eventually(async () => expect(slots(await Scrape.of(api))).toEqual(slots(paid)));
  });

  it('count expired leases, and what was done about them', async () => {
    api = await world.start('api');
    client = new Client(api);
    await client.createCampaign({ id: 'lost', capacity: 3 });
    for (const userId of [1, 2, 3]) await client.claim('lost', userId);
    // Every ring is lost, so only the reaper can help.
    await eventually(async () => expect(await rungFor(world.redis)).toEqual(['lost']));
    await eventually(async () => {
      const newest = await world.redis.zrange('grant:{lost}:processing', '-1', '-1', 'WITHSCORES');
      expect(Date.now()).toBeGreaterThan(Number(newest[1]));
    });
    const rings = await world.redis.keys('{grant-jobs}*');
    expect(rings.length).toBeGreaterThan(0);
    await world.redis.del(...rings);

    const worker = await world.start('worker');
    await eventually(async () => expect(await statuses('lost')).toEqual({ SUCCESS: 3 }));
    const scrape = await Scrape.of(worker);
    expect(scrape.sum('seonchak_leases_expired_total', { campaign: 'lost' })).toBeGreaterThanOrEqual(3);
    expect(
      scrape.sum('seonchak_recoveries_total', { campaign: 'lost', decision: 'ring' }),
    ).toBeGreaterThanOrEqual(3);
    expect(
      scrape.sum('seonchak_recoveries_total', { campaign: 'lost', decision: 'distrust' }),
    ).toBeUndefined();
  });

  it('show a lost slot', async () => {
    api = await world.start('api', NO_REAPER);
    client = new Client(api);
    await client.createCampaign({ id: 'leak', capacity: 3 });
    await world.redis.lpop('grant:{leak}:available');
    expect((await Scrape.of(api)).sum('seonchak_conservation_error', { campaign: 'leak' })).toBe(-1);
    expect((await client.stats('leak')).body.conserved).toBe(false);
  });
});
