import { setTimeout as sleep } from 'node:timers/promises';
import { GateKeeper } from '../../src/grants/slots/gate-keeper.js';
import { PayoutConclusions } from '../../src/payouts/payout-conclusions.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Scrape } from '../support/scrape.js';
import { webhookHeaders } from '../support/webhook-headers.js';
import { type RunningApp, World } from '../support/world.js';

// What the alerts of deploy/prometheus rest on: each number follows what it counts.

const SECRET = 'a secret for webhooks of this test alone';

let world: World;
let api: RunningApp;
let client: Client;

beforeAll(async () => {
  world = await World.create({ PAYOUT_WEBHOOK_SECRET: SECRET, SLOT_LEASE_MS: '3600000' });
  api = await world.start('api');
  client = new Client(api);
});

afterAll(() => world.close());

/** Waits until a scrape, which is made once a second at most, has this sum. */
const expectSum = (
  expected: number | undefined,
  name: string,
  labels: Readonly<Record<string, string>> = {},
  app = api,
): Promise<void> => eventually(async () => expect((await Scrape.of(app)).sum(name, labels)).toBe(expected));

it('payouts HELD and in doubt, and how long the first person has been unpaid', async () => {
  await client.createCampaign({ id: 'owed', capacity: 5 });
  for (let userId = 1; userId <= 4; userId++) await client.claim('owed', userId);
  await world.rows(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, first_sent_at, due_at)
     SELECT 'owed', n, 'grant:owed:' || n, CASE WHEN n = 1 THEN 'HELD' ELSE 'IN_DOUBT' END, now(), now() + interval '1 hour'
       FROM generate_series(1, 3) AS n`,
  );
  const campaign = 'owed';
  await expectSum(1, 'seonchak_payouts_undecided', { campaign, state: 'HELD' });
  await expectSum(2, 'seonchak_payouts_undecided', { campaign, state: 'IN_DOUBT' });
  const unpaid = async (): Promise<number | undefined> =>
    (await Scrape.of(api)).sum('seonchak_oldest_unpaid_seconds', { campaign });
  await eventually(async () => expect(await unpaid()).toBeGreaterThanOrEqual(0));

  // R27: the gate's clock was an hour behind when the first of them came, or Postgres' was an hour ahead.
  await world.rows(`ALTER TABLE user_grants DISABLE TRIGGER user_grants_place_is_fixed`);
  await world.rows(
    `UPDATE user_grants SET created_at = created_at - interval '1 hour' WHERE campaign_id = 'owed'`,
  );
  await sleep(1_100);
  expect(await unpaid()).toBeLessThan(3_000);
  await world.rows(
    `UPDATE user_grants SET updated_at = now() + interval '1 hour' WHERE campaign_id = 'owed'`,
  );
  await eventually(async () => expect(await unpaid()).toBeGreaterThan(3_000));
  await world.rows(`UPDATE user_grants SET updated_at = now() WHERE campaign_id = 'owed'`);
  await world.rows(`ALTER TABLE user_grants ENABLE TRIGGER user_grants_place_is_fixed`);

  await world.rows(`INSERT INTO payout_stops (campaign_id) VALUES ('owed')`);
  await expectSum(undefined, 'seonchak_oldest_unpaid_seconds', { campaign });
});

it('webhooks that are refused, by reason', async () => {
  const tell = (body: Buffer, secret: string): Promise<{ status: number }> => {
    const request = api.http.post('/v1/payout-events').set('Content-Type', 'application/json');
    for (const [name, value] of webhookHeaders(secret, 'event-1', body)) void request.set(name, value);
    return request.send(body.toString());
  };
  await expectSum(0, 'seonchak_webhooks_refused_total');
  expect((await tell(Buffer.from('{}'), 'the secret of somebody else')).status).toBe(401);
  expect((await tell(Buffer.from('{}'), SECRET)).status).toBe(400);
  await expectSum(1, 'seonchak_webhooks_refused_total', { reason: 'signature' });
  await expectSum(1, 'seonchak_webhooks_refused_total', { reason: 'content' });
});

it('rebuilds of a gate by cause, and gates that contradict Postgres', async () => {
  await client.createCampaign({ id: 'gate', capacity: 1 });
  expect((await client.claim('gate', 1)).status).toBe(202);
  const count = 'seonchak_gate_rebuild_duration_seconds_count';
  const before = (await Scrape.of(api)).sum(count, { cause: 'fault' }) ?? 0;
  const keeper = api.app.get(GateKeeper, { strict: false });
  const gate = await keeper.open('gate');
  keeper.requireRebuild('gate', gate!.epoch);
  await keeper.open('gate');
  await expectSum(1, 'seonchak_gate_contradictions_total');
  await expectSum(before + 1, count, { cause: 'fault' });
});

it('outcomes that contradict a final one', async () => {
  await client.createCampaign({ id: 'final', capacity: 1 });
  await client.claim('final', 1);
  const worker = await world.start('worker');
  await eventually(async () =>
    expect((await client.status('final', 1)).body).toMatchObject({ status: 'SUCCESS' }),
  );
  const conclusions = worker.app.get(PayoutConclusions, { strict: false });
  await conclusions.conclude({
    ...{ idempotencyKey: 'grant:final:1', state: 'REJECTED' },
    ...{ providerReference: 'tr_1', reason: 'closed' },
  });
  await expectSum(1, 'seonchak_payout_contradictions_total', {}, worker);
  await worker.close();
});

it('the last round of the reaper, connections, and the time of Postgres and Redis', async () => {
  const worker = await world.start('worker');
  const scrape = await Scrape.of(worker);
  for (const name of ['reaper_round_age', 'postgres_probe', 'redis_probe'])
    expect(scrape.sum(`seonchak_${name}_seconds`)).toBeGreaterThanOrEqual(0);
  for (const pool of ['claims', 'reads'])
    for (const state of ['used', 'idle', 'waiting'])
      expect(scrape.sum('seonchak_postgres_pool', { pool, state })).toBeGreaterThanOrEqual(0);

  // The statements of scrapes themselves wait for connections, and must not look like a pool that is used up.
  for (let i = 0; i < 3; i++)
    expect((await Scrape.of(worker)).sum('seonchak_postgres_pool', { state: 'waiting' })).toBe(0);

  // A round that fails is none: the age rises until the table is back.
  const age = async (): Promise<number> =>
    (await Scrape.of(worker)).sum('seonchak_reaper_round_age_seconds') ?? NaN;
  await world.rows('ALTER TABLE campaign_upkeep RENAME TO away');
  let aged = 0;
  try {
    const first = await age();
    aged = await eventually(async () => {
      const now = await age();
      expect(now).toBeGreaterThan(first + 1);
      return now;
    });
  } finally {
    await world.rows('ALTER TABLE away RENAME TO campaign_upkeep');
  }
  await eventually(async () => expect(await age()).toBeLessThan(aged));
});
