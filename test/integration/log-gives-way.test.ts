import { DataSource } from 'typeorm';
import { ChangeFeed } from '../../src/changes/change-feed.js';
import { Failpoints } from '../../src/platform/failpoints/failpoints.js';
import { readLogState } from '../../src/transparency/log/log-store.js';
import { LogWriter } from '../../src/transparency/log/log-writer.js';
import { readOpenCampaigns } from '../../src/transparency/sequencer/read-campaigns.js';
import { FrozenLists } from '../../src/transparency/sequencer/frozen-lists.js';
import { READER, Sequencer } from '../../src/transparency/sequencer/sequencer.js';
import { Client } from '../support/client.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { type RunningApp, World } from '../support/world.js';

const patienceMs = 60_000;

let world: World;
let api: RunningApp;
let client: Client;
let log: LogReader;

beforeEach(async () => {
  world = await World.create(logVariables());
  api = await world.start('api');
  client = new Client(api);
  log = new LogReader(world);
});

afterEach(() => world.close());

/** A campaign whose first claim is in the log, which no process writes any more. */
async function claimedCampaign(id: string): Promise<Sequencer> {
  const worker = await world.start('worker');
  await log.begun();
  await client.createCampaign({ id, capacity: 9 });
  await client.operate('patch', `campaigns/${id}/payouts`, { state: 'STOPPED', reason: 'a test' });
  await client.claim(id, 1);
  await log.leavesUpTo('claim', id);
  await worker.close();
  const source = api.app.get(DataSource);
  const feed = api.app.get(ChangeFeed, { strict: false });
  const { size } = await readLogState(source.manager);
  const writer = await LogWriter.read(source, size);
  const { signal } = new AbortController();
  const lists = new FrozenLists(source, signal);
  const campaigns = await readOpenCampaigns(source, size, null, signal);
  const position = await feed.positionOf(READER);
  return new Sequencer(source, feed, writer, lists, campaigns, position, patienceMs, api.app.get(Failpoints));
}

const claimsOf = async (id: string): Promise<number> =>
  (await log.leaves()).filter((line) => line.startsWith(`v1 claim ${id} `)).length;

/** Rounds until so many claims are in the log: a transaction of somebody else may hold the feed back for a moment. */
async function roundsUntil(sequencer: Sequencer, id: string, claims: number, seenBy: number): Promise<void> {
  do await sequencer.round(seenBy);
  while ((await claimsOf(id)) < claims);
  expect(await claimsOf(id)).toBe(claims);
}

it('leaves for later what no round had seen by the given moment', async () => {
  const sequencer = await claimedCampaign('way');
  await client.claim('way', 2);
  const { hasMore, isWhole } = await sequencer.round(performance.now());
  expect(await claimsOf('way')).toBe(1);
  expect({ hasMore, isWhole }).toEqual({ hasMore: false, isWhole: false });
  const seenTwo = performance.now();
  await client.claim('way', 3);
  await roundsUntil(sequencer, 'way', 2, seenTwo);
  await client.claim('way', 4);
  await sequencer.round(seenTwo);
  expect(await claimsOf('way')).toBe(2);
  await roundsUntil(sequencer, 'way', 4, performance.now());
  await client.claim('way', 5);
  await roundsUntil(sequencer, 'way', 5, Infinity);
});

it('leaves an outcome for later that no round had seen by the given moment', async () => {
  const sequencer = await claimedCampaign('leaving');
  await client.revoke('leaving', 1);
  const revocations = async (): Promise<number> =>
    (await log.leaves()).filter((line) => line.startsWith('v1 revoked leaving ')).length;
  await sequencer.round(performance.now());
  expect(await revocations()).toBe(0);
  // A transaction of somebody else may hold the feed back for a moment.
  do await sequencer.round(performance.now());
  while ((await revocations()) === 0);
  expect(await revocations()).toBe(1);
});

it('gives way to nothing while the rows contradict the rules', async () => {
  const sequencer = await claimedCampaign('wronged');
  await world.rows(`UPDATE user_grants SET status = 'SUCCESS' WHERE campaign_id = 'wronged'`);
  await sequencer.round(Infinity);
  await client.claim('wronged', 2);
  await roundsUntil(sequencer, 'wronged', 2, 0);
});
