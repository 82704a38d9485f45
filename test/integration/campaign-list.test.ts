import { Client } from '../support/client.js';
import { expectProblem } from '../support/problem.js';
import { operatorToken } from '../support/tokens.js';
import { World } from '../support/world.js';

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly next: string | null;
}

let world: World;
let client: Client;

beforeAll(async () => {
  world = await World.create();
  client = new Client(await world.start('api'));
  for (const id of ['spring-drop', 'summer-drop', 'autumn-gift'])
    await client.createCampaign({ id, capacity: 3, name: id.replace('-', ' the ').toUpperCase() });
  await client.createCampaign({ id: 'winter', capacity: 3, opensAt: '2199-01-01T00:00:00Z' });
  await client.changeCampaign('summer-drop', { state: 'PAUSED' });
  await client.changeCampaign('spring-drop', { state: 'CLOSED' });
  // Every place was paid: its state stays OPEN.
  await world.rows(
    `UPDATE campaigns SET sealed_at = now(), finished_at = now(), success_count = 3 WHERE id = 'autumn-gift'`,
  );
});

afterAll(() => world.close());

async function list(query = ''): Promise<Page> {
  const answer = await client.operate('get', `campaigns?${query}`);
  expect(answer.status).toBe(200);
  return answer.body as Page;
}

const idsOf = ({ items }: Page): string[] => items.map(({ id }) => id);

it('lists campaigns with all their terms, the newest first', async () => {
  const page = await list();
  expect(idsOf(page)).toEqual(['winter', 'autumn-gift', 'summer-drop', 'spring-drop', 'default']);
  expect(page.next).toBeNull();
  expect(page.items[0]).toEqual({
    id: 'winter',
    name: 'winter',
    capacity: 3,
    waitingCapacity: 0,
    amount: 10,
    currency: 'KRW',
    reversalPolicy: 'keep',
    payoutProvider: 'ledger',
    ...{ eligibility: 'everybody', eligibleCount: null, eligibleFrozenAt: null },
    opensAt: '2199-01-01T00:00:00.000Z',
    closesAt: null,
    state: 'SCHEDULED',
    endedAt: null,
    finishedAt: null,
    archivedAt: null,
    revision: expect.any(Number),
    createdAt: expect.stringMatching(/^20.+Z$/),
    updatedAt: expect.stringMatching(/^20.+Z$/),
  });
});

it('pages by key: each campaign once, also when others are created meanwhile', async () => {
  const seen: string[] = [];
  for (let before: string | null = ''; before !== null;) {
    const page: Page = await list(`limit=2${before && `&before=${before}`}`);
    seen.push(...idsOf(page));
    before = page.next;
    await world.rows(
      `INSERT INTO campaigns (id, name, capacity, waiting_capacity, amount, currency)
                      VALUES ($1, 'Meanwhile', 1, 0, 1, 'KRW')`,
      [`meanwhile-${seen.length}`],
    );
  }
  expect(seen).toEqual(['winter', 'autumn-gift', 'summer-drop', 'spring-drop', 'default']);
});

it('tells campaigns apart that were created in the same microsecond', async () => {
  await world.rows(`INSERT INTO campaigns (id, name, capacity, waiting_capacity, amount, currency)
                    SELECT 'twin-' || n, 'Twin', 1, 0, 1, 'KRW' FROM generate_series(1, 5) AS n`);
  const first = await list('search=twin&limit=3');
  const second = await list(`search=twin&limit=3&before=${first.next ?? ''}`);
  expect([...idsOf(first), ...idsOf(second)]).toEqual(['twin-5', 'twin-4', 'twin-3', 'twin-2', 'twin-1']);
});

it.each([
  ['state=SCHEDULED', ['winter']],
  ['state=PAUSED', ['summer-drop']],
  ['state=CLOSED', ['spring-drop']],
  ['search=drop', ['summer-drop', 'spring-drop']],
  ['search=THE%20gift', ['autumn-gift']],
  ['search=DROP&state=PAUSED', ['summer-drop']],
  ['finished=true', ['autumn-gift']],
  ['finished=false&search=g', ['spring-drop']],
  ['search=u&state=OPEN', ['autumn-gift', 'default']],
  ['search=u&state=OPEN&finished=true', ['autumn-gift']],
  ['search=u&state=OPEN&finished=false', ['default']],
  ['search=%25', []],
  ['search=_', []],
])('filters by %s', async (query, ids) => {
  expect(idsOf(await list(query))).toEqual(ids);
});

it.each([
  'state=open',
  'state=',
  'search=',
  'search=%00',
  'before=nobody',
  'limit=0',
  'finished=yes',
  'finished=',
  'limit=1001',
  'colour=red',
])('refuses %s', async (query) => {
  expectProblem(await client.operate('get', `campaigns?${query}`), 400, 'invalid-request');
});

it('is for operators who may read', async () => {
  const reader = await operatorToken('9', 'grants:read');
  expect((await client.operate('get', 'campaigns', undefined, reader)).status).toBe(200);
  expect((await client.operate('get', 'campaigns/winter/terms', undefined, reader)).status).toBe(200);
  const other = await operatorToken('9', 'grants:campaigns');
  expectProblem(await client.operate('get', 'campaigns', undefined, other), 403, 'forbidden');
  expectProblem(await client.operate('get', 'campaigns/winter/terms', undefined, other), 403, 'forbidden');
});

it('a search that finds little goes through many campaigns a stretch at a time', async () => {
  await world.rows(`INSERT INTO campaigns (id, name, capacity, waiting_capacity, amount, currency, state)
                    SELECT 'many-' || n, 'Many', 1, 0, 1, 'KRW', 'CLOSED' FROM generate_series(1, 12000) AS n`);
  const found: string[] = [];
  let pages = 0;
  for (let before: string | null = ''; before !== null; pages++) {
    const page: Page = await list(`search=winter${before && `&before=${before}`}`);
    found.push(...idsOf(page));
    before = page.next;
  }
  expect(found).toEqual(['winter']);
  expect(pages).toBe(3);
});
