import { SlotService } from '../../src/grants/slots/slot.service.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problem.js';
import { type RunningApp, World } from '../support/world.js';

const FAR_OFF = '2199-01-01T00:00:00.000Z';

let world: World;
let client: Client;
let api: RunningApp;

beforeAll(async () => {
  world = await World.create({ REQUEST_DEADLINE_MS: '20000' });
  api = await world.start('api'); // without a reaper: nothing but the clock closes a campaign
  client = new Client(api);
});

afterAll(() => world.close());

const inTime = (ms: number): string => new Date(Date.now() + ms).toISOString();

/** The state as each view tells it. */
async function shown(id: string): Promise<string[]> {
  const listed = await client.operate('get', `campaigns?search=${id}`);
  const answers = [
    await client.operate('get', `campaigns/${id}`),
    await client.operate('get', `campaigns/${id}/terms`),
  ].map(({ body }) => (body as { state: string }).state);
  return [...answers, ...(listed.body as { items: { state: string }[] }).items.map(({ state }) => state)];
}

const everywhere = (state: string): string[] => [state, state, state];

describe('the state that a campaign is shown in', () => {
  it('is SCHEDULED until opensAt, then OPEN', async () => {
    const created = await client.createCampaign({ id: 'soon', capacity: 3, opensAt: FAR_OFF });
    expect(created.body.state).toBe('SCHEDULED');
    expect(await shown('soon')).toEqual(everywhere('SCHEDULED'));
    expectProblem(await client.claim('soon', 1), 409, 'not-open');

    const changed = await client.changeCampaign('soon', { opensAt: inTime(700) });
    expect(changed.body.state).toBe('SCHEDULED');
    await eventually(async () => expect(await shown('soon')).toEqual(everywhere('OPEN')));
    expect((await client.claim('soon', 1)).status).toBe(202);
  });

  it('is CLOSED from closesAt on, although no reaper has closed it', async () => {
    await client.createCampaign({ id: 'short', capacity: 3, closesAt: inTime(700) });
    expect(await shown('short')).toEqual(everywhere('OPEN'));
    await eventually(async () => expect(await shown('short')).toEqual(everywhere('CLOSED')));
    expectProblem(await client.claim('short', 1), 410, 'closed');
  });

  it('is PAUSED while it is paused, before it opens too', async () => {
    await client.createCampaign({ id: 'paused', capacity: 3, opensAt: FAR_OFF });
    expect((await client.changeCampaign('paused', { state: 'PAUSED' })).body.state).toBe('PAUSED');
    expect(await shown('paused')).toEqual(everywhere('PAUSED'));
    expect((await client.changeCampaign('paused', { state: 'OPEN' })).body.state).toBe('SCHEDULED');
  });
});

describe('a campaign that was shown as CLOSED', () => {
  beforeAll(async () => {
    await client.createCampaign({ id: 'over', capacity: 3, closesAt: inTime(500) });
    await eventually(async () => expect(await shown('over')).toEqual(everywhere('CLOSED')));
  });

  it.each([{ closesAt: null }, { closesAt: FAR_OFF }, { state: 'OPEN' }, { state: 'PAUSED' }])(
    'is not opened again by %j',
    async (change) => {
      const refused = expectProblem(await client.changeCampaign('over', change), 409, 'illegal-transition');
      expect(refused.state).toBe('CLOSED');
      expect(await shown('over')).toEqual(everywhere('CLOSED'));
    },
  );

  it('can be closed by an operator', async () => {
    expect((await client.changeCampaign('over', { state: 'CLOSED' })).body.state).toBe('CLOSED');
  });
});

