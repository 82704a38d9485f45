import { CampaignReports } from '../../src/campaigns/reports/campaign-reports.js';
import { STALE_EPOCH } from '../../src/grants/slots/gate-answers.js';
import { CampaignEnd } from '../../src/reaper/campaign-end.js';
import { Upkeep } from '../../src/reaper/upkeep.js';
import { runAudit } from '../../src/audit/run-audit.js';
import { booksOf, closeWallets } from '../support/books.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Inside } from '../support/inside.js';
import { expectProblem } from '../support/problem.js';
import { users } from '../support/rush.js';
import { Scrape } from '../support/scrape.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let api: RunningApp;
let client: Client;
let inside: Inside;

beforeAll(async () => {
  world = await World.create({ FINISH_AFTER_MS: '0' });
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

async function whileWorking(work: () => Promise<void>, variables = {}): Promise<void> {
  const worker = await world.start('worker', variables);
  try {
    await work();
  } finally {
    await worker.close();
  }
}

interface Standing {
  readonly sealed: boolean;
  readonly finished: boolean;
  readonly retired: boolean;
}

async function standing(campaignId: string): Promise<Standing> {
  const [found] = await world.rows<Standing>(
    `SELECT sealed_at IS NOT NULL AS sealed, finished_at IS NOT NULL AS finished, gate_retired_at IS NOT NULL AS retired
       FROM campaigns WHERE id = $1`,
    [campaignId],
  );
  return found!;
}

const finish = (campaignId: string): Promise<void> =>
  eventually(async () =>
    expect(await standing(campaignId)).toEqual({ sealed: true, finished: true, retired: true }),
  );

const keysOf = (campaignId: string): Promise<string[]> => world.redis.keys(`*{${campaignId}}*`);

async function expectCleanAudit(campaignId: string): Promise<void> {
  const { DATABASE_URL = '', REDIS_URL = '' } = world.variables;
  const report = await runAudit({ databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, looks: 1 }, campaignId);
  expect(report.checks.flatMap(({ violations }) => violations)).toEqual([]);
}

/** Gives the reaper time for rounds that change nothing. */
const settleDown = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 500));

describe('a line in which nobody can be promoted any more', () => {
  it('is told the end although the campaign is open, and accepts nobody afterwards', async () => {
    await client.createCampaign({ id: 'paid-out', capacity: 2, waitingCapacity: 3 });
    await claimAll('paid-out', users(1, 4));
    await whileWorking(
      async () => {
        await eventually(async () => {
          expect(await statusOf('paid-out', 3)).toBe('ENDED');
          expect(await statusOf('paid-out', 4)).toBe('ENDED');
          expect(await inside.counts('paid-out')).toMatchObject({ settled: 2, waiting: 0 });
        });
        expect(await client.claim('paid-out', 5)).toMatchObject({ status: 409, body: { code: 'sold-out' } });
        await world.redis.flushdb();
        expect(await client.claim('paid-out', 6)).toMatchObject({ status: 409, body: { code: 'sold-out' } });
        expect((await client.claim('paid-out', 3)).body).toMatchObject({ status: 'ENDED', arrivalNo: 3 });
        await expectCleanAudit('paid-out');
      },
      { FINISH_AFTER_MS: '3600000' },
    );
  });

  it.each([
    ['has a line', 'told-at-once', users(61, 3), 64],
    ['has none', 'nobody-waits', [71], 72],
  ])('takes nobody as soon as it is sealed, whether it %s (R9)', async (_, id, early, late) => {
    await client.createCampaign({ id, capacity: 1, waitingCapacity: 2 });
    await claimAll(id, early);
    const worker = await world.start('worker', { REAPER_INTERVAL_MS: '3600000', FINISH_AFTER_MS: '3600000' });
    try {
      await eventually(async () => expect(await inside.counts(id)).toMatchObject({ settled: 1 }));
      await world.rows(
        `UPDATE campaign_upkeep SET next_look_at = now() + interval '1 hour' WHERE campaign_id <> $1`,
        [id],
      );
      const [look] = await worker.app.get(Upkeep).take(1);
      await worker.app.get(CampaignEnd).perform(look!);
      expect(await standing(id)).toMatchObject({ sealed: true });
      expect(await inside.counts(id)).toMatchObject({ waiting: 0 });
      expect(await client.claim(id, late)).toMatchObject({ status: 409, body: { code: 'sold-out' } });
    } finally {
      await worker.close();
    }
  });

  it('waits while money may come back, if its slot would be granted again', async () => {
    await client.createCampaign({
      ...{ id: 'may-come-back', capacity: 1, waitingCapacity: 1 },
      reversalPolicy: 'regrant',
    });
    await claimAll('may-come-back', [11, 12]);
    await whileWorking(async () => {
      await eventually(async () => expect(await statusOf('may-come-back', 11)).toBe('SUCCESS'));
      await settleDown();
      expect(await statusOf('may-come-back', 12)).toBe('WAITING');
      expect(await standing('may-come-back')).toMatchObject({ sealed: false, finished: false });
    });
    await whileWorking(
      async () => {
        await finish('may-come-back');
        expect(await statusOf('may-come-back', 12)).toBe('ENDED');
      },
      { REVERSAL_WINDOW_MS: '0' },
    );
  });
});

