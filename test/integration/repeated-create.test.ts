import { Client, type NewCampaign } from '../support/client.js';
import { expectProblem } from '../support/problem.js';
import { World } from '../support/world.js';

const FAR_OFF = '2199-01-01T00:00:00.000Z';

let world: World;
let client: Client;

beforeAll(async () => {
  world = await World.create();
  client = new Client(await world.start('api'));
});

afterAll(() => world.close());

const acts = (id: string): Promise<unknown[]> =>
  world.rows(`SELECT act FROM admin_acts WHERE campaign_id = $1`, [id]);

const rowOf = async (id: string): Promise<unknown> =>
  (await world.rows(`SELECT * FROM campaigns WHERE id = $1`, [id]))[0];

it('a create that is repeated with the same terms answers 200 with the campaign, and changes nothing', async () => {
  const terms = { id: 'again', capacity: 30, opensAt: '2199-01-01T09:00:00+09:00' };
  const first = await client.createCampaign(terms);
  expect(first.status).toBe(201);
  const before = await rowOf('again');

  const again = await client.createCampaign(terms);
  expect(again.status).toBe(200);
  expect(again.body).toEqual(first.body);
  // The same instant in another notation, and defaults that are written out, are the same terms.
  const spelled = { ...terms, opensAt: FAR_OFF, waitingCapacity: 3, reversalPolicy: 'keep' as const };
  expect((await client.createCampaign(spelled)).status).toBe(200);

  expect(await rowOf('again')).toEqual(before);
  expect(await acts('again')).toEqual([{ act: 'campaign-created' }]);
  expect(await world.rows(`SELECT balance FROM ledger_accounts WHERE campaign_id = 'again'`)).toEqual([
    { balance: '300' },
  ]);
});

it('shows what is left by now, not what there was at first', async () => {
  await client.createCampaign({ id: 'used', capacity: 3 });
  await client.claim('used', 1);
  expect((await client.createCampaign({ id: 'used', capacity: 3 })).body).toMatchObject({ remaining: 2 });
});

it('of two creates at the same moment, one makes the campaign and the other one finds it', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => client.createCampaign({ id: 'twice', capacity: 3 })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
  expect(await acts('twice')).toHaveLength(1);
});

describe('another create of the same id is refused, and told which terms differ', () => {
  const id = 'taken';
  const terms = { id, capacity: 30, waitingCapacity: 5, opensAt: FAR_OFF };

  beforeAll(() => client.createCampaign(terms));

  it.each<[string, Partial<NewCampaign>]>([
    ['name', { name: 'Another' }],
    ['capacity', { capacity: 31 }],
    ['waitingCapacity', { waitingCapacity: 0 }],
    ['amount', { amount: 11 }],
    ['currency', { currency: 'USD' }],
    ['reversalPolicy', { reversalPolicy: 'regrant' }],
    ['opensAt', { opensAt: '2199-01-01T00:00:00.001Z' }],
    ['closesAt', { closesAt: '2199-02-01T00:00:00Z' }],
  ])('%s', async (term, other) => {
    const before = await rowOf(id);
    const refused = expectProblem(
      await client.createCampaign({ ...terms, ...other }),
      409,
      'campaign-exists',
    );
    expect(refused.differs).toEqual([term]);
    expect(refused.detail).toContain(term);
    expect(await rowOf(id)).toEqual(before);
  });
});

it('a repeat is answered although its closing time has passed meanwhile', async () => {
  const terms = { id: 'late', capacity: 3, closesAt: FAR_OFF };
  await client.createCampaign(terms);
  const past = '2020-01-01T00:00:00.000Z';
  await world.rows(`UPDATE campaigns SET closes_at = $1 WHERE id = 'late'`, [past]);
  expect((await client.createCampaign({ ...terms, closesAt: past })).status).toBe(200);
});
