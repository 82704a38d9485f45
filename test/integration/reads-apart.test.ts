import { getDataSourceToken } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { gateKeys } from '../../src/grants/slots/gate-keys.js';
import { GateKeeper } from '../../src/grants/slots/gate-keeper.js';
import { SlotService } from '../../src/grants/slots/slot.service.js';
import { READS } from '../../src/platform/postgres/reads.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { OpenApi } from '../support/fuzz/openapi.js';
import { rush, users } from '../support/rush.js';
import { adminToken, operatorToken } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

// Reads, however many and however slow, take nothing that claims need, and never cause a gate to be built.

let world: World;
let api: RunningApp;
let client: Client;

beforeAll(async () => {
  world = await World.create({
    ...{ DATABASE_POOL_SIZE: '3', DATABASE_READ_POOL_SIZE: '2' },
    ...{ REQUEST_DEADLINE_MS: '2000', REAPER_INTERVAL_MS: '3600000' },
  });
  api = await world.start('api');
  client = new Client(api);
});

afterAll(() => world.close());

const page = (id: string) => api.http.get(`/v1/campaigns/${id}`);

async function hasGate(id: string): Promise<boolean> {
  return (await world.redis.exists(gateKeys(id).facts)) === 1;
}

it('reports that hang delay no claim, and are answered 503 in time', async () => {
  await client.createCampaign({ id: 'reported', capacity: 50 });
  const admin = `Bearer ${await adminToken()}`;
  const session = await world.pg.connect();
  try {
    await session.query('BEGIN');
    await session.query('LOCK TABLE payouts IN ACCESS EXCLUSIVE MODE');
    const reports = Array.from({ length: 12 }, () =>
      api.http.get('/v1/campaigns/reported/payouts').set('Authorization', admin),
    ).map(async (report) => (await report).status);
    const claims = await rush([client], 'reported', users(1, 50));
    expect(claims.map(({ status }) => status)).toEqual(Array(50).fill(202));
    expect(new Set(await Promise.all(reports))).toEqual(new Set([503]));
    await session.query('ROLLBACK');
  } finally {
    session.release(true);
  }
});

it('every read of operators is answered while claims and payouts have taken all connections of their own', async () => {
  await client.createCampaign({ id: 'held-up', capacity: 2 });
  await client.claim('held-up', 1);
  const reads = (await OpenApi.of(api.url)).operations.filter(
    ({ name, needsAdmin, responses }) =>
      // A stream does not end; it is fed by what the figures read.
      needsAdmin && name.startsWith('GET') && !('text/event-stream' in (responses['200']?.content ?? {})),
  );
  expect(reads.length).toBeGreaterThanOrEqual(10);
  const taken = Array.from({ length: 3 }, () => api.app.get(DataSource).createQueryRunner());
  try {
    for (const runner of taken) await runner.connect();
    const answers: [string, number][] = [];
    for (const { name, path } of reads) {
      const named = path
        .replace('{id}', 'held-up')
        .replace('{currency}', 'KRW')
        .replaceAll(/\{\w+\}/g, '1');
      const answer = await api.http.get(named).set('Authorization', `Bearer ${await adminToken()}`);
      answers.push([name, answer.status]);
    }
    expect(answers.filter(([, status]) => status !== 200 && status !== 404)).toEqual([]);
  } finally {
    for (const runner of taken) await runner.release();
  }
});

it('every write of operators is answered while reports have taken all connections for reads', async () => {
  await client.createCampaign({ id: 'stopped', capacity: 5 });
  await rush([client], 'stopped', users(1, 5));
  await world.rows(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, attempts, request_body, first_sent_at, due_at)
     SELECT 'stopped', id, 'grant:stopped:' || id, 'HELD', 1, '{}', now(), NULL FROM generate_series(1, 3) AS id`,
  );
  const taken = Array.from({ length: 2 }, () =>
    api.app.get<DataSource>(getDataSourceToken(READS)).createQueryRunner(),
  );
  try {
    for (const runner of taken) await runner.connect();
    const answers: [string, number, Record<string, unknown>][] = [];
    const operate = async (
      method: 'post' | 'patch',
      path: string,
      body: Record<string, unknown> = {},
      by = '1',
    ): Promise<Record<string, unknown>> => {
      const token = await operatorToken(by, 'grants:admin');
      const answer = await client.operate(method, path, { reason: 'fraud?', ...body }, token);
      const answered = answer.body as Record<string, unknown>;
      answers.push([`${method} ${path}`, answer.status, answered]);
      return answered;
    };
    const one = 'campaigns/stopped';
    const stopOne = await operate('patch', `${one}/payouts`, { state: 'STOPPED', reason: 'a test' });
    const stopAll = await operate('patch', 'payouts', { state: 'STOPPED', reason: 'a test' });
    const resumeAll = await operate('patch', 'payouts', { state: 'RUNNING', reason: 'a test' });
    const resumeOne = await operate('patch', `${one}/payouts`, { state: 'RUNNING', reason: 'a test' });
    await operate('patch', 'wallets/KRW/1', { state: 'CLOSED', reason: 'a test' });
    await operate('patch', `${one}/payouts/1`, { state: 'SETTLED' });
    await operate('post', `${one}/grants/4/revocation`);
    const { id } = await operate('post', `${one}/payout-decisions`, { decision: 'RESEND', userIds: ['2'] });
    await operate('post', `${one}/payout-decisions/${String(id)}/approval`, {}, '2');
    await operate('patch', one, { state: 'PAUSED' });
    const terms = { id: 'new', name: 'new', capacity: 1, amount: 10, currency: 'KRW', reason: undefined };
    await operate('post', 'campaigns', terms);
    expect(answers.filter(([, status]) => status !== 200 && status !== 201)).toEqual([]);
    const [ofOne, ofAll] = [{ campaignId: 'stopped' }, { campaignId: null }];
    expect(stopOne).toEqual({ campaignId: 'stopped', state: 'STOPPED' });
    expect(stopAll).toMatchObject({ state: 'STOPPED', stops: [ofAll, ofOne] });
    expect(resumeAll).toMatchObject({ state: 'RUNNING', stops: [ofOne] });
    expect(resumeOne).toEqual({ campaignId: 'stopped', state: 'RUNNING' });
  } finally {
    for (const runner of taken) await runner.release();
  }
});

it('who resumes all payouts does not wait until campaigns with due payouts are found', async () => {
  const turnAll = (state: string) => client.operate('patch', 'payouts', { state, reason: 'fraud?' });
  await client.createCampaign({ id: 'resumed', capacity: 5 });
  expect((await turnAll('STOPPED')).status).toBe(200);
  const session = await world.pg.connect();
  try {
    await session.query('BEGIN');
    await session.query('LOCK TABLE user_grants IN ACCESS EXCLUSIVE MODE');
    expect((await turnAll('RUNNING')).status).toBe(200);
    await eventually(async () =>
      expect(
        await world.rows(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
              AND query LIKE '%FROM campaign_upkeep upkeep WHERE%'`,
        ),
      ).toHaveLength(1),
    );
    await session.query('ROLLBACK');
  } finally {
    session.release(true);
  }
});

