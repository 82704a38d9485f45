import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'supertest';
import type { SeriesView } from '../../src/live/series/series.dto.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problem.js';
import { rush, users } from '../support/rush.js';
import { type RunningApp, World } from '../support/world.js';

const STEP_MS = 10_000;

let world: World;
let api: RunningApp;
let client: Client;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api');
  client = new Client(api);
});

afterAll(() => world.close());

const read = (campaignId: string, query = ''): Promise<Response> =>
  client.operate('get', `campaigns/${campaignId}/series${query}`);

async function series(campaignId: string, query = ''): Promise<SeriesView> {
  const { status, body } = await read(campaignId, query);
  expect(status).toBe(200);
  return body as SeriesView;
}

const sum = ({ items }: SeriesView, of: 'accepted' | 'waitlisted' | 'soldOut' | 'refused' | 'paid'): number =>
  items.reduce((total, item) => total + item[of], 0);

describe('GET …/series', () => {
  it('keeps what all instances have done, summed up, also when they end', async () => {
    await client.createCampaign({ id: 'kept', capacity: 10, waitingCapacity: 5 });
    const others = [await world.start('api'), await world.start('api')];
    const worker = await world.start('worker');
    await rush(
      others.map((other) => new Client(other)),
      'kept',
      users(1, 20),
    );
    await eventually(async () =>
      expect((await client.stats('kept')).body).toMatchObject({ postgres: { success: 10 } }),
    );
    await Promise.all([...others, worker].map((running) => running.close()));

    const kept = await series('kept');
    expect({
      accepted: sum(kept, 'accepted'),
      waitlisted: sum(kept, 'waitlisted'),
      soldOut: sum(kept, 'soldOut'),
      paid: sum(kept, 'paid'),
    }).toEqual({ accepted: 10, waitlisted: 5, soldOut: 5, paid: 10 });
    expect(kept).toMatchObject({ stepMs: STEP_MS, next: null });
    expect(kept.items.length).toBeLessThanOrEqual(2);
    for (const { at } of kept.items) expect(new Date(at).getTime() % STEP_MS).toBe(0);
    // Who waits is told that it is over once all are paid, which may be before the last step is written.
    expect(kept.items.at(-1)).toMatchObject({ available: 0, processing: 0, settled: 10 });
    expect(kept.items[0]!.p99Ms).toBeGreaterThan(0);
  });

  it('keeps a step soon after its end, and nothing of those in which nothing happened', async () => {
    await client.createCampaign({ id: 'soon', capacity: 1, waitingCapacity: 0 });
    await client.changeCampaign('soon', { state: 'PAUSED' });
    await client.claim('soon', 1);
    await eventually(async () => expect(sum(await series('soon'), 'refused')).toBe(1), STEP_MS + 3_000);
    const { items } = await series('soon');
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ accepted: 0, paid: 0, available: 1 });
    expect(await world.rows(`SELECT FROM campaign_series WHERE campaign_id <> 'kept'`)).toHaveLength(1);
  }, 20_000);

  it('comes in pages, from and to a time', async () => {
    await client.createCampaign({ id: 'pages', capacity: 1 });
    await world.rows(`
      INSERT INTO campaign_series (campaign_id, at, accepted, waitlisted, sold_out, refused, unavailable, paid, latencies)
      SELECT 'pages', '2026-01-01T00:00:00Z'::timestamptz + n * interval '10 s', n, 0, 0, 0, 0, 0, '{}'
        FROM generate_series(1, 7) AS n`);
    const got: number[] = [];
    for (let from: string | null = '2026-01-01T00:00:20Z'; from !== null;) {
      const page: SeriesView = await series('pages', `?from=${from}&to=2026-01-01T00:01:10Z&limit=2`);
      got.push(...page.items.map(({ accepted }) => accepted));
      from = page.next as string | null;
    }
    expect(got).toEqual([2, 3, 4, 5, 6]);
    expect((await series('pages')).items).toHaveLength(7);
    expect((await series('pages', '?from=0000-01-01T00:00:00Z')).items).toHaveLength(7);
    expect((await series('pages', '?to=0000-01-01T00:00:00%2B09:00')).items).toHaveLength(0);
    expect((await series('pages')).items[0]).toMatchObject({ available: null, p99Ms: null });
  });

  it('refuses what is no time, and a campaign that does not exist', async () => {
    expectProblem(await read('pages', '?from=yesterday'), 400, 'invalid-request');
    expectProblem(await read('nope'), 404, 'unknown-campaign');
  });

  it('goes by age', async () => {
    await client.createCampaign({ id: 'old', capacity: 1 });
    await world.rows(`
      INSERT INTO campaign_series (campaign_id, at, accepted, waitlisted, sold_out, refused, unavailable, paid, latencies)
      SELECT 'old', now() - age * interval '1 min', 0, 0, 0, 0, 0, age, '{}' FROM unnest(ARRAY[55, 65, 90]) AS age`);
    const worker = await world.start('worker', { SERIES_KEPT_MS: '3600000', REAPER_BATCH_SIZE: '1' });
    await eventually(async () => expect((await series('old')).items.map(({ paid }) => paid)).toEqual([55]));
    await worker.close();
  });
});

it('what Postgres could not be told is told later', async () => {
  await client.createCampaign({ id: 'late', capacity: 3 });
  await world.rows(`ALTER TABLE campaign_series RENAME TO campaign_series_away`);
  try {
    for (const userId of users(1, 3)) expect((await client.claim('late', userId)).status).toBe(202);
    await sleep(STEP_MS + 1_500);
  } finally {
    await world.rows(`ALTER TABLE campaign_series_away RENAME TO campaign_series`);
  }
  await eventually(async () => expect(sum(await series('late'), 'accepted')).toBe(3));
}, 30_000);
