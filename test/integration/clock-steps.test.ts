import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { CampaignEnds } from '../../src/campaigns/campaign-ends.js';
import { ServiceClock } from '../../src/grants/clock/service-clock.js';
import { gateKeys } from '../../src/grants/slots/gate-keys.js';
import { Environment } from '../../src/platform/config/environment.js';
import { OperatorSessions } from '../../src/platform/sessions/operator-sessions.js';
import { OwnSite } from '../../src/platform/sessions/own-site.js';
import { keepCheckpoint } from '../../src/transparency/log/log-store.js';
import { findDueCheckpoint, keepStamp } from '../../src/transparency/stamping/stamp-store.js';
import { reapAll } from '../support/reap-all.js';
import { Client } from '../support/client.js';
import { expectProblem } from '../support/problem.js';
import { Inside } from '../support/inside.js';
import { type RunningApp, World } from '../support/world.js';

// R27: a clock step neither delays nor hastens anything. These tests can't set Redis's clock, so they move the times in
// the gate, which is equivalent. They set Postgres' clock by functions that come first in the search
// path.

const HOUR = 3_600_000;

let world: World;
let api: RunningApp;
let client: Client;
let inside: Inside;
let reap: () => Promise<void>;

beforeAll(async () => {
  world = await World.create();
  await setPostgresClock(0);
  await world.rows(
    `ALTER DATABASE ${new URL(world.variables.DATABASE_URL!).pathname.slice(1)} SET search_path = public, pg_catalog`,
  );
  api = await world.start('api');
  client = new Client(api);
  inside = new Inside(api);
  const worker = await world.start('worker', { REAPER_INTERVAL_MS: '3600000' });
  reap = () => reapAll(world, worker);
});

afterAll(() => world.close());

const inAnHour = (): string => new Date(Date.now() + HOUR).toISOString();
const justNow = (): string => new Date(Date.now() - 1_000).toISOString();

/** Simulates that the gate's clock was set forward by `ms`: moves a time of the gate that much earlier. */
async function moveGateClock(campaignId: string, field: 'opensAt' | 'closesAt', ms: number): Promise<void> {
  await world.redis.hincrby(gateKeys(campaignId).facts, field, -ms);
}

/** Sets Postgres' clock forward by `ms`, or back. */
async function setPostgresClock(ms: number): Promise<void> {
  for (const [name, kind] of [
    ['now', 'STABLE'],
    ['clock_timestamp', 'VOLATILE'],
  ])
    await world.rows(
      `CREATE OR REPLACE FUNCTION public.${name}() RETURNS timestamptz LANGUAGE sql ${kind}
           AS $$ SELECT pg_catalog.${name}() + ${ms} * interval '1 ms' $$`,
    );
}

describe('R27: leases given before the clock was set back by an hour', () => {
  it('count as expired: the reaper looks at slots and places, and nobody has to wait for an hour', async () => {
    // With 'regrant' the line stays open when the only slot is paid, which the worker may do before the reaper is done.
    await client.createCampaign({
      ...{ id: 'leases', capacity: 1, waitingCapacity: 1 },
      reversalPolicy: 'regrant',
    });
    await inside.decideClaims('leases', [1, 2]); // and nothing is written to Postgres
    const { processing, lineLeases } = gateKeys('leases');
    await world.redis.zadd(processing, 'XX', Date.now() + HOUR, '1');
    await world.redis.zadd(lineLeases, 'XX', Date.now() + HOUR, '2');
    await reap();
    expect((await client.status('leases', 1)).body).toMatchObject({ grantSeq: 1 });
    expect((await client.status('leases', 2)).body).toMatchObject({ status: 'WAITING' });
    expect((await client.claim('leases', 3)).body.code).toBe('sold-out');
  });
});

describe('R27: an opening after which somebody got in', () => {
  it('is not taken back by a clock that is behind, or by a rebuild', async () => {
    await client.createCampaign({ id: 'opened', capacity: 5, opensAt: justNow() });
    expect((await client.claim('opened', 1)).status).toBe(202);
    await moveGateClock('opened', 'opensAt', -2 * HOUR);
    expect((await client.claim('opened', 2)).status).toBe(202);
    await world.redis.del(gateKeys('opened').facts);
    expect((await client.claim('opened', 3)).status).toBe(202);
    await moveGateClock('opened', 'opensAt', -2 * HOUR);
    expect((await client.claim('opened', 4)).status).toBe(202);
  });

  it('is final for that opening time only: an operator may still postpone the opening', async () => {
    await client.createCampaign({ id: 'put-off', capacity: 5, opensAt: justNow() });
    await client.claim('put-off', 1);
    await client.changeCampaign('put-off', { opensAt: inAnHour() });
    expectProblem(await client.claim('put-off', 2), 409, 'not-open');
  });
});