describe('times that a campaign can’t have', () => {
  const past = '2020-01-01T00:00:00Z';
  const wrong = [
    ['closesAt in the past', { closesAt: past }],
    ['closesAt in the past, after opensAt', { opensAt: '2019-01-01T00:00:00Z', closesAt: past }],
    ['closesAt before opensAt', { opensAt: FAR_OFF, closesAt: '2198-01-01T00:00:00Z' }],
    ['closesAt at opensAt', { opensAt: FAR_OFF, closesAt: FAR_OFF }],
  ] as const;

  it.each(wrong)('%s is refused at creation, and the id stays free', async (what, times) => {
    const id = `free-${wrong.findIndex(([name]) => name === what)}`;
    const refused = await client.createCampaign({ id, capacity: 3, ...times });
    expect(expectProblem(refused, 400, 'invalid-request').detail).toContain('closesAt');
    expect((await client.createCampaign({ id, capacity: 3 })).status).toBe(201);
  });

  it.each(wrong)('%s is refused as a change, which changes nothing', async (_, times) => {
    const terms = { id: 'steady', capacity: 3, closesAt: FAR_OFF };
    await client.createCampaign(terms);
    expectProblem(await client.changeCampaign('steady', times), 400, 'invalid-request');
    expect((await client.createCampaign(terms)).status).toBe(200); // its terms are still the same
  });

  it('a closing before 1970 is refused although the change asks for CLOSED, and the campaign goes on', async () => {
    await client.createCampaign({ id: 'too-early', capacity: 3 });
    const change = { state: 'CLOSED', closesAt: '1969-12-31T23:59:59Z' };
    const refused = await client.changeCampaign('too-early', change);
    expect(expectProblem(refused, 400, 'invalid-request').detail).toContain('closesAt is before 1970');
    expect((await client.changeCampaign('too-early', { state: 'PAUSED' })).body.state).toBe('PAUSED');
  });

  it('an opening in the past is refused at creation, and the id stays free', async () => {
    const refused = await client.createCampaign({ id: 'too-late', capacity: 3, opensAt: inTime(-3_600_000) });
    expect(expectProblem(refused, 400, 'invalid-request').detail).toMatch(/^opensAt is in the past/);
    expect((await client.createCampaign({ id: 'too-late', capacity: 3 })).status).toBe(201);
  });

  it('an opening a moment ago is taken: clocks differ', async () => {
    const terms = { id: 'just-now', capacity: 3, opensAt: inTime(-5_000) };
    expect((await client.createCampaign(terms)).body.state).toBe('OPEN');
    expect((await client.createCampaign(terms)).status).toBe(200);
  });

  it('an opening is not moved into the past; one that has passed may stay', async () => {
    await client.createCampaign({ id: 'moved', capacity: 3, opensAt: FAR_OFF });
    const refused = await client.changeCampaign('moved', { opensAt: inTime(-3_600_000) });
    expect(expectProblem(refused, 400, 'invalid-request').detail).toMatch(/^opensAt is in the past/);
    expect(await shown('moved')).toEqual(everywhere('SCHEDULED'));

    const opensAt = inTime(-3_600_000);
    await world.rows(`UPDATE campaigns SET opens_at = $1 WHERE id = 'moved'`, [opensAt]);
    expect((await client.changeCampaign('moved', { opensAt, closesAt: FAR_OFF })).status).toBe(200);
    expect(
      (await client.createCampaign({ id: 'moved', capacity: 3, opensAt, closesAt: FAR_OFF })).status,
    ).toBe(200);
  });

  it('an opening after the closing that it has is refused', async () => {
    await client.createCampaign({ id: 'half', capacity: 3, closesAt: inTime(3_600_000) });
    expectProblem(await client.changeCampaign('half', { opensAt: FAR_OFF }), 400, 'invalid-request');
  });

  it.each([
    ['2199-01-01T09:00:00', 'has no offset from UTC'],
    ['2199-01-01T09:00:00.123', 'has no offset from UTC'],
    ['2199-01-01', 'has no time of day and no offset from UTC'],
    ['2199-02-30T00:00:00Z', 'is no time that exists'],
    ['tomorrow', 'must be an RFC 3339 time'],
    [4_102_444_800_000, 'must be an RFC 3339 time'],
  ])('%s %s', async (time, says) => {
    for (const field of ['opensAt', 'closesAt']) {
      const refused = expectProblem(
        await client.changeCampaign('default', { [field]: time }),
        400,
        'invalid-request',
      );
      const [error] = refused.errors as { field: string; message: string }[];
      expect(error).toEqual({ field, message: expect.stringContaining(`${field} ${says}`) });
    }
  });
});