describe('R29: a finished campaign', () => {
  it('has no gate, costs no reaper round, and answers everybody correctly from Postgres', async () => {
    await client.createCampaign({ id: 'over', capacity: 2, waitingCapacity: 1 });
    await claimAll('over', users(21, 3));
    await whileWorking(() => finish('over'));
    expect(await keysOf('over')).toEqual([]);
    expect((await api.app.get(CampaignReports).lookedAfter(1_000)).map(({ id }) => id)).not.toContain('over');

    const open = jest.spyOn(inside.keeper, 'open');
    const other = new Client(await world.start('api')); // which never knew its gate
    for (const asked of [client, other]) {
      expect(await asked.claim('over', 21)).toMatchObject({
        status: 200,
        body: { status: 'SUCCESS', grantSeq: 1 },
      });
      expect(await asked.claim('over', 23)).toMatchObject({
        status: 200,
        body: { status: 'ENDED', arrivalNo: 3 },
      });
      expect(await asked.claim('over', 24)).toMatchObject({ status: 409, body: { code: 'sold-out' } });
    }
    open.mockClear();
    const find = jest.spyOn(inside.claims, 'lookUp');
    await Promise.all(users(21, 20).map((userId) => client.claim('over', userId)));
    expect(open).not.toHaveBeenCalled();
    expect(find.mock.calls.length).toBeLessThanOrEqual(20);
    open.mockRestore();
    find.mockRestore();

    const page = await api.http.get('/v1/campaigns/over');
    expect(page.body).toMatchObject({
      state: 'OPEN',
      remaining: 0,
      waiting: 0,
      finishedAt: expect.any(String),
    });
    expect((await client.stats('over')).body).toMatchObject({ conserved: true, gate: { settled: 2 } });
    expect(await client.status('over', 22)).toMatchObject({ status: 200, body: { status: 'SUCCESS' } });
    expect(await keysOf('over')).toEqual([]);
    await expectCleanAudit('over');
  });

  it('says for good that it is sold out as soon as no place becomes free any more, an hour before it is finished', async () => {
    await client.createCampaign({ id: 'sealed', capacity: 2, waitingCapacity: 3, reversalPolicy: 'keep' });
    await claimAll('sealed', [61, 62, 63]);
    await whileWorking(
      () =>
        eventually(async () => {
          expect(await standing('sealed')).toEqual({ sealed: true, finished: false, retired: false });
          expect(await statusOf('sealed', 63)).toBe('ENDED');
        }),
      { FINISH_AFTER_MS: '3600000' },
    );
    await eventually(async () =>
      expect(expectProblem(await client.claim('sealed', 64), 409, 'sold-out')).toMatchObject({ final: true }),
    );
    const page = await api.http.get('/v1/campaigns/sealed');
    expect(page.body).toMatchObject({ state: 'OPEN', endedAt: expect.any(String), finishedAt: null });
  });

  it('promises nothing of places while one may become free', async () => {
    await client.createCampaign({ id: 'unsealed', capacity: 2, waitingCapacity: 0 });
    await claimAll('unsealed', [65, 66]);
    for (let second = 0; second < 2; second++) {
      expect(expectProblem(await client.claim('unsealed', 67), 409, 'sold-out')).toMatchObject({
        final: false,
      });
      await settleDown();
    }
    expect((await api.http.get('/v1/campaigns/unsealed')).body.endedAt).toBeNull();
  });

  it('tells strangers to its list that they are not on it, as before its end (R33)', async () => {
    const terms = { capacity: 2, waitingCapacity: 0, eligibility: 'list' as const };
    await client.createCampaign({ id: 'over-list', ...terms, opensAt: '2199-01-01T00:00:00Z' });
    await client.addEligible('over-list', [81, 82, 83]);
    await client.changeCampaign('over-list', { opensAt: null });
    await claimAll('over-list', [81, 82]);
    expectProblem(await client.claim('over-list', 84), 403, 'not-eligible');
    await whileWorking(() => finish('over-list'));

    const other = new Client(await world.start('api')); // which never knew its gate
    for (const asked of [client, other, client]) {
      for (const stranger of [84, 85])
        expectProblem(await asked.claim('over-list', stranger), 403, 'not-eligible');
      expect(expectProblem(await asked.claim('over-list', 83), 409, 'sold-out')).toMatchObject({
        final: true,
      });
      expect((await asked.claim('over-list', 81)).body).toMatchObject({ status: 'SUCCESS' });
    }
    // Its list may be removed with its archive: from then on nobody can be told whether they were on it.
    await world.rows(`UPDATE campaigns SET archived_at = now() WHERE id = 'over-list'`);
    for (const anybody of [83, 84]) expectProblem(await other.claim('over-list', anybody), 410, 'closed');
  });

  it('says "closed" to everybody if its list was never final', async () => {
    await client.createCampaign({
      ...{ id: 'never-final', capacity: 1, eligibility: 'list', opensAt: '2199-01-01T00:00:00Z' },
    });
    await client.changeCampaign('never-final', { state: 'CLOSED' });
    await whileWorking(() => finish('never-final'));
    expectProblem(await client.claim('never-final', 91), 410, 'closed');
  });

  it('can’t be changed any more, and says why', async () => {
    for (const change of [{ state: 'CLOSED' }, { state: 'PAUSED' }, { closesAt: '2099-01-01T00:00:00Z' }]) {
      const { status, body } = await client.changeCampaign('over', change);
      expect({ status, body }).toMatchObject({ status: 409, body: { code: 'illegal-transition' } });
      expect(body.detail).toMatch(/finished/);
    }
  });

  it('lets nothing through that its gate decided before', async () => {
    await client.createCampaign({ id: 'fenced-off', capacity: 2, waitingCapacity: 0 });
    const { epoch } = await inside.gate('fenced-off');
    await client.changeCampaign('fenced-off', { state: 'CLOSED' });
    await whileWorking(() => finish('fenced-off'));
    const late = { userId: '31', arrivalNo: 1, createdAt: 1, grantSeq: 1, state: 'PROCESSING' as const };
    expect(await inside.claims.insert('fenced-off', epoch, [late])).toBe(STALE_EPOCH);
    expect(await client.claim('fenced-off', 31)).toMatchObject({ status: 410, body: { code: 'closed' } });
    expect(await client.claim('fenced-off', 31)).toMatchObject({ status: 410, body: { code: 'closed' } });
    expect(await keysOf('fenced-off')).toEqual([]);
  });

  it('is not finished while a grant is to be paid, or a decision of the gate is not durable yet', async () => {
    await client.createCampaign({ id: 'unpaid', capacity: 2, waitingCapacity: 0 });
    await inside.decideClaims('unpaid', [41]);
    await client.changeCampaign('unpaid', { state: 'CLOSED' });
    await world.rows(`
      CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trouble'; END $$`);
    await world.rows(`CREATE TRIGGER trouble BEFORE INSERT ON payouts EXECUTE FUNCTION trouble()`);
    await whileWorking(async () => {
      await eventually(async () => expect(await statusOf('unpaid', 41)).toBe('PENDING'));
      await settleDown();
      expect(await standing('unpaid')).toMatchObject({ finished: false });
      await world.rows(`DROP TRIGGER trouble ON payouts`);
      await finish('unpaid');
      expect(await statusOf('unpaid', 41)).toBe('SUCCESS');
    });
  });

  it('is retired by the next round if the process that finished it died before that', async () => {
    await client.createCampaign({ id: 'cut-off', capacity: 1, waitingCapacity: 0 });
    await claimAll('cut-off', [51]);
    await whileWorking(() => finish('cut-off'), { FAILPOINTS: 'campaign.finished:error' });
    expect(await keysOf('cut-off')).toEqual([]);
  });

  it('is no longer in the metrics', async () => {
    await client.createCampaign({ id: 'scraped', capacity: 1, waitingCapacity: 0 });
    await claimAll('scraped', [61]);
    expect((await Scrape.of(api)).sum('seonchak_claims_total', { campaign: 'scraped' })).toBe(1);
    await whileWorking(() => finish('scraped'));
    expect((await client.claim('scraped', 62)).status).toBe(409);
    // The metrics are a moment old at most.
    await eventually(async () => {
      const scrape = await Scrape.of(api);
      for (const name of [
        'seonchak_claims_total',
        'seonchak_slots',
        'seonchak_waiting',
        'seonchak_conservation_error',
      ])
        expect(scrape.sum(name, { campaign: 'scraped' })).toBeUndefined();
      expect(scrape.sum('seonchak_claims_total', { campaign: '(finished)' })).toBeGreaterThan(0);
    });
  });
});

