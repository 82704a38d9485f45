import { closeWallets } from '../support/books.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Inside } from '../support/inside.js';
import { reapAll } from '../support/reap-all.js';
import { users } from '../support/rush.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let client: Client;
let inside: Inside;

beforeAll(async () => {
  world = await World.create();
  const api = await world.start('api');
  client = new Client(api);
  inside = new Inside(api);
});

afterAll(() => world.close());

const inTime = (ms: number): string => new Date(Date.now() + ms).toISOString();

async function claimAll(campaignId: string, userIds: readonly number[]): Promise<void> {
  for (const userId of userIds) expect((await client.claim(campaignId, userId)).status).toBe(202);
}

async function statusesOf(campaignId: string, userIds: readonly number[]): Promise<string[]> {
  const answers = await Promise.all(userIds.map((userId) => client.status(campaignId, userId)));
  return answers.map(({ body }) => body.status);
}

async function whileWorking(work: (worker: RunningApp) => Promise<void>): Promise<void> {
  const worker = await world.start('worker');
  try {
    await work(worker);
  } finally {
    await worker.close();
  }
}

describe('P8 an end: every grant and every waiting user reaches one', () => {
  it('continues to promote after the campaign is closed, then tells the others that it has ended (R9)', async () => {
    await client.createCampaign({ id: 'ending', capacity: 3, waitingCapacity: 5 });
    await closeWallets(world, [2, 4]);
    await claimAll('ending', users(1, 8));
    await client.changeCampaign('ending', { state: 'CLOSED' });
    expect(await statusesOf('ending', users(4, 5))).toEqual(Array(5).fill('WAITING'));
    await whileWorking(async () => {
      await eventually(async () => {
        expect(await statusesOf('ending', users(1, 8))).toEqual([
          ...['SUCCESS', 'FAILED', 'SUCCESS'], // the slot of user 2 went to user 4
          ...['FAILED', 'SUCCESS'], // and on to user 5
          ...['ENDED', 'ENDED', 'ENDED'],
        ]);
        expect(await inside.counts('ending')).toMatchObject({
          available: 0,
          processing: 0,
          settled: 3,
          waiting: 0,
        });
      });
    });
    const again = await client.claim('ending', 7);
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ status: 'ENDED', grantSeq: null, arrivalNo: 7 });
  });

  it('keeps out a user who was told the end, whatever the gate says, even with a free slot (R9)', async () => {
    await client.createCampaign({ id: 'told', capacity: 2, waitingCapacity: 2 });
    const { epoch } = await inside.gate('told');
    await world.rows(
      `INSERT INTO waiting_entries (campaign_id, user_id, arrival_no, created_at, ended_at)
       VALUES ('told', 50, 1, now(), now())`,
    );
    const promotion = { userId: '50', arrivalNo: 1, createdAt: 1, grantSeq: 1, state: 'PROCESSING' as const };
    expect(await inside.claims.insert('told', epoch, [promotion])).toMatchObject({ userIds: new Set() });
    expect((await client.claim('told', 50)).body).toMatchObject({ status: 'ENDED', arrivalNo: 1 });
  });

  it('tells them the end for ever, also after a rebuild of the gate', async () => {
    await world.redis.flushdb();
    expect((await client.claim('ending', 6)).body.status).toBe('ENDED');
    expect((await inside.counts('ending')).waiting).toBe(0);
  });

  it('tells nobody the end while a slot may still become free (R9)', async () => {
    await client.createCampaign({ id: 'undecided', capacity: 2, waitingCapacity: 2 });
    await closeWallets(world, [101]);
    await claimAll('undecided', users(100, 4));
    await client.changeCampaign('undecided', { state: 'CLOSED' });
    await world.rows(`
      CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trouble'; END $$`);
    await world.rows(`CREATE TRIGGER trouble BEFORE INSERT ON payouts EXECUTE FUNCTION trouble()`);
    await whileWorking(async (worker) => {
      for (let round = 0; round < 5; round++) await reapAll(world, worker);
      expect(await statusesOf('undecided', users(100, 4))).toEqual([
        'PENDING',
        'PENDING',
        'WAITING',
        'WAITING',
      ]);
      await world.rows(`DROP TRIGGER trouble ON payouts`);
      await eventually(async () => {
        expect(await statusesOf('undecided', users(100, 4))).toEqual([
          'SUCCESS',
          'FAILED',
          'SUCCESS',
          'ENDED',
        ]);
      });
    });
  });

  it('ends a place in the line even if its process died before the place was durable', async () => {
    await client.createCampaign({ id: 'died', capacity: 1, waitingCapacity: 2 });
    await claimAll('died', [200]);
    await inside.decideClaims('died', [201]);
    await client.changeCampaign('died', { state: 'CLOSED' });
    await whileWorking(async () => {
      await eventually(async () =>
        expect(await statusesOf('died', [200, 201])).toEqual(['SUCCESS', 'ENDED']),
      );
    });
  });
});

