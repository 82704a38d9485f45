import { eventually } from '../support/eventually.js';
import { send } from '../support/http.js';
import { ServiceProcess } from '../support/service-process.js';
import { adminToken, tokenOf } from '../support/tokens.js';
import { World } from '../support/world.js';

let world: World;
let service: ServiceProcess;

beforeAll(async () => {
  world = await World.create();
  const database = new URL(world.variables.DATABASE_URL ?? '').pathname.slice(1);
  await world.pg.query(`ALTER DATABASE ${database} SET timezone = 'Asia/Seoul'`);
  service = await ServiceProcess.start({ ...world.variables, APP_ROLE: 'all', TZ: 'America/Los_Angeles' });
});

afterAll(async () => {
  await ServiceProcess.killAll();
  await world.close();
});

async function create(id: string, times: object): Promise<void> {
  const terms = { id, name: id, capacity: 1_000, amount: 10, currency: 'KRW', ...times };
  const headers = { Authorization: `Bearer ${await adminToken()}`, 'Content-Type': 'application/json' };
  const answer = await send(service.url, {
    ...{ method: 'POST', path: '/v1/campaigns', headers, body: JSON.stringify(terms) },
  });
  expect(answer.status).toBe(201);
}

async function seen(id: string): Promise<{ opensAt: string | null; closesAt: string | null }> {
  const { text } = await send(service.url, { path: `/v1/campaigns/${id}` });
  return JSON.parse(text) as { opensAt: string | null; closesAt: string | null };
}

async function claim(id: string, userId: number) {
  const headers = { Authorization: `Bearer ${await tokenOf(userId)}` };
  return send(service.url, { method: 'POST', path: `/v1/campaigns/${id}/grants`, headers });
}

/** The instant as a wall clock `hours` ahead of UTC shows it, with that offset. */
function wallClock(instant: number, hours: number): string {
  const there = new Date(instant + hours * 3_600_000).toISOString().slice(0, -1);
  return `${there}${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`;
}

describe('with the service in one time zone and Postgres in another', () => {
  it.each([
    ['an hour that summer time leaves out', '2027-03-14T02:30:00-08:00', '2027-03-14T10:30:00.000Z'],
    ['an hour that comes twice', '2027-11-07T01:30:00-08:00', '2027-11-07T09:30:00.000Z'],
    ["Postgres' own zone", '2027-03-14T02:30:00+09:00', '2027-03-13T17:30:00.000Z'],
    ['a zone with half an hour', '2027-03-14T02:30:00+05:30', '2027-03-13T21:00:00.000Z'],
  ])('a time is the same instant everywhere: %s', async (what, given, instant) => {
    const id = what.toLowerCase().replaceAll(/[^a-z]+/g, '-');
    await create(id, { opensAt: given, closesAt: '2028-01-01T00:00:00+14:00' });
    expect(await seen(id)).toMatchObject({ opensAt: instant, closesAt: '2027-12-31T10:00:00.000Z' });
    const stored = await world.rows(`SELECT opens_at FROM campaigns WHERE id = $1`, [id]);
    expect(stored).toEqual([{ opens_at: new Date(instant) }]);
    const early = await claim(id, 1);
    expect([early.status, (JSON.parse(early.text) as { opensAt: string }).opensAt]).toEqual([409, instant]);
  });

  it('a campaign opens and closes at the given instant', async () => {
    const now = Date.now();
    await create('opening', { opensAt: wallClock(now + 1_500, 9), closesAt: wallClock(now + 3_600_000, -8) });
    await create('closing', { closesAt: wallClock(now + 3_000, -8) });
    await create('long-open', {
      opensAt: wallClock(now - 1_000, -8),
      closesAt: wallClock(now + 3_600_000, 9),
    });
    expect((await claim('opening', 1)).status).toBe(409);
    expect((await claim('closing', 1)).status).toBe(202);
    expect((await claim('long-open', 1)).status).toBe(202);
    await eventually(async () => expect((await claim('opening', 1)).status).toBe(202));
    let newcomer = 1;
    await eventually(async () => expect((await claim('closing', ++newcomer)).status).toBe(410));
    // The rows' timestamps are instants as well: leases run out neither at once nor never.
    await eventually(async () => {
      const paid = await world.rows(`SELECT FROM user_grants WHERE user_id = 1 AND status = 'SUCCESS'`);
      expect(paid).toHaveLength(3);
    });
  });
});
