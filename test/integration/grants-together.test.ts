import { STALE_EPOCH } from '../../src/grants/slots/gate-answers.js';
import type { GateClaim } from '../../src/grants/slots/gate-claim.js';
import { Client } from '../support/client.js';
import { expectSomebodyWaits } from '../support/expect-somebody-waits.js';
import { Inside } from '../support/inside.js';
import { World } from '../support/world.js';

// Grants of several campaigns share a statement (docs/adr/0058). What keeps one of them out keeps no other out.

let world: World;
let client: Client;
let inside: Inside;

beforeAll(async () => {
  world = await World.create({ REAPER_INTERVAL_MS: '3600000' });
  const api = await world.start('api');
  client = new Client(api);
  inside = new Inside(api);
});

afterAll(() => world.close());

async function open(...ids: readonly string[]): Promise<void> {
  for (const id of ids) await client.createCampaign({ id, capacity: 5, waitingCapacity: 5 });
}

const claimOf = (userId: number, arrivalNo = userId, grantSeq = userId): GateClaim => ({
  ...{ userId: String(userId), state: 'PROCESSING', arrivalNo, grantSeq, createdAt: Date.now() },
});

/** Asks in one turn of the event loop, so that the campaigns share a statement. */
async function insertTogether(
  claims: Readonly<Record<string, readonly GateClaim[]>>,
  epochs: Readonly<Record<string, string>> = {},
) {
  const asked = await Promise.all(
    Object.entries(claims).map(async ([id, of]) => ({ id, of, epoch: (await inside.gate(id)).epoch })),
  );
  return Promise.allSettled(
    asked.map(({ id, of, epoch }) => inside.claims.insert(id, epochs[id] ?? epoch, of)),
  );
}

/** Each row as `<campaign> <user> <slot> <arrival>`, in order; then how many transactions wrote them. */
async function recordedIn(ids: readonly string[]): Promise<{ grants: string[]; transactions: number }> {
  const found = await world.rows<{ grant: string; transaction: string }>(
    `SELECT concat_ws(' ', campaign_id, user_id, grant_seq, arrival_no) AS grant, xmin::text AS transaction
       FROM user_grants WHERE campaign_id = ANY ($1) ORDER BY campaign_id, arrival_no`,
    [ids],
  );
  return {
    grants: found.map(({ grant }) => grant),
    transactions: new Set(found.map(({ transaction }) => transaction)).size,
  };
}

const fulfilled = (...userIds: readonly number[]) => ({
  ...{
    status: 'fulfilled',
    value: expect.objectContaining({ userIds: new Set(userIds.map(String)) }) as unknown,
  },
});

it('grants of several campaigns are written by one transaction, each with its own users, slots and arrivals', async () => {
  const ids = ['together-b', 'together-a', 'together-c'];
  await open(...ids);
  const written = await insertTogether({
    'together-b': [claimOf(1), claimOf(2)],
    'together-a': [claimOf(1, 1, 2), claimOf(3, 2, 1)],
    'together-c': [claimOf(4, 1, 1)],
  });
  expect(written).toEqual([fulfilled(1, 2), fulfilled(1, 3), fulfilled(4)]);
  expect(await recordedIn(ids)).toEqual({
    grants: [
      'together-a 1 2 1',
      'together-a 3 1 2',
      'together-b 1 1 1',
      'together-b 2 2 2',
      'together-c 4 1 1',
    ],
    transactions: 1,
  });
});

it('a claim that was there already is missing from its own campaign’s answer alone', async () => {
  await open('there', 'new');
  await insertTogether({ there: [claimOf(1)] });
  expect(await insertTogether({ there: [claimOf(1), claimOf(2)], new: [claimOf(1), claimOf(2)] })).toEqual([
    fulfilled(2),
    fulfilled(1, 2),
  ]);
});

it('R1: an epoch that has moved on keeps out the claims of that campaign alone', async () => {
  await open('old-epoch', 'right-epoch');
  expect(
    await insertTogether({ 'old-epoch': [claimOf(1)], 'right-epoch': [claimOf(1)] }, { 'old-epoch': '0' }),
  ).toEqual([{ status: 'fulfilled', value: STALE_EPOCH }, fulfilled(1)]);
  expect((await recordedIn(['old-epoch', 'right-epoch'])).grants).toEqual(['right-epoch 1 1 1']);
});

it('a constraint that refuses one campaign’s grant refuses none of another campaign', async () => {
  await open('beyond', 'within');
  const [beyond, within] = await insertTogether({ beyond: [claimOf(1, 1, 6)], within: [claimOf(1)] });
  expect(beyond).toMatchObject({ status: 'rejected', reason: { constraint: 'user_grants_within_capacity' } });
  expect(within).toEqual(fulfilled(1));
  expect((await recordedIn(['beyond', 'within'])).grants).toEqual(['within 1 1 1']);
});

it('grants of a campaign with a line are written by the statement that asks the line', async () => {
  await open('with-line', 'without-line');
  const { epoch } = await inside.gate('with-line');
  await inside.claims.insert('with-line', epoch, [{ ...claimOf(1), state: 'WAITING', grantSeq: null }]);
  expect(
    await insertTogether({ 'with-line': [claimOf(1, 2, 1), claimOf(2, 3, 2)], 'without-line': [claimOf(1)] }),
  ).toEqual([fulfilled(2), fulfilled(1)]); // user 1 waits under another number
  expect((await recordedIn(['with-line', 'without-line'])).grants).toEqual([
    'with-line 2 2 3',
    'without-line 1 1 1',
  ]);
});

it.each([
  ['its row is being changed', 'changed', `UPDATE campaigns SET epoch = epoch + 1 WHERE id = 'changed'`],
  ['its turn is taken', 'taken', `SELECT pg_advisory_xact_lock(hashtextextended('campaign:taken', 0))`],
])('R1: while %s, a campaign waits, and no other one with it', async (_, id, lock) => {
  const free = `beside-${id}`;
  await open(id, free);
  const { epoch } = await inside.gate(id);
  const holder = await world.pg.connect();
  try {
    await holder.query('BEGIN');
    await holder.query(lock);
    const waiting = inside.claims.insert(id, epoch, [claimOf(1)]);
    expect(await insertTogether({ [free]: [claimOf(1)] })).toEqual([fulfilled(1)]);
    await expectSomebodyWaits(world);
    await holder.query('ROLLBACK');
    expect(await waiting).toMatchObject({ userIds: new Set(['1']) });
  } finally {
    holder.release(true);
  }
});

it('a campaign whose grants another transaction is writing waits for it alone', async () => {
  await open('written', 'not-written');
  const holder = await world.pg.connect();
  try {
    await holder.query('BEGIN');
    await holder.query(
      `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at) VALUES ('written', 1, 1, 1, now())`,
    );
    const { epoch } = await inside.gate('written');
    const waiting = inside.claims.insert('written', epoch, [claimOf(1)]);
    expect(await insertTogether({ 'not-written': [claimOf(1)] })).toEqual([fulfilled(1)]);
    await holder.query('ROLLBACK');
    expect(await waiting).toMatchObject({ userIds: new Set(['1']) });
  } finally {
    holder.release(true);
  }
});
