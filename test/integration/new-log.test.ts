import { emptyLog } from '../../src/transparency/restoring/empty-log.js';
import { Client } from '../support/client.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let worker: RunningApp;
let client: Client;
let log: LogReader;

beforeEach(async () => {
  world = await World.create({ ...logVariables(), FINISH_AFTER_MS: '0' });
  client = new Client(await world.start('api'));
  log = new LogReader(world);
  worker = await world.start('worker');
  await log.begun();
  await client.createCampaign({ id: 'old', capacity: 2 });
  await client.claim('old', 1);
  await log.leavesUpTo('paid', 'old');
  await log.published();
});

afterEach(() => world.close());

const empty = (isMeant = true) => emptyLog(world.variables.DATABASE_URL ?? '', isMeant);

it('leaves a log alone that a worker writes, or that it was only asked about', async () => {
  const leaves = await log.leaves();
  expect(await empty()).toEqual({ outcome: 'being-written', size: leaves.length });
  await worker.close();
  expect(await empty(false)).toEqual({ outcome: 'tried', size: leaves.length });
  expect(await log.leaves()).toEqual(leaves);
});

it('empties the tables of the log alone, so that another one begins', async () => {
  await worker.close();
  expect(await empty()).toMatchObject({ outcome: 'emptied' });
  expect(await world.rows(`SELECT user_id FROM user_grants WHERE campaign_id = 'old'`)).toHaveLength(1);
  await world.start('worker', logVariables());
  await log.begun();
  expect((await log.leavesUpTo('unproven', 'old')).at(-1)).toBe('unproven');
  await client.createCampaign({ id: 'new', capacity: 1 });
  await client.claim('new', 1);
  await log.leavesUpTo('end', 'new');
  await expect(world.rows('DELETE FROM log_leaves')).rejects.toThrow();
  await expect(world.rows('DELETE FROM log_state')).rejects.toThrow();
});
