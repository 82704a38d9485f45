import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { gateKeys } from '../../src/grants/slots/gate-keys.js';
import { GateOwnership } from '../../src/grants/slots/gate-ownership.js';
import { raiseRound } from '../../src/grants/slots/installation.js';
import { SlotService } from '../../src/grants/slots/slot.service.js';
import { rememberComparison, SetBackMeanwhileError } from '../../src/payouts/reconciliation/take-over.js';
import { reapAll } from '../support/reap-all.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Inside } from '../support/inside.js';
import { persist } from '../support/rush.js';
import { type RunningApp, World } from '../support/world.js';

// R15, R16, R18: Postgres was set back, replaced by a copy, or lost rows; Redis kept its data.

let world: World;
let api: RunningApp;
let client: Client;

async function start(): Promise<void> {
  api = await world.start('api');
  client = new Client(api);
}

beforeEach(async () => {
  world = await World.create();
  await start();
});

afterEach(() => world.close());

interface Installation {
  readonly id: string;
  readonly round: string;
  readonly round_at: Date;
  readonly set_back_at: Date | null;
  readonly lost_since: Date | null;
}

async function installation(): Promise<Installation> {
  const [row] = await world.rows<Installation>(`SELECT * FROM installation`);
  return row!;
}

/** Does what a restore into the same database would do: removes the rows of later arrivals and the last rounds. */
async function setBack(campaignId: string, afterArrivalNo: number): Promise<void> {
  await world.rows(`
    BEGIN;
    SET LOCAL session_replication_role = replica;
    DELETE FROM user_grants WHERE campaign_id = '${campaignId}' AND arrival_no > ${afterArrivalNo};
    DELETE FROM waiting_entries WHERE campaign_id = '${campaignId}' AND arrival_no > ${afterArrivalNo};
    UPDATE installation SET round = round - 1, round_at = now() - interval '1 minute';
    COMMIT`);
}

async function epochOf(campaignId: string): Promise<string> {
  const [row] = await world.rows<{ epoch: string }>(`SELECT epoch FROM campaigns WHERE id = $1`, [
    campaignId,
  ]);
  return row!.epoch;
}

async function claimed(userId: number, campaignId = 'c'): Promise<Record<string, unknown>> {
  return (await persist(client, campaignId, userId)).body as Record<string, unknown>;
}

describe('R15: the identity of the database', () => {
  it('has gates rebuilt after a restore from a copy: lost places go to those who ask now, nobody waits for ever', async () => {
    await client.createCampaign({ id: 'c', capacity: 5, waitingCapacity: 1 });
    for (const userId of [1, 2, 3]) await claimed(userId);
    await api.close();
    const backup = await world.backUp();
    await start();
    for (const userId of [4, 5, 6]) await claimed(userId);
    await api.close();
    await backup.restore();
    const before = await installation();
    await start();
    const after = await installation();
    expect(after.id).not.toBe(before.id);
    expect(after.set_back_at).not.toBeNull();
    expect(after.lost_since).toEqual(before.round_at);
    for (const [i, userId] of [11, 12].entries())
      expect(await claimed(userId)).toMatchObject({ grantSeq: 4 + i, status: 'PENDING' });
    expect(await claimed(13)).toMatchObject({ status: 'WAITING', waitingPosition: 1 });
    expect(await claimed(14)).toMatchObject({ code: 'sold-out' });
    expect(await claimed(1)).toMatchObject({ grantSeq: 1 });
  });

  it('is unchanged by a restart, which finds every gate sound', async () => {
    await client.createCampaign({ id: 'c', capacity: 5 });
    await claimed(1);
    const { nonce } = await new Inside(api).gate('c');
    await api.close();
    await start();
    expect(await claimed(1)).toMatchObject({ grantSeq: 1 });
    expect((await new Inside(api).gate('c')).nonce).toBe(nonce);
    expect(await installation()).toMatchObject({ set_back_at: null, lost_since: null });
  });
});

