import { Client } from '../support/client.js';
import { expectProblem } from '../support/problem.js';
import { World } from '../support/world.js';

let world: World;
let client: Client;

beforeAll(async () => {
  // The default campaign has taken 100,000.
  world = await World.create({ CAMPAIGN_BUDGET_MAX: '1000', TREASURY_OVERDRAFT_MAX: '101500' });
  client = new Client(await world.start('api'));
});

afterAll(() => world.close());

const accounts = (): Promise<unknown[]> =>
  world.rows(`SELECT kind, campaign_id, balance FROM ledger_accounts WHERE campaign_id <> 'default' OR kind = 'TREASURY'
               ORDER BY kind, campaign_id`);

it('limits one campaign to the largest budget, and all together to what the treasury may owe', async () => {
  expectProblem(await client.createCampaign({ id: 'large', capacity: 101 }), 400, 'over-budget');
  expect((await client.createCampaign({ id: 'first', capacity: 100 })).status).toBe(201);
  expectProblem(await client.createCampaign({ id: 'second', capacity: 51 }), 409, 'over-budget');
  expect((await client.createCampaign({ id: 'third', capacity: 50 })).status).toBe(201);
  expectProblem(await client.createCampaign({ id: 'fourth', capacity: 1 }), 409, 'over-budget');
  expect(await accounts()).toEqual([
    { kind: 'CAMPAIGN', campaign_id: 'first', balance: '1000' },
    { kind: 'CAMPAIGN', campaign_id: 'third', balance: '500' },
    { kind: 'TREASURY', campaign_id: null, balance: '-101500' },
  ]);
  const trail = await client.operate('get', 'admin-acts');
  expect(trail.body.items).toHaveLength(2);
});
