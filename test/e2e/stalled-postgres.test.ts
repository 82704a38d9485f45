import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import supertest from 'supertest';
import { BankProcess } from '../../verification/bank/bank-process.js';
import { Client } from '../support/client.js';
import { dataFolderOf } from '../support/data-folder.js';
import { eventually } from '../support/eventually.js';
import { OwnServers } from '../support/own-servers.js';
import { users } from '../support/rush.js';
import { ServiceProcess } from '../support/service-process.js';
import { World } from '../support/world.js';

/** The service's client gives up one second after the server should have: after 1.1 s. */
const DATABASE_TIMEOUT_MS = 100;
/** Longer than twice that: neither a transaction's first statement nor its ROLLBACK is answered. */
const STALL_MS = 3_500;

const servers = new OwnServers();
let world: World;
let service: ServiceProcess;
let client: Client;

beforeAll(async () => {
  await servers.start();
  world = await World.create(
    { DATABASE_TIMEOUT_MS: String(DATABASE_TIMEOUT_MS), DATABASE_POOL_SIZE: '4' },
    { databaseUrl: servers.postgres.urlOf('postgres'), redisUrl: servers.redis.url },
  );
  service = await ServiceProcess.start({ ...world.variables, APP_ROLE: 'all', LOG_LEVEL: 'info' });
  client = new Client({ http: supertest(service.url) });
});

afterAll(async () => {
  await servers.postgres.resume();
  await Promise.all([ServiceProcess.killAll(), BankProcess.killAll()]);
  await world.close();
  await servers.remove();
});

async function stall(meanwhile: () => Promise<unknown>): Promise<void> {
  await servers.postgres.suspend();
  try {
    await Promise.all([meanwhile(), sleep(STALL_MS)]);
  } finally {
    await servers.postgres.resume();
  }
}

const durable = async (campaign: string): Promise<string[]> => {
  const found = await world.rows<{ userId: string }>(
    `SELECT user_id AS "userId" FROM user_grants WHERE campaign_id = $1
      UNION SELECT user_id FROM waiting_entries WHERE campaign_id = $1`,
    [campaign],
  );
  return found.map(({ userId }) => userId);
};

/** Stalls the server so that transactions that begin now get no answer, nor do their ROLLBACKs. */
function stallTransactions(prefix: string): Promise<void> {
  const ids = [1, 2, 3, 4].map((n) => `${prefix}-${n}`);
  return stall(() => Promise.all(ids.map((id) => client.createCampaign({ id, capacity: 1 }))));
}

it('P4, R14: after a stall everyone who is told 202 has a committed row, and no transaction stays open', async () => {
  const campaign = 'stalled';
  await client.createCampaign({ id: campaign, capacity: 200, waitingCapacity: 50 });
  for (const user of users(1, 20)) expect((await client.claim(campaign, user)).status).toBe(202);

  await stallTransactions('other');

  const told: string[] = [];
  for (const user of users(100, 60)) {
    const answer = await client.claim(campaign, user);
    if (answer.status !== 202) continue;
    told.push(String(user));
    expect(await durable(campaign)).toEqual(expect.arrayContaining(told));
  }
  expect(told.length).toBeGreaterThan(0);
  const open = await world.rows(
    `SELECT query FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE 'seonchak-%' AND state LIKE 'idle in transaction%'
        AND state_change < clock_timestamp() - interval '50 ms'`,
  );
  expect(open).toEqual([]);
  await eventually(async () => {
    expect((await client.stats(campaign)).body).toMatchObject({ postgres: { pending: 0 }, conserved: true });
  });
});

it('R14: after a stall nothing is sent to the provider before its attempt is committed', async () => {
  const campaign = 'stalled-payouts';
  const bank = await BankProcess.start({ logFile: join(dataFolderOf('stalled-postgres'), 'bank.jsonl') });
  await service.end('SIGTERM');
  service = await service.again({ ...bank.serviceVariables, PAYOUT_HTTP_RATE: '1000' });
  await client.createCampaign({ id: campaign, capacity: 200 });
  for (const user of users(1, 20)) expect((await client.claim(campaign, user)).status).toBe(202);

  const settled = async (): Promise<string[]> =>
    (await bank.readLog()).flatMap((line) => (line.event === 'settled' ? [line.idempotencyKey] : []));
  const expectRecorded = async (): Promise<void> => {
    const sent = await settled(); // before their records are read
    const recorded = await world.rows<{ key: string }>('SELECT idempotency_key AS key FROM payouts');
    expect(recorded.map(({ key }) => key)).toEqual(expect.arrayContaining(sent));
  };

  await stallTransactions('another');
  for (const user of users(100, 40)) {
    await client.claim(campaign, user);
    await expectRecorded();
  }
  await eventually(async () => {
    expect((await client.stats(campaign)).body).toMatchObject({ postgres: { pending: 0 }, conserved: true });
  });
  await expectRecorded();
  expect((await settled()).length).toBeGreaterThan(20);
  expect(new Set(await settled()).size).toBe((await settled()).length);
});
