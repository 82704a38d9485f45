import { SlotService } from '../../src/grants/slots/slot.service.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Inside } from '../support/inside.js';
import { users } from '../support/rush.js';
import { type RunningApp, World } from '../support/world.js';

// What Postgres keeps of each gate, for the log of a fair order (docs/transparency.md).

let world: World;
let api: RunningApp;
let client: Client;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api');
  client = new Client(api);
});

afterAll(() => world.close());

const revisions = (campaignId: string): Promise<unknown[]> =>
  world.rows(
    `SELECT revision::int, epoch::int, arrival_no::int AS "arrivalNo" FROM gate_revisions WHERE campaign_id = $1 ORDER BY 1`,
    [campaignId],
  );

const epochs = (campaignId: string): Promise<unknown[]> =>
  world.rows(
    `SELECT epoch::int, rebuilt_up_to::int AS "upTo" FROM campaign_epochs WHERE campaign_id = $1 ORDER BY 1`,
    [campaignId],
  );

async function claim(campaignId: string, ...userIds: readonly number[]): Promise<void> {
  for (const userId of userIds)
    await eventually(async () => expect((await client.claim(campaignId, userId)).status).toBe(202));
}

it('says at which arrival number a pause and its end were in force', async () => {
  await client.createCampaign({ id: 'pausing', capacity: 9, waitingCapacity: 0 });
  await claim('pausing', 1, 2, 3);
  await client.changeCampaign('pausing', { state: 'PAUSED' });
  expect((await client.claim('pausing', 4)).body.code).toBe('paused');
  await client.changeCampaign('pausing', { state: 'OPEN' });
  await claim('pausing', 4);
  expect(await revisions('pausing')).toEqual([
    { revision: 1, epoch: 1, arrivalNo: 0 },
    { revision: 2, epoch: 1, arrivalNo: 3 },
    { revision: 3, epoch: 1, arrivalNo: 3 },
  ]);
});

it('knows the number although whoever told the gate died before it was on record', async () => {
  await client.createCampaign({ id: 'dying', capacity: 9, waitingCapacity: 0 });
  await claim('dying', 1, 2);
  await world.rows(`UPDATE campaigns SET revision = 2, name = 'renamed' WHERE id = 'dying'`);
  const taken = await api.app.get(SlotService).announce('dying', {
    ...{ revision: '2', state: 'OPEN', opensAt: null, closesAt: null, waitingCapacity: 0 },
  });
  expect(taken).toEqual({ revision: '2', epoch: '1', arrivalNo: '2' });
  await claim('dying', 3);
  const worker = await world.start('worker'); // its reaper tells the gate again
  await eventually(async () =>
    expect(await revisions('dying')).toContainEqual({ revision: 2, epoch: 1, arrivalNo: 2 }),
  );
  await worker.close();
});

it('knows where a pause ended although the process died before the record and the gate was lost', async () => {
  await client.createCampaign({ id: 'reopened', capacity: 9, waitingCapacity: 0 });
  await claim('reopened', 1, 2);
  await client.changeCampaign('reopened', { state: 'PAUSED' });
  await reopenedByOneWhoDies('reopened', '3');
  await claim('reopened', 3, 4);
  await world.redis.flushdb(); // a rebuilt gate only knows the last number
  await claim('reopened', 5);
  expect(await revisions('reopened')).toEqual([
    { revision: 1, epoch: 1, arrivalNo: 0 },
    { revision: 2, epoch: 1, arrivalNo: 2 },
    { revision: 3, epoch: 1, arrivalNo: 2 },
  ]);
});

it('knows that nobody had got in before an opening that was moved forward', async () => {
  const opensAt = new Date(Date.now() + 3_600_000).toISOString();
  await client.createCampaign({ id: 'earlier', capacity: 9, waitingCapacity: 0, opensAt });
  expect((await client.claim('earlier', 1)).body.code).toBe('not-open');
  await eventually(async () => expect(await revisions('earlier')).toHaveLength(1));
  await reopenedByOneWhoDies('earlier', '2');
  await claim('earlier', 1, 2);
  await world.redis.flushdb();
  await claim('earlier', 3);
  expect(await revisions('earlier')).toContainEqual({ revision: 2, epoch: 1, arrivalNo: 0 });
});

/** An instance lets people in again, tells the gate, and dies before it records when the gate took that. */
async function reopenedByOneWhoDies(campaignId: string, revision: string): Promise<void> {
  await world.rows(
    `UPDATE campaigns SET state = 'OPEN', opens_at = NULL, revision = revision + 1 WHERE id = $1`,
    [campaignId],
  );
  await api.app.get(SlotService).announce(campaignId, {
    ...{ revision, state: 'OPEN', opensAt: null, closesAt: null, waitingCapacity: 0 },
  });
}

it('says which numbers each gate knew, so that lost ones can be told', async () => {
  await client.createCampaign({ id: 'losing', capacity: 9, waitingCapacity: 0 });
  const inside = new Inside(api);
  await inside.decide('losing', [1, 2]); // numbers 1 and 2, in Redis only
  await inside.decideAndRecord('losing', [3]);
  await inside.decide('losing', [4]);
  await world.redis.flushdb();
  await claim('losing', ...users(5, 2));
  expect(await epochs('losing')).toEqual([
    { epoch: 1, upTo: 0 },
    { epoch: 2, upTo: 3 },
  ]);
  expect(
    await world.rows(`SELECT arrival_no::int AS no FROM user_grants WHERE campaign_id = 'losing' ORDER BY 1`),
  ).toEqual([{ no: 3 }, { no: 4 }, { no: 5 }]);
  expect(await revisions('losing')).toEqual([{ revision: 1, epoch: 1, arrivalNo: 0 }]); // the first record stands
});

it('never changes, and a key is forgotten but not exchanged', async () => {
  const keys = await world.rows<{ length: number }>(
    `SELECT octet_length(key) AS length FROM campaign_log_keys`,
  );
  expect(keys).toEqual(Array.from({ length: 5 }, () => ({ length: 32 })));
  for (const change of [
    `UPDATE campaign_epochs SET rebuilt_up_to = 0`,
    `UPDATE gate_revisions SET arrival_no = 0`,
    `UPDATE campaign_log_keys SET made_at = now()`,
  ])
    await expect(world.rows(change)).rejects.toMatchObject({ code: '23000' });
  await world.rows(`DELETE FROM campaign_log_keys WHERE campaign_id = 'losing'`);
});
