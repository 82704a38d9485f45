import { payoutKey } from '../../src/ledger/payout-key.js';
import { PayoutConclusions } from '../../src/payouts/payout-conclusions.js';
import { PassingEvents } from '../../src/reaper/passing-events.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { pendingCampaign } from '../support/pending-campaign.js';
import { webhookHeaders } from '../support/webhook-headers.js';
import { type RunningApp, World } from '../support/world.js';

// A provider may repeat itself for ever: what it tells and what changes nothing has an end here.

let world: World;
let worker: RunningApp;

beforeAll(async () => {
  // Nothing but these tests has the reaper look.
  world = await World.create({ REAPER_INTERVAL_MS: '3600000', REAPER_BATCH_SIZE: '50' });
  worker = await world.start('worker');
});

afterAll(() => world.close());

/** @param age as Postgres understands it */
const tellOf = (effect: string, age: string, count: number): Promise<unknown> =>
  world.rows(
    `INSERT INTO provider_events (id, type, idempotency_key, effect, body, received_at)
     SELECT format('%s %s %s', $1::text, $2::text, n), 'transfer.settled', 'grant:default:1', $1, '{}', now() - $2::interval
       FROM generate_series(1, $3::int) AS n`,
    [effect, age, count],
  );

const left = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    (
      await world.rows<{ effect: string; count: number }>(
        `SELECT effect, count(*)::int FROM provider_events GROUP BY effect`,
      )
    ).map(({ effect, count }) => [effect, count]),
  );

it('events that changed nothing are deleted after PAYOUT_EVENTS_KEPT_MS, in bounded batches; what changed a payout stays', async () => {
  const passing = ['known', 'unknown-payout', 'contradiction', 'other-transfer', 'meaningless'];
  for (const effect of passing) {
    await tellOf(effect, '31 days', 160);
    await tellOf(effect, '29 days', 1);
  }
  await tellOf('applied', '400 days', 3);
  const events = worker.app.get(PassingEvents);
  await events.deleteOld();
  expect(Object.values(await left()).reduce((sum, count) => sum + count, 0)).toBe(5 * 161 + 3 - 10 * 50);
  await events.deleteOld();
  expect(await left()).toEqual({ ...Object.fromEntries(passing.map((effect) => [effect, 1])), applied: 3 });
});

it('are found by an index, however many are kept', async () => {
  await tellOf('applied', '40 days', 20_000);
  await tellOf('known', '20 days', 20_000);
  await world.rows('ANALYZE provider_events');
  const plan = await world.rows<{ 'QUERY PLAN': string }>(
    `EXPLAIN SELECT id FROM provider_events WHERE effect <> 'applied' AND received_at < now() - interval '30 days'
      ORDER BY received_at LIMIT 50`,
  );
  expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('provider_events_passing');
});

it('may not be deleted while a signature may be good, nor ever where they changed something', async () => {
  await tellOf('known', '47 hours', 1);
  for (const what of [`effect = 'applied'`, `received_at > now() - interval '2 days'`])
    await expect(world.rows(`DELETE FROM provider_events WHERE ${what}`)).rejects.toThrow('append-only');
});

it('a payout’s history holds the first ten contradictions of its outcome (R13)', async () => {
  const api = await world.start('api');
  await pendingCampaign(world, new Client(api), { id: 'contradicted', capacity: 1 });
  const idempotencyKey = payoutKey('contradicted', '1');
  await world.rows(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, request_body, first_sent_at)
     VALUES ('contradicted', 1, $1, 'HELD', '{}', now())`,
    [idempotencyKey],
  );
  const conclusions = api.app.get(PayoutConclusions);
  const news = { idempotencyKey, providerReference: 'tr_1' };
  await conclusions.conclude({ ...news, state: 'SETTLED', reason: null });
  for (let times = 0; times < 12; times++) {
    const told = await conclusions.conclude({ ...news, state: 'REJECTED', reason: `reason-${times}` });
    expect(told.effect).toBe('contradiction');
  }
  expect(
    await world.rows(
      `SELECT event, count(*)::int FROM payout_events WHERE idempotency_key = $1 GROUP BY event ORDER BY event`,
      [idempotencyKey],
    ),
  ).toEqual([
    { event: 'CONTRADICTED', count: 10 },
    { event: 'SETTLED', count: 1 },
  ]);
});

it('an event about another transfer than ours changes nothing, also when our payout is begun as it comes', async () => {
  const PAYOUT_WEBHOOK_SECRET = 'a-secret-that-signs-the-events-of-a-provider';
  const api = await world.start('api', { PAYOUT_WEBHOOK_SECRET });
  await pendingCampaign(world, new Client(api), { id: 'begun', capacity: 1, amount: 10 });
  const idempotencyKey = payoutKey('begun', '1');
  const transfer = { campaignId: 'begun', userId: '1', amount: 1_000, currency: 'KRW', state: 'settled' };
  const type = 'transfer.settled';
  const body = JSON.stringify({ type, transfer: { ...transfer, id: 'tr_1', idempotencyKey } });
  const holder = await world.pg.connect();
  await holder.query('BEGIN; LOCK TABLE user_grants'); // it is looked for, and not there; then the payout is concluded
  const told = fetch(`${api.url}/v1/payout-events`, {
    method: 'POST',
    headers: [
      ['content-type', 'application/json'],
      ...webhookHeaders(PAYOUT_WEBHOOK_SECRET, 'evt_begun', Buffer.from(body)),
    ] as [string, string][],
    body,
  });
  const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await eventually(async () => expect(await world.rows(waits)).not.toEqual([]));
  await holder.query(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, request_body, first_sent_at, leased_until)
     VALUES ('begun', 1, $1, 'SENDING', $2, now(), now() + interval '1 hour')`,
    [idempotencyKey, JSON.stringify({ campaignId: 'begun', userId: '1', amount: 10, currency: 'KRW' })],
  );
  await holder.query('COMMIT');
  holder.release();
  expect((await told).status).toBe(204);
  expect(
    await world.rows(
      `SELECT state, effect FROM payouts JOIN provider_events USING (idempotency_key) WHERE campaign_id = 'begun'`,
    ),
  ).toEqual([{ state: 'SENDING', effect: 'other-transfer' }]);
});
