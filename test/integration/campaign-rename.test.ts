import { Client } from '../support/client.js';
import { expectProblem } from '../support/problem.js';
import { World } from '../support/world.js';

let world: World;
let client: Client;

beforeAll(async () => {
  world = await World.create();
  client = new Client(await world.start('api'));
});

afterAll(() => world.close());

it('an operator renames a campaign, in all views, and the trail says so', async () => {
  await client.createCampaign({ id: 'typo', name: 'Sprnig drop', capacity: 3 });
  await client.claim('typo', 1);
  const renamed = await client.changeCampaign('typo', { name: 'Spring drop — 선착순', reason: 'a typo' });
  expect(renamed.body).toMatchObject({ name: 'Spring drop — 선착순', state: 'OPEN', remaining: 2 });
  for (const path of ['campaigns/typo', 'campaigns/typo/terms'])
    expect((await client.operate('get', path)).body).toMatchObject({ name: 'Spring drop — 선착순' });
  expect((await client.operate('get', 'campaigns?search=spring')).body.items).toHaveLength(1);
  expect((await client.operate('get', 'admin-acts?campaignId=typo&limit=1')).body.items).toEqual([
    expect.objectContaining({
      act: 'campaign-changed',
      detail: { name: 'Spring drop — 선착순' },
      reason: 'a typo',
    }),
  ]);
  expect((await client.claim('typo', 2)).status).toBe(202);
});

it.each([null, '', 'x'.repeat(201), 'two\nlines', 5, {}])('refuses the name %j', async (name) => {
  expectProblem(await client.changeCampaign('default', { name }), 400, 'invalid-request');
});

it('renames no campaign that is closed', async () => {
  await client.createCampaign({ id: 'closed', capacity: 3 });
  await client.changeCampaign('closed', { state: 'CLOSED' });
  expectProblem(await client.changeCampaign('closed', { name: 'Another' }), 409, 'illegal-transition');
});

it.each(['waitingCapacity', 'capacity', 'amount', 'currency', 'reversalPolicy', 'id'])(
  '%s is fixed, and the answer says so',
  async (term) => {
    const refused = expectProblem(
      await client.changeCampaign('default', { [term]: 1 }),
      400,
      'invalid-request',
    );
    expect(refused.errors).toEqual([{ field: term, message: expect.stringContaining('is fixed') }]);
  },
);