it('R27: when to ask again before the opening is told by the gate’s clock, and not by a node’s', async () => {
  const opensAt = new Date(Date.now() + 2 * HOUR);
  await client.createCampaign({ id: 'early', capacity: 1, opensAt: opensAt.toISOString() });
  const gateClock = jest.spyOn(api.app.get(ServiceClock), 'nowIfKnown');
  gateClock.mockReturnValue(opensAt.getTime() - 600_000);
  const { headers } = await client.claim('early', 1);
  expect(headers['retry-after']).toBe('600');
  gateClock.mockReturnValue(null);
  expect((await client.claim('early', 1)).headers['retry-after']).toBeUndefined();
  gateClock.mockRestore();
});

describe('R27: a campaign closes when both clocks say so', () => {
  afterEach(() => setPostgresClock(0));

  it('not while Redis’s is ahead: people get in, although Postgres is asked every second', async () => {
    await client.createCampaign({ id: 'redis-ahead', capacity: 5, closesAt: inAnHour() });
    await setPostgresClock(-HOUR);
    await client.changeCampaign('redis-ahead', { closesAt: new Date(Date.now() - HOUR / 2).toISOString() });
    for (const userId of [1, 2]) expect((await client.claim('redis-ahead', userId)).status).toBe(202);
    await sleep(1_100); // Postgres has to be asked again
    expect((await client.claim('redis-ahead', 3)).status).toBe(202);
    await setPostgresClock(0);
    await sleep(1_100);
    expectProblem(await client.claim('redis-ahead', 4), 410, 'closed');
  });

  it('not while Postgres’ is ahead', async () => {
    await client.createCampaign({ id: 'postgres-ahead', capacity: 5, closesAt: inAnHour() });
    await setPostgresClock(2 * HOUR);
    inside.keeper.recheck('postgres-ahead');
    expect((await client.claim('postgres-ahead', 1)).status).toBe(202);
  });

  it('at once when both do, although no reaper looks', async () => {
    await client.createCampaign({ id: 'both', capacity: 5, closesAt: inAnHour() });
    expect((await client.claim('both', 1)).status).toBe(202);
    await client.changeCampaign('both', { closesAt: new Date(Date.now() + 1_000).toISOString() });
    await sleep(1_100);
    expectProblem(await client.claim('both', 2), 410, 'closed');
    expect((await client.claim('both', 1)).status).toBe(200); // a known user gets the same answer
    expect(await world.redis.hget(gateKeys('both').facts, 'isOver')).toBe('1');
  });
});

describe('R27: Postgres’ clock is set back by an hour', () => {
  let source: DataSource;

  beforeAll(() => {
    source = api.app.get(DataSource);
  });

  afterEach(() => setPostgresClock(0));

  /** The instance's own settings, with others in their place. */
  const settings = (others: Partial<Environment>): Environment =>
    Object.assign(new Environment(), api.app.get(Environment), others);

  it('checkpoints are stamped, and kept, as often as before', async () => {
    const authority = 'https://stamps.example';
    await world.rows(`UPDATE log_state SET size = 20, checkpoint = 'newest', checkpoint_size = 20`);
    await keepStamp(source, authority, { note: 'earlier', size: 10 }, new Uint8Array([1]));
    await keepCheckpoint(source.manager, 10, 'earlier');
    expect(await findDueCheckpoint(source, authority, 600_000)).toBeNull();
    await setPostgresClock(-HOUR);
    expect(await findDueCheckpoint(source, authority, 600_000)).toEqual({ note: 'newest', size: 20 });
    await keepCheckpoint(source.manager, 20, 'newest');
    const kept = await world.rows(`SELECT note FROM log_checkpoints ORDER BY size`);
    expect(kept).toEqual([{ note: 'earlier' }, { note: 'newest' }]);
  });

  it('a campaign that was at rest is finished no later than if it came to rest now', async () => {
    const ends = (FINISH_AFTER_MS: number): CampaignEnds =>
      new CampaignEnds(source, settings({ FINISH_AFTER_MS, REVERSAL_WINDOW_MS: 0 }));
    await client.createCampaign({ id: 'rested', capacity: 1 });
    await client.changeCampaign('rested', { state: 'CLOSED' });
    const { epoch } = await inside.gate('rested');
    await ends(2 * HOUR).advance('rested', { epoch, isQuiet: true });
    await setPostgresClock(-HOUR);
    await ends(0).advance('rested', { epoch, isQuiet: true });
    const [campaign] = await world.rows(`SELECT finished_at FROM campaigns WHERE id = 'rested'`);
    expect(campaign).toEqual({ finished_at: expect.any(Date) });
  });

  it('no operator’s session outlives that it was idle, and none ends for a second', async () => {
    const site = new OwnSite(settings({ PUBLIC_ORIGIN: 'https://give.example' }));
    const sessions = new OperatorSessions(settings({ DEV_LOGIN: true }), site, source, source);
    const operator = { issuer: 'https://login.example', subject: 'kim', name: null, scopes: [] };
    const [cookie] = (await sessions.begin(operator)).split(';');
    const request = { headers: { cookie } } as IncomingMessage;
    await setPostgresClock(-1_000);
    expect(await sessions.look(request)).toMatchObject({ subject: 'kim' });
    await setPostgresClock(-HOUR);
    expect(await sessions.look(request)).toBeNull();
  });
});
