import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Scrape } from '../support/scrape.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let api: RunningApp;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api');
  await new Client(api).createCampaign({ id: 'c', capacity: 1 });
});

afterAll(() => world.close());

const overdue = async (): Promise<number | undefined> =>
  (await Scrape.of(api)).sum('seonchak_upkeep_overdue_seconds');

it('the metrics of an api show that no reaper runs, and that one runs again', async () => {
  await world.rows(
    `UPDATE campaign_upkeep SET next_look_at = now() - interval '1 hour' WHERE campaign_id = 'c'`,
  );
  await eventually(async () => expect(await overdue()).toBeGreaterThanOrEqual(3_600));
  await world.start('worker');
  await eventually(async () => expect(await overdue()).toBeLessThan(3_600));
});

it('the metric is NaN while Postgres does not answer', async () => {
  await world.rows(`ALTER TABLE campaign_upkeep RENAME TO away`);
  try {
    await eventually(async () => expect(await overdue()).toBeNaN());
  } finally {
    await world.rows(`ALTER TABLE away RENAME TO campaign_upkeep`);
  }
  await eventually(async () => expect(await overdue()).toBeGreaterThanOrEqual(0));
});