it('claims that hang do not block status reads', async () => {
  await client.createCampaign({ id: 'read', capacity: 50 });
  expect((await client.claim('read', 1)).status).toBe(202);
  const session = await world.pg.connect();
  try {
    await session.query('BEGIN');
    await session.query('LOCK TABLE user_grants IN SHARE MODE'); // blocks writes, not reads
    const stuck = rush([client], 'read', users(2, 20));
    for (let looks = 0; looks < 30; looks++) {
      expect((await client.status('read', 1)).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await session.query('ROLLBACK');
    await stuck;
  } finally {
    session.release(true);
  }
});

it('a position in the line comes from the gate, or is left out', async () => {
  await client.createCampaign({ id: 'line', capacity: 1, waitingCapacity: 3 });
  for (const userId of users(1, 4)) await client.claim('line', userId);
  const positions = async (): Promise<unknown[]> =>
    Promise.all([2, 3, 4].map(async (id) => (await client.status('line', id)).body.waitingPosition));
  expect(await positions()).toEqual([1, 2, 3]);

  await world.rows(`UPDATE campaigns SET epoch = epoch + 1 WHERE id = 'line'`); // another api has rebuilt the gate elsewhere
  expect(await positions()).toEqual([undefined, undefined, undefined]);
  await world.redis.del(gateKeys('line').facts);
  expect(await positions()).toEqual([undefined, undefined, undefined]);
  expect((await client.status('line', 3)).body).toMatchObject({ status: 'WAITING', arrivalNo: 3 });
  expect(await hasGate('line')).toBe(false);

  await client.claim('line', 3);
  expect(await positions()).toEqual([1, 2, 3]);
});

describe('the page of a campaign', () => {
  it('is loaded once for all readers, even if the campaign does not exist', async () => {
    await client.createCampaign({ id: 'seen', capacity: 5 });
    const counted = jest.spyOn(api.app.get(SlotService), 'counts');
    const pages = await Promise.all(Array.from({ length: 100 }, () => page('seen')));
    expect(pages.map(({ status }) => status)).toEqual(Array(100).fill(200));
    const loads = counted.mock.calls.filter(([id]) => id === 'seen'); // figures of others are counted on the way
    expect(loads.length).toBeGreaterThan(0);
    expect(loads.length).toBeLessThanOrEqual(2); // the cached second may end in between
    counted.mockRestore();
    expect((await page('unseen')).status).toBe(404);
    await client.createCampaign({ id: 'unseen', capacity: 5 });
    expect((await page('unseen')).body).toMatchObject({ remaining: 5 }); // the creator sees it at once
    await client.changeCampaign('unseen', { state: 'PAUSED' });
    expect((await page('unseen')).body).toMatchObject({ state: 'PAUSED' });
  });

  it('causes no gate to be built, and comes from Postgres while there is none', async () => {
    await client.createCampaign({ id: 'gone', capacity: 3, waitingCapacity: 5 });
    for (const userId of users(1, 5)) await client.claim('gone', userId);
    await client.createCampaign({ id: 'gone-too', capacity: 3 });
    await world.redis.flushdb();
    const opened = jest.spyOn(api.app.get(GateKeeper), 'open');
    expect((await page('gone')).body).toMatchObject({ remaining: 0, waiting: 2 });
    const admin = `Bearer ${await adminToken()}`;
    const stats = await api.http.get('/v1/campaigns/gone/stats').set('Authorization', admin);
    expect(stats.body).toMatchObject({
      postgres: { pending: 3, waiting: 2, lastArrivalNo: 5 },
      ...{ gate: null, conserved: null },
    });
    expect(opened).not.toHaveBeenCalled();
    opened.mockRestore();
    expect([await hasGate('gone'), await hasGate('gone-too')]).toEqual([false, false]);
  });
});

it('metrics are collected once for simultaneous scrapes', async () => {
  const counted = jest.spyOn(api.app.get(SlotService), 'counts');
  await Promise.all(Array.from({ length: 20 }, () => api.http.get('/metrics')));
  const once = counted.mock.calls.length;
  expect((await api.http.get('/metrics')).text).toContain('seonchak_slots');
  expect(once).toBeLessThanOrEqual(2 * (await world.rows('SELECT FROM campaigns')).length);
  counted.mockRestore();
});