describe('R28: what is left of a budget', () => {
  const treasury = async (): Promise<number> =>
    Number(
      (
        await world.rows<{ balance: string }>(`SELECT balance FROM ledger_accounts WHERE kind = 'TREASURY'`)
      )[0]!.balance,
    );

  it('goes back to the treasury once, by a ledger transaction, when the campaign is finished', async () => {
    const before = await treasury();
    await closeWallets(world, [72]);
    await client.createCampaign({ id: 'unspent', capacity: 5, waitingCapacity: 0 });
    await claimAll('unspent', users(71, 3));
    await client.changeCampaign('unspent', { state: 'CLOSED' });
    await whileWorking(async () => {
      await finish('unspent');
      await settleDown();
    });
    expect(await booksOf(world, 'unspent')).toMatchObject({ success: 2, failed: 1, pool: 0 });
    expect(await treasury()).toBe(before - 20);
    expect(
      await world.rows(
        `SELECT entry.amount::int FROM ledger_transactions t JOIN ledger_entries entry ON entry.transaction_id = t.id
          WHERE t.idempotency_key = 'return:unspent' ORDER BY 1`,
      ),
    ).toEqual([{ amount: -30 }, { amount: 30 }]);
    expect(
      await world.rows(
        `SELECT actor, detail FROM admin_acts WHERE act = 'budget-returned' AND campaign_id = 'unspent'`,
      ),
    ).toEqual([{ actor: 'reaper', detail: { minorUnits: '30' } }]);
    expect((await api.http.get('/v1/campaigns/unspent')).body).toMatchObject({ remaining: 3 });
    await expectCleanAudit('unspent');
  });
});
