import { setTimeout as sleep } from 'node:timers/promises';
import type { Campaign } from '../../src/campaigns/campaign.entity.js';
import { CampaignStore } from '../../src/campaigns/campaign.store.js';
import { Environment } from '../../src/platform/config/environment.js';
import type { GateClock } from '../../src/grants/slots/gate-clock.js';
import { gateKeys } from '../../src/grants/slots/gate-keys.js';
import { SetBackPayouts } from '../../src/payouts/by-ledger/set-back-payouts.js';
import { PayoutConclusions } from '../../src/payouts/payout-conclusions.js';
import { Closing } from '../../src/reaper/closing.js';
import { LeaseScan } from '../../src/reaper/lease-scan.js';
import { LineEnd } from '../../src/reaper/line-end.js';
import type { Look } from '../../src/reaper/look.js';
import { ReaperService } from '../../src/reaper/reaper.service.js';
import { Upkeep } from '../../src/reaper/upkeep.js';
import { setHolder } from '../support/gate-records.js';
import { booksOf } from '../support/books.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Inside } from '../support/inside.js';
import { reapAll } from '../support/reap-all.js';
import { users } from '../support/rush.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let client: Client;
let inside: Inside;
let api: RunningApp;
/** Looks at campaigns only when called. */
let worker: RunningApp;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api');
  client = new Client(api);
  inside = new Inside(api);
  worker = await world.start('worker', { REAPER_INTERVAL_MS: '3600000' });
});

afterAll(() => world.close());

async function stateOf(campaignId: string): Promise<string | undefined> {
  const [row] = await world.rows<{ state: string }>(`SELECT state FROM campaigns WHERE id = $1`, [
    campaignId,
  ]);
  return row?.state;
}

/** Waits until exactly `count` sessions wait for a lock. */
async function expectWaiting(count: number): Promise<void> {
  await eventually(async () => {
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    expect(await world.rows(waiting)).toHaveLength(count);
  });
}

/** Records that a provider has paid this user. */
async function settle(campaignId: string, userId: number): Promise<void> {
  await world.rows(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, request_body, first_sent_at)
     VALUES ($1, $2, $3, 'HELD', '{}', now())`,
    [campaignId, userId, `grant:${campaignId}:${userId}`],
  );
  await conclude(campaignId, userId, 'SETTLED');
}

async function conclude(campaignId: string, userId: number, state: 'SETTLED' | 'REVERSED'): Promise<void> {
  const concluded = await worker.app.get(PayoutConclusions).conclude({
    ...{ idempotencyKey: `grant:${campaignId}:${userId}`, state },
    ...{ providerReference: 'transfer', reason: 'for the test' },
  });
  expect(concluded.effect).toBe('applied');
}

async function lookAt(campaignId: string): Promise<Look> {
  await world.rows(
    `UPDATE campaign_upkeep SET next_look_at = CASE campaign_id WHEN $1 THEN now() ELSE now() + interval '1 hour' END`,
    [campaignId],
  );
  const [look] = await worker.app.get(Upkeep).take(1);
  if (!look) throw new Error(`No look is due at ${campaignId}.`);
  return look;
}

describe('the reaper', () => {
  it('continues with the other tasks of a campaign, and with other campaigns, when one task fails', async () => {
    for (const id of ['broken', 'whole']) {
      await client.createCampaign({ id, capacity: 3, waitingCapacity: 0 });
      await inside.decideAndRecord(id, users(1, 3));
    }
    // Reading the free slots fails; paying does not.
    await world.redis.set('grant:{broken}:available', 'not a list');
    await reapAll(world, worker);
    for (const id of ['broken', 'whole'])
      await eventually(async () => expect(await booksOf(world, id)).toMatchObject({ success: 3 }));
  });

  it('shares the campaigns with other reapers: none is taken twice, none is left out', async () => {
    const ids = users(1, 60).map((n) => `shared-${n}`);
    await world.rows(
      `INSERT INTO campaigns (id, name, capacity, waiting_capacity, amount, currency)
       SELECT id, id, 1, 0, 10, 'KRW' FROM unnest($1::text[]) AS id`,
      [ids],
    );
    await world.rows(
      `UPDATE campaign_upkeep SET next_look_at = CASE WHEN campaign_id LIKE 'shared-%' THEN now() ELSE now() + interval '1 hour' END`,
    );
    const other = await world.start('worker', { REAPER_INTERVAL_MS: '3600000' });
    const upkeeps = [worker.app.get(Upkeep), other.app.get(Upkeep)];
    const taken = await Promise.all(users(0, 12).map((i) => upkeeps[i % 2]!.take(7)));
    const names = taken.flat().map(({ campaign }) => campaign.id);
    expect(names.toSorted()).toEqual(ids.toSorted());
    await other.close();
  });
});

describe('R18: a gate that is whole is not rebuilt', () => {
  it('while its decisions can’t be written for longer than two leases', async () => {
    await client.createCampaign({ id: 'unwritable', capacity: 3, waitingCapacity: 1 });
    const abandoned = await inside.decideClaims('unwritable', users(61, 4));
    const gate = await inside.gate('unwritable');
    await world.rows(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON user_grants EXECUTE FUNCTION refuse();
      CREATE TRIGGER refuse BEFORE INSERT ON waiting_entries EXECUTE FUNCTION refuse();`);
    for (let round = 0; round < 12; round++) {
      await reapAll(world, worker);
      await sleep(100);
    }
    await world.rows(`DROP FUNCTION refuse CASCADE`);
    await reapAll(world, worker);
    expect(await new Inside(worker).gate('unwritable')).toEqual(gate);
    for (const { userId, arrivalNo, grantSeq } of abandoned)
      expect((await client.status('unwritable', Number(userId))).body).toMatchObject({ arrivalNo, grantSeq });
  });

  it('for a slot that contradicted Postgres twice, but not twice in a row', async () => {
    await client.createCampaign({ id: 'twice', capacity: 2, waitingCapacity: 0 });
    await inside.decideAndRecord('twice', [71, 72]);
    const gate = await inside.gate('twice');
    const look = async (holderOfSlot2: string, lease: number): Promise<void> => {
      await setHolder(world.redis, 'twice', 2, holderOfSlot2);
      await world.redis.zadd(gateKeys('twice').processing, 'XX', lease, '2');
      await worker.app.get(LeaseScan).perform({ campaign: { id: 'twice' } as Campaign } as Look);
    };
    await look('71', 0); // the slot is 72's
    await look('72', Date.now() + 600); // no lease has expired
    await look('71', 0);
    expect(await new Inside(worker).gate('twice')).toEqual(gate);
    await look('71', 0);
    expect((await new Inside(worker).gate('twice')).epoch).not.toBe(gate.epoch);
  });
});

