import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { type RunningApp, World } from '../support/world.js';

// What cannot be said of one campaign stops the log of that campaign, and of no other.

let world: World;
let client: Client;
let log: LogReader;
let worker: RunningApp;

beforeAll(async () => {
  world = await World.create({ ...logVariables(), FINISH_AFTER_MS: '0' });
  client = new Client(await world.start('api'));
  log = new LogReader(world);
  await client.createCampaign({ id: 'older', capacity: 1 });
  await world.rows(`UPDATE campaigns SET opens_at = '1969-01-01' WHERE id = 'older'`);
  worker = await world.start('worker');
  await log.begun();
});

afterAll(() => world.close());

/** Checks that the log takes a whole campaign now. */
async function expectGoesOn(id: string): Promise<void> {
  await client.createCampaign({ id, capacity: 1 });
  await client.claim(id, 1);
  expect((await log.leavesUpTo('end', id)).at(-1)).toBe('end 1 1 0 0 0');
}

/** Has the feed tell this of a campaign. */
const tell = (campaignId: string, kind: string, detail: string): Promise<unknown> =>
  world.rows(
    `WITH told AS (
       INSERT INTO changes (campaign_id, kind, detail) VALUES ($1, $2, $3::jsonb) RETURNING id
     ) SELECT id FROM told`,
    [campaignId, kind, detail],
  );

it('begins although the terms of an older campaign cannot be said, which stays unproven', async () => {
  await eventually(async () =>
    expect((await log.leaves()).filter((line) => line.includes(' older '))).toEqual([
      expect.stringMatching(/^v1 unproven older \d+$/),
    ]),
  );
  await expectGoesOn('after-older');
});

it('goes on when a campaign closes before 1970', async () => {
  await client.createCampaign({ id: 'early', capacity: 1 });
  await log.leavesUpTo('epoch', 'early');
  await world.rows(
    `UPDATE campaigns SET closes_at = '1969-01-01', state = 'CLOSED', revision = revision + 1 WHERE id = 'early'`,
  );
  expect((await log.leavesUpTo('stopped', 'early')).at(-1)).toBe('stopped not-justified');
  await expectGoesOn('after-early');
});

it.each([
  ['no detail at all', 'null'],
  ['a detail without fields', '{}'],
  ['a revision that is no number', '{"revision": "x", "state": "PAUSED"}'],
])('goes on when a change of the terms has %s', async (what, detail) => {
  const id = `odd-${what.replaceAll(' ', '-')}`;
  await client.createCampaign({ id, capacity: 1 });
  await log.leavesUpTo('epoch', id);
  await tell(id, 'state', detail);
  await expectGoesOn(`after-${id}`);
  expect((await log.leavesUpTo('stopped', id)).at(-1)).toBe('stopped not-justified');
});

it('goes on when the terms of a campaign cannot be used, which stays unproven', async () => {
  await tell('formless', 'terms', 'null');
  await world.rows(
    `INSERT INTO campaign_log_keys (campaign_id, key) VALUES ('formless', decode(repeat('00', 32), 'hex'))`,
  );
  await expectGoesOn('after-formless');
  expect((await log.leaves()).filter((line) => line.includes(' formless '))).toEqual([
    expect.stringMatching(/^v1 unproven formless \d+$/),
  ]);
  await log.published();
});

it.each([
  ['cannot be read', 'v1 nonsense'],
  ['break their rules', 'v1 epoch broken 1 7 1764100000000'],
])('begins again when the leaves of a campaign %s, and stops it', async (what, line) => {
  const id = `broken-${what.replaceAll(' ', '-')}`;
  await client.createCampaign({ id, capacity: 1 });
  await log.leavesUpTo('epoch', id);
  await worker.close();
  await world.rows('ALTER TABLE log_leaves DISABLE TRIGGER USER');
  await world.rows(`UPDATE log_leaves SET leaf = $2 WHERE campaign_id = $1 AND leaf LIKE 'v1 epoch %'`, [
    ...[id, line],
  ]);
  await world.rows('ALTER TABLE log_leaves ENABLE TRIGGER USER');
  worker = await world.start('worker');
  expect((await log.leavesUpTo('stopped', id)).at(-1)).toBe('stopped not-justified');
  await expectGoesOn(`after-${id}`);
});
