import { DataSource, type QueryRunner } from 'typeorm';
import { type Change, ChangeFeed, type ChangePosition } from '../../src/changes/change-feed.js';
import { PayoutConclusions } from '../../src/payouts/payout-conclusions.js';
import { drawEnd, readMoment } from '../../src/changes/moment.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { users } from '../support/rush.js';
import { Scrape } from '../support/scrape.js';
import { type RunningApp, World } from '../support/world.js';

// The feed of what committed transactions changed (docs/adr/0040): all of it, once, and in the order of causes.

let world: World;
let api: RunningApp;
let client: Client;
let source: DataSource;
let feed: ChangeFeed;
let place: ChangePosition;

beforeAll(async () => {
  world = await World.create({ FINISH_AFTER_MS: '0' });
  api = await world.start('api');
  client = new Client(api);
  source = api.app.get(DataSource);
  feed = new ChangeFeed(source);
});

afterAll(() => world.close());

/** Waits until all that is committed can be read: tests in other databases of the server have transactions, too. */
async function settled(): Promise<void> {
  const [now] = await world.rows<{ xid: string }>(`SELECT pg_current_xact_id()::text AS xid`);
  await eventually(async () =>
    expect(
      await world.rows(`SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 AS "isOver"`, [now!.xid]),
    ).toEqual([{ isOver: true }]),
  );
}

/** Reads on from where the last read ended. */
async function news(): Promise<readonly Change[]> {
  await settled();
  return shown();
}

async function shown(): Promise<readonly Change[]> {
  const changes = await source.transaction('REPEATABLE READ', (snapshot) =>
    feed.read(snapshot, place, 1_000),
  );
  place = changes.at(-1)?.position ?? place;
  return changes;
}

/** `<kind>` of a campaign, `<kind> <arrivalNo>` of each person. */
function told(changes: readonly Change[], campaignId: string): string[] {
  return changes
    .filter((change) => change.campaignId === campaignId)
    .flatMap(({ kind, arrivalNos }) =>
      arrivalNos.length === 0 ? [kind] : arrivalNos.map((arrivalNo) => `${kind} ${arrivalNo}`),
    );
}

async function conclude(key: string, state: 'SETTLED' | 'REVERSED'): Promise<void> {
  const conclusion = { idempotencyKey: key, state, reason: null, providerReference: key };
  expect((await api.app.get(PayoutConclusions).conclude(conclusion)).effect).toBe('applied');
}