describe('R27: a Postgres clock that was set back', () => {
  it('by a day delays neither a look nor a payout', async () => {
    await client.createCampaign({ id: 'yesterday', capacity: 2, waitingCapacity: 0 });
    await inside.decideAndRecord('yesterday', [51, 52]);
    await worker.app.get(SetBackPayouts).setBack('yesterday', '51', 'sqlstate-22003');
    const tomorrow = `now() + interval '1 day'`; // the clock's time when these rows were written
    await world.rows(
      `UPDATE payouts SET due_at = ${tomorrow} + interval '1 minute', updated_at = ${tomorrow} WHERE campaign_id = 'yesterday'`,
    );
    await world.rows(`UPDATE campaign_upkeep SET next_look_at = ${tomorrow}`);
    await worker.app.get(ReaperService).runRound();
    await eventually(async () => {
      await reapAll(world, worker); // what was set back becomes due by one look, and is rung for by the next
      expect(await booksOf(world, 'yesterday')).toMatchObject({ success: 2 });
    });
  });

  it('delays nobody else because of a payout that somebody holds, nor the payouts of a campaign that was woken', async () => {
    for (const id of ['held-fast', 'woken']) {
      await client.createCampaign({ id, capacity: 1, waitingCapacity: 0 });
      await inside.decideAndRecord(id, [53]);
      await worker.app.get(SetBackPayouts).setBack(id, '53', 'sqlstate-22003');
    }
    const tomorrow = `now() + interval '1 day'`;
    await world.rows(
      `UPDATE payouts SET due_at = ${tomorrow}, updated_at = ${tomorrow} WHERE campaign_id IN ('held-fast', 'woken')`,
    );
    await world.rows(`UPDATE campaign_upkeep SET next_look_at = ${tomorrow}`);
    await world.rows(`UPDATE campaign_upkeep SET next_look_at = now() WHERE campaign_id = 'woken'`);
    const holder = await world.pg.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`SELECT FROM payouts WHERE campaign_id = 'held-fast' FOR UPDATE`);
      await holder.query(`SELECT FROM campaign_upkeep WHERE campaign_id = 'held-fast' FOR UPDATE`);
      await worker.app.get(ReaperService).runRound();
      const rest = `SELECT campaign_id AS id FROM campaign_upkeep WHERE next_look_at > now() + interval '1 hour'`;
      expect(await world.rows(rest)).toEqual([{ id: 'held-fast' }]);
      const pause = `SELECT campaign_id AS id FROM payouts WHERE due_at > now() + interval '1 hour'`;
      expect(await world.rows(pause)).toEqual([{ id: 'held-fast' }]);
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
    await worker.app.get(ReaperService).runRound();
    expect(await world.rows(`SELECT FROM payouts WHERE due_at > now() + interval '1 hour'`)).toEqual([]);
  });
});

