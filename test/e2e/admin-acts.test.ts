import { Client } from '../support/client.js';
import { expectProblem } from '../support/problem.js';
import { operatorToken } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let api: RunningApp;
let client: Client;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api');
  client = new Client(api);
});

afterAll(() => world.close());

const acts = async (query = ''): Promise<Record<string, unknown>[]> =>
  (await client.operate('get', `admin-acts${query}`)).body.items;

it('the trail records who changed a campaign, when, how and why', async () => {
  await client.createCampaign({ id: 'told', capacity: 3 });
  const reason = 'the press has the wrong date';
  const token = await operatorToken('77', 'grants:campaigns');
  await client.operate('patch', 'campaigns/told', { state: 'PAUSED', reason }, token);
  expect((await client.operate('patch', 'campaigns/told', { reason }, token)).status).toBe(400);
  expect(await acts('?campaignId=told')).toEqual([
    {
      ...{ id: expect.any(String), at: expect.any(String), actor: '77', act: 'campaign-changed' },
      ...{ campaignId: 'told', detail: { state: 'PAUSED' }, reason },
    },
    expect.objectContaining({
      ...{ actor: '1', act: 'campaign-created', reason: null },
      detail: expect.objectContaining({ capacity: 3, amount: '10' }),
    }),
  ]);
});

it('the trail covers wallets and payout stops; what changes nothing is not recorded', async () => {
  await client.operate('patch', 'wallets/KRW/5', { state: 'CLOSED', reason: 'he asked for it' });
  await client.operate('patch', 'wallets/KRW/5', { state: 'OPEN', reason: 'he is back' });
  for (const state of ['STOPPED', 'STOPPED', 'RUNNING', 'RUNNING'])
    await client.operate('patch', 'payouts', { state, reason: 'a drill' });
  expect(await acts('?limit=4')).toMatchObject([
    { act: 'payouts-resumed', campaignId: null, reason: 'a drill' },
    { act: 'payouts-stopped', campaignId: null },
    { act: 'wallet-opened', detail: { userId: '5', currency: 'KRW' }, reason: 'he is back' },
    { act: 'wallet-closed', reason: 'he asked for it' },
  ]);
});

it('pages list the newest acts first and do not overlap', async () => {
  const all = await acts('?limit=1000');
  const found: unknown[] = [];
  let next: string | null = null;
  do {
    const { body } = await client.operate('get', `admin-acts?limit=2${next ? `&before=${next}` : ''}`);
    found.push(...body.items);
    next = body.next;
  } while (next !== null);
  expect(found).toEqual(all);
});

it('the trail cannot be changed, and what is rolled back is not recorded', async () => {
  for (const sql of [`UPDATE admin_acts SET actor = '2'`, `DELETE FROM admin_acts`, `TRUNCATE admin_acts`])
    await expect(world.rows(sql)).rejects.toThrow('append-only');
  const before = await acts();
  expect((await client.createCampaign({ id: 'told', capacity: 3 })).status).toBe(200);
  expect((await client.createCampaign({ id: 'told', capacity: 4 })).status).toBe(409);
  expect((await client.operate('patch', 'campaigns/no-such', { state: 'PAUSED' })).status).toBe(404);
  expect(await acts()).toEqual(before);
  await world.rows(`ALTER TABLE admin_acts ADD CONSTRAINT never CHECK (actor <> '666')`);
  const token = await operatorToken('666', 'grants:admin');
  const terms = { id: 'untold', name: 'Untold', capacity: 1, amount: 10, currency: 'KRW' };
  expect((await client.operate('post', 'campaigns', terms, token)).status).toBe(500);
  expect((await client.operate('get', 'campaigns/untold')).status).toBe(404);
});

it('a closing time in the past does not close a campaign by mistake', async () => {
  await client.createCampaign({ id: 'careful', capacity: 3 });
  const closesAt = '2020-01-01T00:00:00Z';
  expectProblem(await client.changeCampaign('careful', { closesAt }), 400, 'invalid-request');
  expectProblem(
    await client.createCampaign({ id: 'stillborn', capacity: 3, closesAt }),
    400,
    'invalid-request',
  );
  expect((await client.operate('get', 'campaigns/careful')).body).toMatchObject({
    state: 'OPEN',
    closesAt: null,
  });
  expect((await client.changeCampaign('careful', { state: 'CLOSED', closesAt })).body.state).toBe('CLOSED');
});