/** A payout that a provider was asked for. */
function begin(campaignId: string, userId: number): Promise<unknown> {
  return world.rows(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, due_at)
     VALUES ($1, $2, $3, 'IN_DOUBT', now() + interval '1 hour')`,
    [campaignId, userId, `grant:${campaignId}:${userId}`],
  );
}

const readAll = (): Promise<unknown[]> => world.rows(`SELECT FROM changes`);

it('keeps nothing while nobody reads', async () => {
  await client.createCampaign({ id: 'unread', capacity: 1, waitingCapacity: 0 });
  await client.changeCampaign('unread', { state: 'PAUSED' });
  expect(await readAll()).toEqual([]);
  place = await feed.register('test');
  expect(await feed.register('test')).toEqual(place); // a reader that comes back goes on
});

it('tells each change once, causes first, and nothing of the claims of newcomers', async () => {
  await client.createCampaign({ id: 'drop', capacity: 3, waitingCapacity: 5, reversalPolicy: 'regrant' });
  const [terms, ...others] = await news();
  expect(others).toEqual([]);
  expect(terms).toMatchObject({ campaignId: 'drop', kind: 'terms', arrivalNos: [] });
  expect(terms?.detail).toEqual({
    ...{ revision: 1, state: 'OPEN', opensAt: null, closesAt: null },
    ...{ capacity: 3, waitingCapacity: 5, amount: 10, currency: 'KRW', reversalPolicy: 'regrant' },
  });
  for (const userId of users(1, 8)) await client.claim('drop', userId);
  expect(await news()).toEqual([]);

  await client.revoke('drop', 1); // 4 gets slot 1
  await client.leave('drop', 8);
  await begin('drop', 2);
  await conclude('grant:drop:2', 'SETTLED');
  await client.closeWallet(3); // 5 gets slot 3
  const worker = await world.start('worker');
  const status = async (userId: number): Promise<string> => (await client.status('drop', userId)).body.status;
  await eventually(async () => expect([await status(4), await status(5)]).toEqual(['SUCCESS', 'SUCCESS']));
  await conclude('grant:drop:2', 'REVERSED'); // 6 gets slot 2
  await eventually(async () => expect(await status(6)).toBe('SUCCESS'));
  await client.changeCampaign('drop', { state: 'CLOSED' });
  await eventually(async () => expect(await status(7)).toBe('ENDED'));
  await worker.close();

  const changes = told(await news(), 'drop');
  const people = changes.filter((change) => change.includes(' '));
  expect([...people].sort()).toEqual([
    ...['ended 7', 'failed 1', 'failed 3', 'left 8'],
    ...['paid 2', 'paid 4', 'paid 5', 'paid 6'],
    ...['promoted 4', 'promoted 5', 'promoted 6', 'reversed 2'],
  ]);
  for (const [cause, effect] of [
    ...[['failed 1', 'promoted 4'] as const, ['failed 3', 'promoted 5'] as const],
    ...[['paid 2', 'reversed 2'] as const, ['reversed 2', 'promoted 6'] as const],
    ...[
      ['promoted 4', 'paid 4'] as const,
      ['promoted 5', 'paid 5'] as const,
      ['promoted 6', 'paid 6'] as const,
    ],
    ['state', 'ended 7'] as const,
  ])
    expect(changes.indexOf(cause)).toBeLessThan(changes.indexOf(effect));
});

it('tells a reversal that is kept, and the end of the campaign', async () => {
  await client.createCampaign({ id: 'kept', capacity: 1, waitingCapacity: 0, reversalPolicy: 'keep' });
  await client.claim('kept', 1);
  await begin('kept', 1);
  await conclude('grant:kept:1', 'SETTLED');
  await conclude('grant:kept:1', 'REVERSED');
  const worker = await world.start('worker');
  await eventually(async () =>
    expect(
      await world.rows(`SELECT FROM campaigns WHERE id = 'kept' AND finished_at IS NOT NULL`),
    ).toHaveLength(1),
  );
  await worker.close();
  expect(told(await news(), 'kept')).toEqual(['terms', 'paid 1', 'reversed 1', 'state', 'finished']);
});

it('is one row for all whom a statement concerns', async () => {
  await client.createCampaign({ id: 'many', capacity: 50, waitingCapacity: 0 });
  for (const userId of users(1, 50)) await client.claim('many', userId);
  await news();
  await world.rows(`UPDATE user_grants SET status = CASE WHEN user_id > 40 THEN 'FAILED' ELSE 'SUCCESS' END
                     WHERE campaign_id = 'many'`);
  const changes = await news();
  expect(changes.map(({ kind, arrivalNos }) => [kind, arrivalNos])).toEqual([
    ['failed', users(41, 10)],
    ['paid', users(1, 40)],
  ]);
});

it('shows no change while a transaction below it is open, and skips none', async () => {
  await client.createCampaign({ id: 'late', capacity: 1, waitingCapacity: 0 });
  await news();
  const early: QueryRunner = source.createQueryRunner();
  await early.startTransaction();
  await early.query(`UPDATE campaigns SET revision = revision + 1 WHERE id = 'late'`);
  await client.createCampaign({ id: 'quick', capacity: 1, waitingCapacity: 0 });
  expect(await shown()).toEqual([]); // committed, and above what is open
  await early.commitTransaction();
  await early.release();
  expect((await news()).map(({ campaignId, kind }) => [campaignId, kind])).toEqual([
    ['late', 'state'],
    ['quick', 'terms'],
  ]);
});

it('begins for a new reader before whatever is under way', async () => {
  const early: QueryRunner = source.createQueryRunner();
  await early.startTransaction();
  await early.query(`UPDATE campaigns SET name = 'has an id' WHERE id = 'late'`);
  const first = await feed.register('second');
  await early.query(`UPDATE campaigns SET revision = revision + 1 WHERE id = 'late'`);
  await early.commitTransaction();
  await early.release();
  await settled();
  const changes = await source.transaction((snapshot) => feed.read(snapshot, first, 1_000));
  expect(told(changes, 'late')).toContain('state');
  await feed.unregister('second');
  await news();
});

it('keeps what one reader has not read, and deletes what all have', async () => {
  const start = await feed.register('other');
  await source.transaction((transaction) => feed.confirm(transaction, 'test', place));
  await client.createCampaign({ id: 'more', capacity: 1, waitingCapacity: 0 });
  const [change] = await news();
  await source.transaction((transaction) => feed.confirm(transaction, 'test', change!.position));
  while ((await feed.prune(7)) > 0);
  expect(await world.rows(`SELECT campaign_id AS id FROM changes`)).toEqual([{ id: 'more' }]);
  await expect(world.rows(`DELETE FROM changes`)).rejects.toMatchObject({ code: '23000' });
  await expect(
    source.transaction((transaction) => feed.confirm(transaction, 'test', start)), // another process, far behind
  ).rejects.toThrow('not at its place');
  await feed.unregister('other');
  expect(await feed.prune(7)).toBe(1);
  await feed.unregister('test');
  await client.createCampaign({ id: 'unread-again', capacity: 1, waitingCapacity: 0 });
  expect(await readAll()).toEqual([]);
});

it('reads and deletes nothing for a reader that comes from another server, where transactions were further', async () => {
  await feed.register('moved');
  await client.createCampaign({ id: 'elsewhere', capacity: 1, waitingCapacity: 0 });
  await world.rows(`UPDATE change_readers SET xid = '9000000000000000000' WHERE name = 'moved'`);
  await settled();
  expect(await feed.prune(7)).toBe(0);
  expect(await readAll()).toHaveLength(1);
  await expect(feed.register('moved')).rejects.toThrow('was restored into another server');
  await feed.unregister('moved');
});

it('shows how long changes have waited for a reader that does not come, also for one from another server', async () => {
  const worker = await world.start('worker');
  const waited = async (): Promise<number | undefined> =>
    (await Scrape.of(worker)).sum('seonchak_changes_unread_seconds', { reader: 'gone' });
  await feed.register('gone');
  await eventually(async () => expect(await waited()).toBeUndefined());
  await client.createCampaign({ id: 'kept-for-ever', capacity: 1, waitingCapacity: 0 });
  await eventually(async () => expect(await waited()).toBeGreaterThan(0));
  await world.rows(`UPDATE change_readers SET xid = '9000000000000000000' WHERE name = 'gone'`);
  await eventually(async () => expect(await waited()).toBeGreaterThan(0));
  await feed.unregister('gone');
  await eventually(async () => expect(await waited()).toBeUndefined());
  await worker.close();
});

it('whoever has to see what was under way waits for the newest transaction, too', async () => {
  const newest = source.createQueryRunner();
  await newest.startTransaction();
  await newest.query(`SELECT pg_current_xact_id()`);
  const end = await drawEnd(source);
  expect((await readMoment(source.manager)).horizon).toBeLessThan(end);
  await newest.commitTransaction();
  await newest.release();
  await eventually(async () =>
    expect((await readMoment(source.manager)).horizon).toBeGreaterThanOrEqual(end),
  );
});
