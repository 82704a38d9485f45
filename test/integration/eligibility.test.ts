import { runAudit } from '../../src/audit/run-audit.js';
import { EligibleLists } from '../../src/grants/claims/eligible-lists.js';
import { TermsAnnouncement } from '../../src/grants/slots/terms-announcement.js';
import { Client } from '../support/client.js';
import { expectProblem } from '../support/problem.js';
import { users } from '../support/rush.js';
import { operatorToken, tokenOf } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

const FAR_OFF = '2199-01-01T00:00:00.000Z';

let world: World;
let api: RunningApp;
let client: Client;

beforeAll(async () => {
  world = await World.create({ REAPER_INTERVAL_MS: '3600000' }); // the gate is told nothing but by the tests
  api = await world.start('api');
  client = new Client(api);
});

afterAll(() => world.close());

/** A campaign with a list that has not opened yet. */
async function listed(id: string, userIds: readonly number[], capacity = 10): Promise<void> {
  const created = await client.createCampaign({ id, capacity, eligibility: 'list', opensAt: FAR_OFF });
  expect(created.status).toBe(201);
  if (userIds.length > 0) expect((await client.addEligible(id, userIds)).status).toBe(200);
}

const open = (id: string) => client.changeCampaign(id, { opensAt: null });

const place = async (id: string): Promise<unknown[]> =>
  world.rows(`SELECT user_id, arrival_no::int FROM user_grants WHERE campaign_id = $1 ORDER BY arrival_no`, [
    id,
  ]);

async function violations(id: string): Promise<string[]> {
  const { DATABASE_URL = '', REDIS_URL = '' } = world.variables;
  const report = await runAudit({ databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, looks: 1 }, id);
  return report.checks.flatMap((check) => check.violations);
}

describe('R33: only people on the list get a place', () => {
  it('the others are refused, and take neither a number nor a slot', async () => {
    await listed('few', [1, 2, 3], 2);
    await open('few');
    expectProblem(await client.claim('few', 9), 403, 'not-eligible');
    expect(await client.claim('few', 1)).toMatchObject({ status: 202, body: { arrivalNo: 1 } });
    expectProblem(await client.claim('few', 8), 403, 'not-eligible');
    expect(await client.claim('few', 2)).toMatchObject({ status: 202, body: { arrivalNo: 2, grantSeq: 2 } });
    expect(await client.claim('few', 1)).toMatchObject({ status: 200, body: { arrivalNo: 1 } });
    expectProblem(await client.claim('few', 3), 409, 'sold-out');
    expectProblem(await client.claim('few', 9), 403, 'not-eligible');
    expectProblem(await client.status('few', 9), 404, 'no-claim');
    expect(await place('few')).toEqual([
      { user_id: '1', arrival_no: 1 },
      { user_id: '2', arrival_no: 2 },
    ]);
    expect(await violations('few')).toEqual([]);
  });

  it('in one batch, everybody gets their own answer', async () => {
    const on = users(1, 30).filter((userId) => userId % 3 !== 0);
    await listed('mixed', on, 30);
    await open('mixed');
    const asked = [...users(1, 30), ...users(1, 30)];
    const answers = await Promise.all(asked.map((userId) => client.claim('mixed', userId)));
    const told = answers.map(({ status, body }, i) => [asked[i], status === 403 ? 0 : Number(body.userId)]);
    expect(told).toEqual(asked.map((userId) => [userId, on.includes(userId) ? userId : 0]));
    expect(await violations('mixed')).toEqual([]);
  });

  it('a campaign for everybody is never looked up', async () => {
    const among = jest.spyOn(api.app.get(EligibleLists), 'among');
    await client.createCampaign({ id: 'all', capacity: 1 });
    expect((await client.claim('all', 1)).status).toBe(202);
    expect(among).not.toHaveBeenCalled();
    among.mockRestore();
  });

  it('an empty list lets nobody in', async () => {
    await listed('nobody', []);
    await open('nobody');
    expectProblem(await client.claim('nobody', 1), 403, 'not-eligible');
  });

  it('paused, closed and finished are answered as ever', async () => {
    await listed('stopped', [1]);
    await client.changeCampaign('stopped', { state: 'PAUSED' });
    expectProblem(await client.claim('stopped', 9), 409, 'paused'); // the list may still change
    await client.changeCampaign('stopped', { state: 'OPEN', opensAt: null });
    expectProblem(await client.claim('stopped', 9), 403, 'not-eligible');
    await client.changeCampaign('stopped', { state: 'PAUSED' });
    expectProblem(await client.claim('stopped', 1), 409, 'paused');
    await client.changeCampaign('stopped', { state: 'CLOSED' });
    expectProblem(await client.claim('stopped', 1), 410, 'closed');

    await listed('never-opened', [1]);
    await client.changeCampaign('never-opened', { state: 'CLOSED' });
    expectProblem(await client.claim('never-opened', 1), 410, 'closed');
  });
});

