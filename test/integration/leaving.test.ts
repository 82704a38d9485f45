import { runAudit } from '../../src/audit/run-audit.js';
import { GateUpdate } from '../../src/grants/claims/gate-update.js';
import { STALE_EPOCH } from '../../src/grants/slots/gate-answers.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Inside } from '../support/inside.js';
import { users } from '../support/rush.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let api: RunningApp;
let client: Client;
let inside: Inside;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api');
  client = new Client(api);
  inside = new Inside(api);
});

afterAll(() => world.close());

async function claimAll(campaignId: string, userIds: readonly number[]): Promise<void> {
  for (const userId of userIds) expect((await client.claim(campaignId, userId)).status).toBe(202);
}

const statusOf = async (campaignId: string, userId: number): Promise<string> =>
  (await client.status(campaignId, userId)).body.status;

async function whileWorking(work: () => Promise<void>): Promise<void> {
  const worker = await world.start('worker');
  try {
    await work();
  } finally {
    await worker.close();
  }
}

async function expectCleanAudit(campaignId: string): Promise<void> {
  const { DATABASE_URL = '', REDIS_URL = '' } = world.variables;
  await eventually(async () => {
    const report = await runAudit({ databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, looks: 1 }, campaignId);
    expect(report.checks.flatMap(({ violations }) => violations)).toEqual([]);
    expect(report.gate).toBe('checked');
  });
}

/** Until so many sessions wait for a lock. */
const locksAreAwaited = (count: number): Promise<void> =>
  eventually(async () =>
    expect(await world.rows(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)).toHaveLength(
      count,
    ),
  );