describe('R16: a database that was set back while an instance runs on it', () => {
  it('is detected by its round: "sold out" is not answered from memory, and lost places are given out again', async () => {
    await client.createCampaign({ id: 'c', capacity: 2, waitingCapacity: 0 });
    for (const userId of [1, 2]) await claimed(userId);
    for (let i = 0; i < 3; i++) expect(await claimed(3)).toMatchObject({ code: 'sold-out' });
    await setBack('c', 1);
    await api.app.get(GateOwnership).beat(); // which an instance does every second
    expect(await claimed(3)).toMatchObject({ grantSeq: 2, status: 'PENDING' });
    expect(await claimed(2)).toMatchObject({ code: 'sold-out' });
    const { set_back_at, lost_since } = await installation();
    expect(set_back_at!.getTime() - lost_since!.getTime()).toBeGreaterThan(30_000);
  });

  it('is detected when it is set back to before the last set-back, as by the same snapshot restored again', async () => {
    await client.createCampaign({ id: 'c', capacity: 2 });
    const beat = () => api.app.get(GateOwnership).beat();
    const snapshot = await installation();
    await setBack('c', 0);
    await beat();
    await beat(); // Redis has noted the new id
    const second = await installation();
    await world.rows(`
      BEGIN;
      SET LOCAL session_replication_role = replica;
      DELETE FROM set_backs;
      UPDATE installation SET id = '${snapshot.id}', round = ${snapshot.round}, set_back_at = NULL, lost_since = NULL;
      COMMIT`);
    await beat();
    const third = await installation();
    expect([snapshot.id, second.id]).not.toContain(third.id);
    expect(third.set_back_at).not.toBeNull();
    await beat();
    expect((await installation()).id).toBe(third.id);
    const kept = await world.rows<{ id: string }>(`SELECT installation_id AS id FROM set_backs`);
    expect(kept.map(({ id }) => id).sort()).toEqual([snapshot.id, second.id].sort());
  });

  it('is renewed once by instances that notice at the same moment that the id is another one', async () => {
    const database = api.app.get(GateOwnership).identity.replace(/[^.]+$/, '');
    const noted = { identity: `${database}${randomUUID()}`, round: 1 };
    const holder = await world.pg.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM installation FOR UPDATE');
    const raised = [1, 2].map(() => raiseRound(api.app.get(DataSource), noted));
    await eventually(async () =>
      expect((await world.rows(`SELECT FROM pg_locks WHERE NOT granted`)).length).toBeGreaterThan(1),
    );
    await holder.query('COMMIT');
    holder.release();
    const [one, other] = await Promise.all(raised);
    expect(other?.identity).toBe(one?.identity);
    expect([one?.isSetBack, other?.isSetBack].sort()).toEqual([false, true]);
    expect(await world.rows(`SELECT FROM set_backs`)).toHaveLength(2);
  });

  it('has a comparison with the provider that it interrupts fail, and count for nothing', async () => {
    await client.createCampaign({ id: 'c', capacity: 2 });
    const { id: installationId } = await installation();
    await setBack('c', 0);
    await api.app.get(GateOwnership).beat();
    const remembering = rememberComparison(api.app.get(DataSource), 'c', {
      time: new Date(),
      installationId,
    });
    await expect(remembering).rejects.toThrow(SetBackMeanwhileError);
    expect(await world.rows(`SELECT FROM campaign_reconciliations`)).toEqual([]);
  });

  it('does not know since when something is lost if the last round was written by a clock that was ahead', async () => {
    await world.rows(`UPDATE installation SET round = round - 1000, round_at = now() + interval '1 minute'`);
    await api.app.get(GateOwnership).beat();
    expect(await world.rows(`SELECT lost_since::text AS since FROM installation`)).toEqual([
      { since: '-infinity' },
    ]);
  });

  it('is not hidden by memory: whoever is turned away is not told "for good" by a seal that was lost', async () => {
    await client.createCampaign({ id: 'c', capacity: 1, waitingCapacity: 0, reversalPolicy: 'regrant' });
    expect((await client.claim('c', 1)).status).toBe(202);
    await world.rows(`UPDATE campaigns SET at_rest_since = now(), sealed_at = now() WHERE id = 'c'`);
    await eventually(async () => expect((await client.claim('c', 2)).body).toMatchObject({ final: true }));
    await world.rows(`
      BEGIN;
      SET LOCAL session_replication_role = replica;
      UPDATE campaigns SET at_rest_since = NULL, sealed_at = NULL WHERE id = 'c';
      COMMIT`);
    await setBack('c', 1);
    await api.app.get(GateOwnership).beat(); // which an instance does every second
    expect((await client.claim('c', 2)).body).toMatchObject({ code: 'sold-out', final: false });
  });

  it('is detected at a gate as well, if only the gate has kept the round', async () => {
    await client.createCampaign({ id: 'c', capacity: 2, waitingCapacity: 0 });
    await claimed(1);
    const { id } = await installation();
    await world.redis.hset(gateKeys('c').facts, 'round', 1_000_000);
    new Inside(api).keeper.recheck('c');
    expect(await claimed(2)).toMatchObject({ grantSeq: 2 });
    expect((await installation()).id).not.toBe(id);
    expect(Number((await installation()).round)).toBeGreaterThan(1_000_000);
    expect(Number(await world.redis.hget(gateKeys('c').facts, 'round'))).toBeGreaterThan(1_000_000);
  });

  it('is not missed while a heartbeat is under way, which was sent before the gate told', async () => {
    const { id } = await installation();
    const ownership = api.app.get(GateOwnership);
    const holder = await world.pg.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM installation FOR UPDATE');
    const underWay = ownership.beat();
    const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await eventually(async () => expect(await world.rows(waits)).not.toEqual([]));
    const told = ownership.isAhead(1_000_000);
    await holder.query('COMMIT');
    holder.release();
    await Promise.all([underWay, told]);
    expect((await installation()).id).not.toBe(id);
  });

  it('is detectable because the reaper notes each round at the gates, after its commit, and never lowers it', async () => {
    await client.createCampaign({ id: 'c', capacity: 2 });
    const worker = await world.start('worker', { REAPER_INTERVAL_MS: '3600000' });
    const noted = async (): Promise<number> => Number(await world.redis.hget(gateKeys('c').facts, 'round'));
    const before = await noted();
    await worker.app.get(GateOwnership).beat();
    await reapAll(world, worker);
    const after = await noted();
    expect(after).toBeGreaterThan(before);
    expect(Number((await installation()).round)).toBeGreaterThanOrEqual(after);
    const later = after + 1_000;
    await world.redis.hset(gateKeys('c').facts, 'round', later);
    const terms = { revision: '0', state: 'OPEN', opensAt: null, closesAt: null, waitingCapacity: 0 };
    await api.app.get(SlotService).announce('c', terms);
    expect(await noted()).toBe(later);
  });
});