describe('a currency', () => {
  it.each(['XYZ', 'XXX', 'krw', 'KWR', 'WON'])(
    '%s is refused, and the message says what it has to be',
    async (currency) => {
      for (const answer of [
        await client.createCampaign({ id: 'foreign', capacity: 3, currency }),
        await client.operate('patch', `wallets/${currency}/7`, { state: 'CLOSED', reason: 'a test' }),
      ]) {
        const [error] = expectProblem(answer, 400, 'invalid-request').errors as { message: string }[];
        expect(error?.message).toContain('currency must be the ISO 4217 code of a currency');
      }
    },
  );

  it.each(['KRW', 'USD', 'EUR', 'JPY', 'VND', 'BHD'])('%s is taken', async (currency) => {
    const created = await client.createCampaign({
      id: `in-${currency.toLowerCase()}`,
      capacity: 3,
      currency,
    });
    expect(created.body).toMatchObject({ currency });
  });
});

describe('a change that has to wait for the campaign’s turn', () => {
  /** Answers after `change` has waited for the turn until `closesAt` has passed. */
  async function afterWaiting(id: string, change: Record<string, unknown>, closesAt: string) {
    const holder = await world.pg.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`SELECT pg_advisory_xact_lock(hashtextextended('campaign:' || $1, 0))`, [id]);
      const answer = client.changeCampaign(id, change).then((response) => response);
      await eventually(async () => {
        const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`;
        expect(await world.rows(waits)).toHaveLength(1);
      });
      await eventually(async () =>
        expect(await world.rows(`SELECT $1::timestamptz < clock_timestamp() AS past`, [closesAt])).toEqual([
          { past: true },
        ]),
      );
      await holder.query('COMMIT');
      return await answer;
    } finally {
      holder.release(true); // else a failure here would hold the turn, and the end of the test
    }
  }

  it('is refused when its closing time has passed meanwhile', async () => {
    await client.createCampaign({ id: 'late-close', capacity: 3 });
    const closesAt = inTime(1_000); // the change waits by then, and would give up at 2,000
    const refused = await afterWaiting('late-close', { closesAt }, closesAt);
    expect(expectProblem(refused, 400, 'invalid-request').detail).toContain('closesAt');
    expect(await shown('late-close')).toEqual(everywhere('OPEN'));
  });

  it('does not open a campaign that has closed meanwhile', async () => {
    const closesAt = inTime(1_000);
    await client.createCampaign({ id: 'late-open', capacity: 3, closesAt });
    const refused = await afterWaiting('late-open', { closesAt: FAR_OFF }, closesAt);
    expectProblem(refused, 409, 'illegal-transition');
    expect(await shown('late-open')).toEqual(everywhere('CLOSED'));
  });
});

it('a change is answered once it is committed, also while the gate is silent', async () => {
  await client.createCampaign({ id: 'silent', capacity: 3 });
  const slots = api.app.get(SlotService);
  const silent = [jest.spyOn(slots, 'announce'), jest.spyOn(slots, 'counts')];
  let end = (): void => undefined;
  const silence = new Promise<never>((_, reject) => (end = () => reject(new Error('the gate was silent'))));
  silence.catch(() => undefined);
  for (const call of silent) call.mockReturnValue(silence);
  const changed = await client.changeCampaign('silent', { state: 'PAUSED' });
  expect(changed).toMatchObject({ status: 200, body: { state: 'PAUSED', remaining: 3 } });
  for (const call of silent) call.mockRestore();
  end(); // the series may be waiting for counts, and the end of the instance for the series
});