describe('P8 an end: pausing and closing', () => {
  it('refuses newcomers while paused, answers known users, and accepts claims when resumed', async () => {
    await client.createCampaign({ id: 'pausing', capacity: 5 });
    await claimAll('pausing', [300]);
    expect((await client.changeCampaign('pausing', { state: 'PAUSED' })).body.state).toBe('PAUSED');
    const refused = await client.claim('pausing', 301);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'paused', type: 'urn:seonchak:problem:paused' });
    expect(await client.claim('pausing', 300)).toMatchObject({ status: 200, body: { grantSeq: 1 } });
    await client.changeCampaign('pausing', { state: 'OPEN' });
    expect(await client.claim('pausing', 301)).toMatchObject({ status: 202, body: { arrivalNo: 2 } });
  });

  it('refuses newcomers for good once closed, answers known users, and stays closed', async () => {
    await client.createCampaign({ id: 'closing', capacity: 5 });
    await claimAll('closing', [310]);
    await client.changeCampaign('closing', { state: 'CLOSED' });
    expect(await client.claim('closing', 311)).toMatchObject({ status: 410, body: { code: 'closed' } });
    expect(await client.claim('closing', 310)).toMatchObject({ status: 200, body: { grantSeq: 1 } });
    for (const change of [{ state: 'OPEN' }, { state: 'PAUSED' }, { closesAt: null }]) {
      expect(await client.changeCampaign('closing', change)).toMatchObject({
        status: 409,
        body: { code: 'illegal-transition', state: 'CLOSED' },
      });
    }
    await world.redis.flushdb();
    expect((await client.claim('closing', 311)).status).toBe(410);
  });

  it('updates a gate that was out of reach when the operator made the change', async () => {
    await client.createCampaign({ id: 'unheard', capacity: 5 });
    await inside.gate('unheard');
    await world.rows(`UPDATE campaigns SET state = 'PAUSED', revision = revision + 1 WHERE id = 'unheard'`);
    await whileWorking(async () => {
      let next = 320;
      await eventually(async () => expect((await client.claim('unheard', next++)).body.code).toBe('paused'));
    });
  });

  it('ignores terms of an older revision that arrive late', async () => {
    await client.createCampaign({ id: 'late-news', capacity: 5 });
    const { revision } = (
      await world.rows<{ revision: string }>(`SELECT revision FROM campaigns WHERE id = 'late-news'`)
    )[0]!;
    await client.changeCampaign('late-news', { state: 'CLOSED' });
    await inside.slots.announce('late-news', {
      revision,
      state: 'OPEN',
      opensAt: null,
      closesAt: null,
      waitingCapacity: 1,
    });
    expect((await client.claim('late-news', 330)).status).toBe(410);
  });
});

describe('P8 an end: opening and closing times, by the gate’s clock', () => {
  it('refuses claims before opensAt, says when it opens, and accepts claims from then on', async () => {
    const distant = inTime(3_600_000);
    await client.createCampaign({ id: 'tomorrow', capacity: 5, opensAt: distant });
    const early = await client.claim('tomorrow', 400);
    expect(early.status).toBe(409);
    expect(early.body).toMatchObject({ code: 'not-open', opensAt: distant });
    expect(Number(early.headers['retry-after'])).toBeGreaterThan(60);

    const soon = inTime(700);
    await client.changeCampaign('tomorrow', { opensAt: soon });
    const accepted = await eventually(async () => {
      const answer = await client.claim('tomorrow', 400);
      expect(answer.status).toBe(202);
      return answer;
    });
    expect(Date.parse(accepted.body.createdAt)).toBeGreaterThanOrEqual(Date.parse(soon));
    expect(accepted.body).toMatchObject({ arrivalNo: 1, grantSeq: 1 });
  });

  it('closes by itself at closesAt', async () => {
    await client.createCampaign({ id: 'tonight', capacity: 500 });
    const closesAt = inTime(700);
    await client.changeCampaign('tonight', { closesAt });
    let next = 1_000;
    await eventually(async () => expect((await client.claim('tonight', next++)).status).toBe(410));
    expect(
      await world.rows(`SELECT FROM user_grants WHERE campaign_id = 'tonight' AND created_at >= $1`, [
        closesAt,
      ]),
    ).toHaveLength(0);
    await whileWorking(async () => {
      await eventually(async () => {
        expect(await world.rows(`SELECT state FROM campaigns WHERE id = 'tonight'`)).toEqual([
          { state: 'CLOSED' },
        ]);
      });
    });
    expect((await client.claim('tonight', 999)).status).toBe(410);
  });
});
