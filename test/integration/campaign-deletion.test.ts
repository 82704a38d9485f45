import { runAudit } from '../../src/audit/run-audit.js';
import { CampaignDeletion } from '../../src/campaigns/campaign-deletion.js';
import { GateOwnership } from '../../src/grants/slots/gate-ownership.js';
import { STALE_EPOCH } from '../../src/grants/slots/gate-answers.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Inside } from '../support/inside.js';
import { persist } from '../support/rush.js';
import { expectProblem } from '../support/problem.js';
import { World } from '../support/world.js';

let world: World;
let client: Client;
let inside: Inside;
let deletion: CampaignDeletion;
let ownerships: readonly GateOwnership[];
/** Another instance, which learns of nothing that this one does. */
let other: Client;

beforeAll(async () => {
  world = await World.create();
  const api = await world.start('api'); // without a reaper: the gate is gone because the deletion removes it
  client = new Client(api);
  inside = new Inside(api);
  deletion = api.app.get(CampaignDeletion);
  const another = await world.start('api');
  other = new Client(another);
  ownerships = [api, another].map(({ app }) => app.get(GateOwnership));
});

afterAll(() => world.close());

const remove = (id: string) => client.operate('delete', `campaigns/${id}`);

/** Every instance knows that the database was set back, and serves again: an owner changes when all have followed. */
async function noticed(): Promise<void> {
  for (const ownership of [...ownerships, ...ownerships]) await ownership.beat();
}

const treasury = async (): Promise<unknown> =>
  (await world.rows(`SELECT balance FROM ledger_accounts WHERE kind = 'TREASURY'`))[0];

/** All but the counted rates, which go by themselves. */
async function keysOf(id: string): Promise<string[]> {
  const keys = (await world.redis.keys('*')).filter((key) => key.includes(id));
  return keys.filter((key) => !key.includes('-rates:')).sort();
}

async function rowsOf(id: string): Promise<unknown> {
  return world.rows(
    `SELECT state, epoch, deleted_at, balance FROM campaigns JOIN ledger_accounts ON campaign_id = campaigns.id
      WHERE campaigns.id = $1`,
    [id],
  );
}

describe('a campaign that nobody has claimed', () => {
  const id = 'mistaken';
  let before: unknown;

  beforeAll(async () => {
    before = await treasury();
    await client.createCampaign({ id, capacity: 7 });
    for (const each of [client, other])
      expect((await each.operate('get', `campaigns/${id}`)).status).toBe(200);
    expect((await keysOf(id)).length).toBeGreaterThan(0);
    expect((await remove(id)).status).toBe(204);
  });

  it('is deleted: nobody finds it any more', async () => {
    for (const path of ['', '/terms', '/stats', '/grants', '/payouts'])
      expectProblem(await client.operate('get', `campaigns/${id}${path}`), 404, 'unknown-campaign');
    expectProblem(await client.changeCampaign(id, { state: 'OPEN' }), 404, 'unknown-campaign');
    for (const each of [client, other]) expectProblem(await each.claim(id, 1), 404, 'unknown-campaign');
    expect((await client.operate('get', `campaigns?search=${id}`)).body.items).toEqual([]);
  });

  it('returns its budget', async () => {
    expect(await treasury()).toEqual(before);
    expect(await world.rows(`SELECT balance FROM ledger_accounts WHERE campaign_id = $1`, [id])).toEqual([
      { balance: '0' },
    ]);
  });

  it('has no gate', async () => {
    expect(await keysOf(id)).toEqual([]);
  });

  it('is in the trail, once, also when the deletion is repeated', async () => {
    expect((await remove(id)).status).toBe(204);
    expect(
      await world.rows(
        `SELECT act, actor, detail FROM admin_acts WHERE campaign_id = $1 ORDER BY id DESC LIMIT 1`,
        [id],
      ),
    ).toEqual([{ act: 'campaign-deleted', actor: '1', detail: { minorUnits: '70' } }]);
    expect(await world.rows(`SELECT FROM admin_acts WHERE campaign_id = $1`, [id])).toHaveLength(2);
  });

  it('keeps its id', async () => {
    const again = expectProblem(await client.createCampaign({ id, capacity: 7 }), 409, 'campaign-exists');
    expect(again.detail).toContain('Ids are not used again');
  });

  it('never comes back', async () => {
    await expect(world.rows(`UPDATE campaigns SET deleted_at = NULL WHERE id = $1`, [id])).rejects.toThrow(
      'a deleted campaign never comes back',
    );
  });

  it('is deleted before it opens, and after it was closed', async () => {
    await client.createCampaign({ id: 'not-yet', capacity: 3, opensAt: '2199-01-01T00:00:00Z' });
    expect((await remove('not-yet')).status).toBe(204);
    await client.createCampaign({ id: 'no-more', capacity: 3 });
    await client.changeCampaign('no-more', { state: 'CLOSED' });
    expect((await remove('no-more')).status).toBe(204);
  });

  it('an unknown one is 404', async () => {
    expectProblem(await remove('nobody'), 404, 'unknown-campaign');
  });
});