describe('R25: leaving the line', () => {
  it('is final, moves the others up, and makes room for a newcomer', async () => {
    await client.createCampaign({ id: 'left', capacity: 1, waitingCapacity: 3 });
    await claimAll('left', users(1, 4));
    expect(await client.leave('left', 2)).toMatchObject({
      status: 200,
      body: { status: 'LEFT', arrivalNo: 2, grantSeq: null },
    });
    expect((await client.status('left', 3)).body.waitingPosition).toBe(1);
    expect(await client.leave('left', 2)).toMatchObject({ status: 200, body: { status: 'LEFT' } });
    expect(await client.claim('left', 2)).toMatchObject({
      status: 200,
      body: { status: 'LEFT', arrivalNo: 2 },
    });
    expect(await client.claim('left', 5)).toMatchObject({
      status: 202,
      body: { status: 'WAITING', arrivalNo: 5 },
    });
    await world.redis.flushdb();
    expect(await client.claim('left', 2)).toMatchObject({
      status: 200,
      body: { status: 'LEFT', arrivalNo: 2 },
    });
    expect(await inside.counts('left')).toMatchObject({ waiting: 3 });
  });

  it('delays nobody: a freed slot skips a user who has left', async () => {
    await client.createCampaign({ id: 'passed', capacity: 1, waitingCapacity: 3 });
    await client.closeWallet(11);
    await claimAll('passed', users(11, 4));
    await client.leave('passed', 12);
    await whileWorking(async () => {
      await eventually(async () => {
        expect(await statusOf('passed', 13)).toBe('SUCCESS');
        expect(await statusOf('passed', 14)).toBe('ENDED');
      });
      expect(await statusOf('passed', 12)).toBe('LEFT');
      await expectCleanAudit('passed');
    });
  });

  it('is passed on to the gate by the reaper if the process that recorded it could not', async () => {
    await client.createCampaign({ id: 'unheard', capacity: 1, waitingCapacity: 2 });
    await claimAll('unheard', users(21, 3));
    await inside.claims.leave('unheard', '22'); // and the gate is not told
    expect((await client.claim('unheard', 22)).body).toMatchObject({ status: 'LEFT', arrivalNo: 2 });
    await world.rows(`
      CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trouble'; END $$`);
    await world.rows(`CREATE TRIGGER trouble BEFORE INSERT ON payouts EXECUTE FUNCTION trouble()`);
    await whileWorking(async () => {
      await eventually(async () => expect(await inside.counts('unheard')).toMatchObject({ waiting: 1 }));
      await world.rows(`DROP TRIGGER trouble ON payouts`);
      await expectCleanAudit('unheard');
    });
  });

  it('loses to an earlier promotion and prevails over a later one', async () => {
    await client.createCampaign({ id: 'raced', capacity: 1, waitingCapacity: 3 });
    await claimAll('raced', users(31, 4));
    await inside.claims.leave('raced', '32'); // the gate is not told, and promotes user 32
    await world.rows(`UPDATE user_grants SET status = 'FAILED' WHERE campaign_id = 'raced' AND user_id = 31`);
    await world.rows(
      `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, last_error)
       VALUES ('raced', 31, 'grant:raced:31', 'REJECTED', 'no-account')`,
    );
    await api.app.get(GateUpdate).free('raced', [{ userId: '31', grantSeq: 1 }]);
    expect(await statusOf('raced', 32)).toBe('LEFT');
    expect(await inside.counts('raced')).toMatchObject({ processing: 1, waiting: 2 });
    await whileWorking(async () => {
      await eventually(async () => expect(await statusOf('raced', 33)).toBe('SUCCESS'));
      expect(await statusOf('raced', 32)).toBe('LEFT');
      await expectCleanAudit('raced');
    });
    expect(await client.leave('raced', 33)).toMatchObject({
      status: 409,
      body: { code: 'illegal-transition', claimStatus: 'SUCCESS' },
    });
  });

  it('keeps out a promotion that is inserted at the same time (R26)', async () => {
    await client.createCampaign({ id: 'at-once', capacity: 1, waitingCapacity: 1 });
    await claimAll('at-once', [41, 42]);
    const { epoch } = await inside.gate('at-once');
    const [entry] = await world.rows<{ arrivalNo: number; createdAt: number }>(
      `SELECT arrival_no::int AS "arrivalNo", (extract(epoch FROM created_at) * 1000)::float8 AS "createdAt"
         FROM waiting_entries WHERE campaign_id = 'at-once' AND user_id = 42`,
    );
    await world.rows(
      `UPDATE user_grants SET status = 'FAILED' WHERE campaign_id = 'at-once' AND user_id = 41`,
    );
    const leaving = await world.pg.connect();
    await leaving.query('BEGIN');
    await leaving.query(
      `UPDATE waiting_entries SET ended_at = now(), left_at = now() WHERE campaign_id = 'at-once' AND user_id = 42`,
    );
    const promotion = { userId: '42', ...entry!, grantSeq: 1, state: 'PROCESSING' as const };
    const recorded = inside.claims.insert('at-once', epoch, [promotion]);
    await locksAreAwaited(1);
    await leaving.query('COMMIT');
    leaving.release();
    expect(await recorded).toMatchObject({ userIds: new Set() });
    expect(await statusOf('at-once', 42)).toBe('LEFT');
  });

  it('waits for a promotion that is being recorded and that can not see the place', async () => {
    await client.createCampaign({ id: 'unseen', capacity: 1, waitingCapacity: 2 });
    await claimAll('unseen', [71, 73]); // from now on the campaign is known to have a line
    await client.leave('unseen', 73);
    const [place] = await inside.decideClaims('unseen', [72]);
    const { epoch } = await inside.gate('unseen');
    await world.rows(
      `UPDATE user_grants SET status = 'FAILED' WHERE campaign_id = 'unseen' AND user_id = 71`,
    );
    const freed = await inside.slots.free('unseen', [{ userId: '71', grantSeq: 1 }]);
    if (freed === STALE_EPOCH) throw new Error('The gate is gone.');
    expect(freed.promotions).toMatchObject([{ userId: '72', grantSeq: 1 }]);

    // Its slot is held back, so the promotion is recorded by a statement that has begun before the place is durable.
    const holder = await world.pg.connect();
    await holder.query('BEGIN');
    await holder.query(
      `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at) VALUES ('unseen', 79, 1, 79, now())`,
    );
    const promotion = inside.claims.insert('unseen', epoch, freed.promotions);
    await locksAreAwaited(1);
    await inside.claims.insert('unseen', epoch, [place!]);
    const left = client.leave('unseen', 72);
    await Promise.race([left, locksAreAwaited(2)]);
    await holder.query('ROLLBACK');
    holder.release();

    await promotion; // or the request to leave records it first
    expect(await left).toMatchObject({ status: 409, body: { claimStatus: 'PENDING' } });
    expect(
      await world.rows(`SELECT left_at FROM waiting_entries WHERE campaign_id = 'unseen' AND user_id = 72`),
    ).toEqual([{ left_at: null }]);
    expect(
      await world.rows(
        `SELECT status, grant_seq FROM user_grants WHERE campaign_id = 'unseen' AND user_id = 72`,
      ),
    ).toEqual([{ status: 'PENDING', grant_seq: 1 }]);
  });

  it('works for a place that the gate has assigned and that is not in Postgres yet', async () => {
    await client.createCampaign({ id: 'undurable', capacity: 1, waitingCapacity: 2 });
    await claimAll('undurable', [51]);
    await inside.decideClaims('undurable', [52]);
    expect(await client.leave('undurable', 52)).toMatchObject({
      status: 200,
      body: { status: 'LEFT', arrivalNo: 2 },
    });
    expect(await client.claim('undurable', 52)).toMatchObject({ status: 200, body: { status: 'LEFT' } });
  });

  it('is 404 without a claim or a campaign, and 409 for a user with a slot', async () => {
    await client.createCampaign({ id: 'nobody', capacity: 1 });
    expect(await client.leave('nobody', 61)).toMatchObject({ status: 404, body: { code: 'no-claim' } });
    expect((await client.leave('nowhere', 61)).status).toBe(404);
    expect(await client.claim('nobody', 61)).toMatchObject({ status: 202 });
    expect(await client.leave('nobody', 61)).toMatchObject({ status: 409, body: { claimStatus: 'PENDING' } });
  });
});

describe('the terms with which a campaign was created', () => {
  it.each([
    ['capacity', 600],
    ['waitingCapacity', 50],
    ['amount', 1],
    ['currency', 'USD'],
    ['reversalPolicy', 'regrant'],
    ['id', 'another'],
    ['capacity', null],
  ])('are fixed: a change of %s to %s is refused, and the error names the field', async (field, value) => {
    const { status, body } = await client.changeCampaign('nobody', { [field]: value, state: 'PAUSED' });
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ field }] },
    });
    expect(body.errors[0].message).toMatch(new RegExp(`^${field} is fixed`));
    expect((await api.http.get('/v1/campaigns/nobody')).body.state).toBe('OPEN');
  });
});
