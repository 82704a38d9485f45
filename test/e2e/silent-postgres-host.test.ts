import supertest from 'supertest';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { MovableHost } from '../support/movable-host.js';
import { users } from '../support/rush.js';
import { ServiceProcess } from '../support/service-process.js';
import { World } from '../support/world.js';

/** So long that a test that waits for a statement's time-out fails. */
const DATABASE_TIMEOUT_MS = '60000';

let world: World;
let host: MovableHost;
let service: ServiceProcess;
let client: Client;

beforeAll(async () => {
  world = await World.create({ DATABASE_TIMEOUT_MS, DATABASE_POOL_SIZE: '5' });
  const url = world.variables.DATABASE_URL ?? '';
  host = await MovableHost.start(Number(new URL(url).port));
  service = await ServiceProcess.start({
    ...world.variables,
    DATABASE_URL: host.urlOf(url),
    APP_ROLE: 'all',
    LOG_LEVEL: 'info',
  });
  client = new Client({ http: supertest(service.url) });
});

afterAll(async () => {
  await ServiceProcess.killAll();
  host.close();
  await world.close();
});

it('a host that dies silently is given up within seconds, however long a statement may take', async () => {
  const campaign = 'silent-host';
  await client.createCampaign({ id: campaign, capacity: 100 });
  await Promise.all(users(1, 20).map((user) => client.claim(campaign, user)));

  expect(host.move()).toBeGreaterThan(1);
  await eventually(async () => expect((await client.claim(campaign, 50)).status).toBeLessThan(300));
  for (const user of users(51, 20)) expect((await client.claim(campaign, user)).status).toBe(202);
  await eventually(async () => {
    expect((await client.stats(campaign)).body).toMatchObject({ conserved: true, postgres: { pending: 0 } });
  });
});
