import { closeWallets } from '../support/books.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { users } from '../support/rush.js';
import { World } from '../support/world.js';

// Two Redis that both take writes, as after a failover that left the old primary running with some of the clients.

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

it('who was left with the old one is not told "sold out" while the new one gives places away', async () => {
  await closeWallets(world, [101]);
  await oldClient.createCampaign({ id: 'two-masters', capacity: 2, waitingCapacity: 0 });
  for (const userId of users(101, 2)) await oldClient.claim('two-masters', userId);
  expect((await oldClient.claim('two-masters', 103)).body.code).toBe('sold-out'); // found so, and remembered

  expect((await newClient.claim('two-masters', 104)).body.code).toBe('sold-out'); // the new one is built
  const worker = await world.start('worker', { REDIS_URL: elsewhere, REAPER_INTERVAL_MS: '100' });
  await eventually(async () => {
    expect((await newClient.status('two-masters', 101)).body.status).toBe('FAILED');
  });
  await worker.close();
  expect((await oldClient.claim('two-masters', 105)).status).toBe(202); // before whoever asks the new one later
  expect((await newClient.claim('two-masters', 106)).body.code).toBe('sold-out');
});

it('nor that it is paused, closed or not open, once an operator has changed that at the new one', async () => {
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