describe('R18: rows that Postgres lost without being set back', () => {
  it.each([
    ['of a grant that was paid', 1],
    ['of a grant that failed', 2],
    ['of a place in the line', 5],
  ])('%s are found although nobody asks, and the gate is rebuilt', async (_, arrivalNo) => {
    await client.createCampaign({ id: 'c', capacity: 3, waitingCapacity: 3, reversalPolicy: 'regrant' });
    await client.closeWallet(2);
    for (const userId of [1, 2, 3, 4, 5, 6]) await claimed(userId);
    const worker = await world.start('worker');
    const paid = async (): Promise<string[]> =>
      (
        await world.rows<{ user_id: string }>(
          `SELECT user_id FROM user_grants WHERE campaign_id = 'c' AND status = 'SUCCESS' ORDER BY user_id`,
        )
      ).map(({ user_id }) => user_id);
    await eventually(async () => expect(await paid()).toEqual(['1', '3', '4']));
    await worker.close();
    const { epoch } = await new Inside(api).gate('c');
    await world.rows(`
      BEGIN;
      SET LOCAL session_replication_role = replica;
      DELETE FROM payouts WHERE campaign_id = 'c' AND user_id = ${arrivalNo};
      DELETE FROM user_grants WHERE campaign_id = 'c' AND arrival_no = ${arrivalNo};
      DELETE FROM waiting_entries WHERE campaign_id = 'c' AND arrival_no = ${arrivalNo};
      COMMIT`);
    await world.start('worker');
    await eventually(async () => {
      expect(Number(await epochOf('c'))).toBeGreaterThan(Number(epoch));
    });
    const people = 6 - 1;
    await eventually(async () =>
      expect(await new Inside(api).slots.arrivals('c')).toMatchObject({ known: people }),
    );
    if (arrivalNo !== 1) return;
    const next = `SELECT grant_seq FROM user_grants WHERE campaign_id = 'c' AND user_id = 5`;
    await eventually(async () => expect(await world.rows(next)).toEqual([{ grant_seq: 1 }]));
  });

  it('are found by a worker that has counted them before', async () => {
    await client.createCampaign({ id: 'c', capacity: 3, waitingCapacity: 0 });
    const worker = await world.start('worker', { REAPER_INTERVAL_MS: '3600000' });
    const reap = (): Promise<void> => reapAll(world, worker);
    for (const userId of [1, 2]) await claimed(userId);
    await eventually(async () => {
      await reap();
      expect(await new Inside(api).slots.counts('c')).toMatchObject({ settled: 2 });
    });
    const { epoch } = await new Inside(api).gate('c');
    const rounds = async (): Promise<string> => {
      await reap();
      return epochOf('c');
    };
    for (let i = 0; i < 5; i++) expect(await rounds()).toBe(epoch);
    await world.rows(`
      BEGIN;
      SET LOCAL session_replication_role = replica;
      DELETE FROM payouts WHERE campaign_id = 'c' AND user_id = 1;
      DELETE FROM user_grants WHERE campaign_id = 'c' AND user_id = 1;
      COMMIT`);
    await eventually(async () => expect(Number(await rounds())).toBeGreaterThan(Number(epoch)));
  });
});