describe('a campaign that somebody has claimed', () => {
  async function expectRefused(id: string): Promise<void> {
    const before = await rowsOf(id);
    const keys = await keysOf(id);
    expectProblem(await remove(id), 409, 'illegal-transition');
    expect(await rowsOf(id)).toEqual(before);
    expect(await keysOf(id)).toEqual(keys);
  }

  it('is not deleted', async () => {
    await client.createCampaign({ id: 'claimed', capacity: 3 });
    await client.claim('claimed', 1);
    await expectRefused('claimed');
  });

  it('is not deleted while Redis has lost its gate', async () => {
    await client.createCampaign({ id: 'gateless', capacity: 3 });
    await client.claim('gateless', 1);
    const keys = await keysOf('gateless');
    await world.redis.del(...keys);
    await expectRefused('gateless');
  });

  it('is not deleted while only the gate knows of the claim: it is rolled forward', async () => {
    await client.createCampaign({ id: 'decided', capacity: 3 });
    await inside.decideClaims('decided', [1]);
    await expectRefused('decided');
    expect((await client.claim('decided', 1)).body).toMatchObject({ status: 'PENDING', grantSeq: 1 });
  });

  it('is not deleted when the database was set back since, and may have lost the claims', async () => {
    await client.createCampaign({ id: 'restored', capacity: 3 });
    await world.rows(`UPDATE campaigns SET created_at = now() + interval '1 hour' WHERE id = 'restored'`); // by another clock
    await world.rows(`UPDATE installation SET round = round - 1000`);
    await noticed();
    await expectRefused('restored');
  });
});

it('R22: is not deleted when the database was set back a moment ago, and nobody has noticed it yet', async () => {
  await client.createCampaign({ id: 'just-restored', capacity: 3 });
  await world.rows(`UPDATE installation SET round = round - 1000`);
  expect(await deletion.delete('just-restored', { actor: 'test' })).toBe('claimed');
  await noticed();
});

it('R1: a claim that the gate decides while the campaign is deleted is not written', async () => {
  await client.createCampaign({ id: 'meanwhile', capacity: 3 });
  const claims = await inside.decideClaims('meanwhile', [1]);
  const { epoch } = await inside.gate('meanwhile');
  expect(await deletion.delete('meanwhile', { actor: 'test' })).toBe('deleted');
  expect(await inside.claims.insert('meanwhile', epoch, claims)).toBe(STALE_EPOCH);
  expect(await world.rows(`SELECT FROM user_grants WHERE campaign_id = 'meanwhile'`)).toEqual([]);
  expectProblem(await client.claim('meanwhile', 1), 404, 'unknown-campaign');
});

it('of a claim and a deletion at the same moment, one counts', async () => {
  const outcomes = new Set<string>();
  for (let round = 0; round < 25; round++) {
    outcomes.add(await raceFor(`race-${round}`));
  }
  for (const outcome of outcomes) expect(['202 409', '404 204']).toContain(outcome);
});

async function raceFor(id: string): Promise<string> {
  await client.createCampaign({ id, capacity: 3 });
  // Who meets the gate while the deletion takes it away is told to ask again.
  const [claimed, deleted] = await Promise.all([persist(other, id, 1), remove(id)]);
  const grants = await world.rows(`SELECT FROM user_grants WHERE campaign_id = $1`, [id]);
  expect(grants).toHaveLength(claimed.status === 202 ? 1 : 0);
  return `${claimed.status} ${deleted.status}`;
}

it('the reapers leave it alone in the end, and the audit finds every promise kept', async () => {
  await world.start('worker');
  await eventually(async () => {
    expect(
      await world.rows(`SELECT id FROM campaigns WHERE deleted_at IS NOT NULL AND gate_retired_at IS NULL`),
    ).toEqual([]);
    expect(
      await world.rows(`SELECT campaign_id FROM campaign_upkeep JOIN campaigns ON id = campaign_id
                         WHERE deleted_at IS NOT NULL`),
    ).toEqual([]);
  });
  const target = {
    databaseUrl: world.variables.DATABASE_URL ?? '',
    redisUrl: world.variables.REDIS_URL ?? '',
  };
  const { checks } = await runAudit(target, 'mistaken');
  expect(checks.filter(({ violations }) => violations.length > 0)).toEqual([]);
});