describe('R9: the end of a line', () => {
  it('is told when money came back and the slot stays used', async () => {
    await client.createCampaign({ id: 'kept', capacity: 2, waitingCapacity: 1, reversalPolicy: 'keep' });
    await inside.decideAndRecord('kept', users(21, 3));
    for (const userId of [21, 22]) await settle('kept', userId);
    await conclude('kept', 21, 'REVERSED');
    await client.changeCampaign('kept', { state: 'CLOSED' });
    await eventually(async () => {
      await reapAll(world, worker);
      expect((await client.status('kept', 23)).body.status).toBe('ENDED');
      expect(await inside.counts('kept')).toMatchObject({ waiting: 0 });
    });
  });

  it('is not told while a slot whose money came back is granted again', async () => {
    await client.createCampaign({ id: 'again', capacity: 1, waitingCapacity: 2, reversalPolicy: 'regrant' });
    await inside.decideAndRecord('again', users(31, 3));
    await settle('again', 31);
    await conclude('again', 31, 'REVERSED');
    await client.changeCampaign('again', { state: 'CLOSED' });
    expect(await lookAt('again')).toMatchObject({ hasUntoldReversals: true });
    await eventually(async () => {
      await reapAll(world, worker);
      expect((await client.status('again', 32)).body.status).toBe('SUCCESS');
      expect((await client.status('again', 33)).body.status).toBe('ENDED');
    });
  });

  it('R26: keeps out a promotion that began before the end was committed (an ended place never becomes a grant)', async () => {
    await client.createCampaign({ id: 'crossing', capacity: 1, waitingCapacity: 1 });
    await inside.decideAndRecord('crossing', [41, 42]);
    await settle('crossing', 41);
    await client.changeCampaign('crossing', { state: 'CLOSED' });
    await world.rows(`UPDATE campaigns SET at_rest_since = now(), sealed_at = now() WHERE id = 'crossing'`);

    const holder = await world.pg.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT FROM waiting_entries WHERE campaign_id = 'crossing' FOR UPDATE`);
    const ending = worker.app.get(LineEnd).endWaiting('crossing');
    await expectWaiting(1);
    // The waiting user is promoted while the end of the line is being written.
    const { epoch } = await inside.gate('crossing');
    const promotion = { userId: '42', arrivalNo: 2, createdAt: 1, grantSeq: 1, state: 'PROCESSING' as const };
    const recording = inside.claims.insert('crossing', epoch, [promotion]);
    await expectWaiting(2);
    await holder.query('COMMIT');
    holder.release();
    await ending;
    expect(await recording).toMatchObject({ userIds: new Set() });
    expect((await client.status('crossing', 42)).body.status).toBe('ENDED');
    expect(
      await world.rows(`SELECT FROM user_grants WHERE campaign_id = 'crossing' AND user_id = 42`),
    ).toEqual([]);
  });
});

describe('closing', () => {
  const due = (ids: readonly string[]): Promise<unknown> =>
    world.rows(`UPDATE campaigns SET closes_at = now() - interval '1 second' WHERE id = ANY ($1)`, [ids]);

  it('delays no other campaign when one can’t get its turn', async () => {
    for (const id of ['starved', 'fed']) await client.createCampaign({ id, capacity: 1 });
    const holder = await world.pg.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT pg_advisory_xact_lock_shared(hashtextextended('campaign:starved', 0))`);
    await due(['starved', 'fed']);
    await worker.app.get(Closing).closeOverdue(Infinity);
    expect(await stateOf('fed')).toBe('CLOSED');
    expect(await stateOf('starved')).toBe('OPEN');
    await holder.query('COMMIT');
    holder.release();
    await worker.app.get(Closing).closeOverdue(Infinity);
    expect(await stateOf('starved')).toBe('CLOSED');
  });

  it('needs the gate’s clock as well, unless the gate has been out of reach for long (R27)', async () => {
    await client.createCampaign({ id: 'early', capacity: 1 });
    await due(['early']);
    const closing = (now: () => Promise<number>): Promise<void> =>
      new Closing(
        worker.app.get(CampaignStore),
        { now } as unknown as GateClock,
        worker.app.get(Environment),
      ).closeOverdue(Infinity);
    const anHourAgo = (): Promise<number> => Promise.resolve(Date.now() - 3_600_000);
    const outOfReach = (): Promise<number> => Promise.reject(new Error('out of reach'));
    await closing(anHourAgo);
    expect(await stateOf('early')).toBe('OPEN');
    await world.rows(`UPDATE campaigns SET closes_at = now() - interval '100 ms' WHERE id = 'early'`);
    await closing(outOfReach);
    expect(await stateOf('early')).toBe('OPEN');
    await due(['early']);
    await closing(outOfReach);
    expect(await stateOf('early')).toBe('CLOSED');
  });
});