describe('R33: a list is final once its campaign has opened', () => {
  it('until then nobody is told whether they are on it, and it may change', async () => {
    await listed('early', [1, 2]);
    for (const userId of [1, 9])
      expect(await client.claim('early', userId)).toMatchObject({
        status: 409,
        body: { code: 'not-open', opensAt: FAR_OFF },
      });
    expect((await client.addEligible('early', [2, 3])).body).toEqual({ added: 1, eligibleCount: 3 });
    expect((await client.operate('delete', 'campaigns/early/eligible/1')).status).toBe(204);
    expect((await client.operate('delete', 'campaigns/early/eligible/1')).status).toBe(204);
    await open('early');
    expectProblem(await client.claim('early', 1), 403, 'not-eligible');
    expect((await client.claim('early', 3)).status).toBe(202);
  });

  it('afterwards nobody comes and nobody goes, not even by hand', async () => {
    await listed('opened', [1, 2]);
    await open('opened');
    expectProblem(await client.claim('opened', 9), 403, 'not-eligible');
    expectProblem(await client.addEligible('opened', [9]), 409, 'illegal-transition');
    expectProblem(await client.operate('delete', 'campaigns/opened/eligible/1'), 409, 'illegal-transition');
    // To open later again does not open the list again.
    await client.changeCampaign('opened', { opensAt: FAR_OFF });
    expectProblem(await client.addEligible('opened', [9]), 409, 'illegal-transition');
    for (const byHand of [
      `INSERT INTO campaign_eligible (campaign_id, user_id) VALUES ('opened', 9)`,
      `DELETE FROM campaign_eligible WHERE campaign_id = 'opened'`,
      `UPDATE campaign_eligible SET user_id = 9 WHERE campaign_id = 'opened'`,
      `UPDATE campaigns SET eligible_frozen_at = NULL WHERE id = 'opened'`,
      `UPDATE campaigns SET eligibility = 'everybody' WHERE id = 'opened'`,
    ])
      await expect(world.rows(byHand)).rejects.toMatchObject({ code: expect.stringMatching(/^23/) });
    expect(await violations('opened')).toEqual([]);
  });

  it('a gate whose clock is ahead opens nothing: Postgres’ clock counts, too', async () => {
    await listed('ahead', [1]);
    await api.app.get(TermsAnnouncement).tell('ahead', {
      ...{ revision: '999', state: 'OPEN', waitingCapacity: 1 },
      ...{ opensAt: null, closesAt: null },
    });
    expectProblem(await client.claim('ahead', 1), 409, 'not-open');
    expect(await place('ahead')).toEqual([]);
  });

  it('whoever is told "not on the list" is not on it later, however it was changed meanwhile', async () => {
    await listed('contended', []);
    const people = users(1, 40);
    const told = new Map<number, string>();
    const ask = async (userId: number): Promise<void> => {
      for (;;) {
        const { status, body } = await client.claim('contended', userId);
        told.set(userId, status === 202 ? 'in' : String(body.code));
        if (body.code !== 'not-open') return;
      }
    };
    const adding = people.map((userId) => client.addEligible('contended', [userId]));
    const asking = people.map(ask);
    await open('contended');
    await Promise.all([...adding, ...asking]);
    const list = await world.rows<{ user_id: string }>(
      `SELECT user_id FROM campaign_eligible WHERE campaign_id = 'contended'`,
    );
    const on = new Set(list.map(({ user_id }) => Number(user_id)));
    const wrong = people.filter((userId) => (told.get(userId) === 'not-eligible') === on.has(userId));
    expect(wrong).toEqual([]);
    expect(await violations('contended')).toEqual([]);
  });
});

