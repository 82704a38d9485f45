import { closeWallets } from '../support/books.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { users } from '../support/rush.js';
import { World } from '../support/world.js';

// Two Redis servers that both take writes, as after a failover that leaves the old primary running with some clients.

let world: World;
let oldClient: Client;
let newClient: Client;
let elsewhere: string;

beforeAll(async () => {
  world = await World.create({ REAPER_INTERVAL_MS: '3600000' });
  const url = new URL(world.variables.REDIS_URL!);
  url.pathname = '/0';
  elsewhere = url.toString();
  oldClient = new Client(await world.start('api'));
  newClient = new Client(await world.start('api', { REDIS_URL: elsewhere }));
});

afterAll(() => world.close());

it('a user at the old server is not told "sold out" while the new server gives out places', async () => {
  await closeWallets(world, [101]);
  await oldClient.createCampaign({ id: 'two-masters', capacity: 2, waitingCapacity: 0 });
  for (const userId of users(101, 2)) await oldClient.claim('two-masters', userId);
  expect((await oldClient.claim('two-masters', 103)).body.code).toBe('sold-out'); // checked, and the check is remembered

  expect((await newClient.claim('two-masters', 104)).body.code).toBe('sold-out'); // the gate on the new server is built
  const worker = await world.start('worker', { REDIS_URL: elsewhere, REAPER_INTERVAL_MS: '100' });
  await eventually(async () => {
    expect((await newClient.status('two-masters', 101)).body.status).toBe('FAILED');
  });
  await worker.close();
  expect((await oldClient.claim('two-masters', 105)).status).toBe(202); // ahead of those who ask the new server later
  expect((await newClient.claim('two-masters', 106)).body.code).toBe('sold-out');
});

it('a user at the old server is not told "paused" or "not open" after an operator has changed that at the new one', async () => {
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const changes = [
    ['paused', { state: 'PAUSED' }, { state: 'OPEN' }],
    ['not-open', { opensAt: later }, { opensAt: null }],
  ] as const;
  for (const [code, change, back] of changes) {
    const id = `told-${code}`;
    await oldClient.createCampaign({ id, capacity: 2 });
    await oldClient.changeCampaign(id, change);
    expect((await oldClient.claim(id, 1)).body.code).toBe(code);
    await newClient.changeCampaign(id, back);
    expect((await oldClient.claim(id, 1)).status).toBe(202);
  }
});