describe('the list of a campaign', () => {
  it('is a term: fixed, shown to everybody, and part of what a repeated create compares', async () => {
    await listed('term', [1, 2]);
    const { http } = api;
    expect((await http.get('/v1/campaigns/term')).body).toMatchObject({
      eligibility: 'list',
      eligibleCount: 2,
    });
    await client.createCampaign({ id: 'open-to-all', capacity: 1 });
    expect((await http.get('/v1/campaigns/open-to-all')).body).toMatchObject({
      eligibility: 'everybody',
      eligibleCount: null,
    });
    expectProblem(await client.changeCampaign('term', { eligibility: 'everybody' }), 400, 'invalid-request');
    expect(await client.createCampaign({ id: 'term', capacity: 10, opensAt: FAR_OFF })).toMatchObject({
      status: 409,
      body: { code: 'campaign-exists', differs: ['eligibility'] },
    });
    expectProblem(await client.addEligible('open-to-all', [1]), 409, 'illegal-transition');
    expectProblem(await client.addEligible('nowhere', [1]), 404, 'unknown-campaign');
  });

  it('needs a time before which it is uploaded', async () => {
    const terms = { id: 'at-once', capacity: 1, eligibility: 'list' } as const;
    expectProblem(await client.createCampaign(terms), 400, 'invalid-request');
    expectProblem(
      await client.createCampaign({ ...terms, opensAt: '2001-01-01T00:00:00Z' }),
      400,
      'invalid-request',
    );
  });

  it('is uploaded in parts, read in pages, and every change of it is in the trail', async () => {
    await listed('paged', users(1, 1_000));
    expect((await client.addEligible('paged', users(900, 600))).body).toEqual({
      added: 499,
      eligibleCount: 1_499,
    });
    expect((await client.addEligible('paged', users(1, 10))).body).toEqual({
      added: 0,
      eligibleCount: 1_499,
    });
    const read: string[] = [];
    for (let after = ''; ;) {
      const { body } = await client.operate('get', `campaigns/paged/eligible?limit=700${after}`);
      read.push(...(body.userIds as string[]));
      if (body.next === null) break;
      after = `&after=${body.next as string}`;
    }
    expect(read).toEqual(users(1, 1_499).map(String));
    const { body } = await client.operate('get', 'admin-acts?campaignId=paged');
    expect(body.items).toMatchObject([
      { act: 'eligible-added', detail: { people: 499, eligibleCount: 1_499 } },
      { act: 'eligible-added', detail: { people: 1_000, eligibleCount: 1_000 } },
      { act: 'campaign-created', detail: { eligibility: 'list' } },
    ]);
    for (const userIds of [[], users(1, 1_001), ['x'], [0]])
      expectProblem(await client.addEligible('paged', userIds), 400, 'invalid-request');
  });

  it('is changed by operators of campaigns alone', async () => {
    await listed('scoped', []);
    for (const token of [await tokenOf(1), await operatorToken('7', 'grants:read')]) {
      const path = 'campaigns/scoped/eligible';
      expectProblem(await client.operate('post', path, { userIds: ['1'] }, token), 403, 'forbidden');
    }
  });

  it('goes with its deleted campaign out of sight, and stays for the archive', async () => {
    await listed('deleted', [1]);
    expect((await client.operate('delete', 'campaigns/deleted')).status).toBe(204);
    expectProblem(await client.operate('get', 'campaigns/deleted/eligible'), 404, 'unknown-campaign');
    expectProblem(await client.addEligible('deleted', [2]), 404, 'unknown-campaign');
    expectProblem(await client.claim('deleted', 1), 404, 'unknown-campaign');
  });
});
