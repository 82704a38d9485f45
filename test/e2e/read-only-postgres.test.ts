import supertest, { type Response } from 'supertest';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { OwnServers } from '../support/own-servers.js';
import { expectProblem } from '../support/problem.js';
import { ServiceProcess } from '../support/service-process.js';
import { webhookHeaders } from '../support/webhook-headers.js';
import { World } from '../support/world.js';

const WEBHOOK_SECRET = 'a secret for webhooks in tests alone';

const servers = new OwnServers();
let world: World;
let service: ServiceProcess;
let http: supertest.Agent;
let client: Client;

beforeAll(async () => {
  await servers.start();
  world = await World.create(
    { PAYOUT_WEBHOOK_SECRET: WEBHOOK_SECRET },
    { databaseUrl: servers.postgres.urlOf('postgres'), redisUrl: servers.redis.url },
  );
  service = await ServiceProcess.start({ ...world.variables, APP_ROLE: 'all', LOG_LEVEL: 'info' });
  http = supertest(service.url);
  client = new Client({ http });
});

afterAll(async () => {
  await ServiceProcess.killAll();
  await world.close();
  await servers.remove();
});

function webhook(campaignId: string): PromiseLike<Response> {
  const transfer = {
    ...{ id: 'tr_1', idempotencyKey: `grant:${campaignId}:1`, campaignId, userId: '1', amount: 10 },
    ...{ currency: 'KRW', state: 'settled' },
  };
  const body = JSON.stringify({ type: 'transfer.settled', transfer });
  const post = http.post('/v1/payout-events').set('Content-Type', 'application/json');
  for (const [name, value] of webhookHeaders(WEBHOOK_SECRET, `evt-${campaignId}`, Buffer.from(body)))
    post.set(name, value);
  return post.send(body);
}

const database = (): string => new URL(world.variables.DATABASE_URL ?? '').pathname.slice(1);

/** How a demoted primary looks to sessions that are open, and to new ones. */
const ways = [
  {
    name: 'for all sessions at once',
    campaign: 'read-only-all',
    begin: ['ALTER SYSTEM SET default_transaction_read_only = on', 'SELECT pg_reload_conf()'],
    end: ['ALTER SYSTEM RESET default_transaction_read_only', 'SELECT pg_reload_conf()'],
  },
  {
    name: 'for new sessions, with the old ones ended',
    campaign: 'read-only-new',
    begin: [
      'ALTER DATABASE db SET default_transaction_read_only = on',
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'seonchak-%'`,
    ],
    end: ['BEGIN READ WRITE; ALTER DATABASE db RESET default_transaction_read_only; COMMIT'],
  },
];

it.each(ways)(
  'a server that is read-only $name: every write is answered 503, not ready, and recovery needs no help',
  async ({ campaign, begin, end }) => {
    const run = async (statements: string[]): Promise<void> => {
      for (const sql of statements) await world.rows(sql.replace(' db ', ` ${database()} `));
    };
    await client.createCampaign({ id: campaign, capacity: 20 });
    for (const user of [1, 2, 3]) expect((await client.claim(campaign, user)).status).toBe(202);

    await run(begin);
    try {
      await eventually(async () => expectProblem(await client.claim(campaign, 4), 503, 'unavailable'));
      const asked = await Promise.all([
        ...[4, 5, 6, 7].map((user) => client.claim(campaign, user)),
        client.changeCampaign(campaign, { state: 'PAUSED' }),
        client.createCampaign({ id: `${campaign}-2`, capacity: 1 }),
        client.closeWallet(7),
        webhook(campaign),
      ]);
      for (const answer of asked) {
        expectProblem(answer, 503, 'unavailable');
        expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      }
      const ready = expectProblem(await http.get('/health/ready'), 503, 'unavailable');
      expect(ready.checks).toMatchObject({
        postgres: { status: 'down', message: 'the server is read-only' },
      });
    } finally {
      await run(end);
    }

    await eventually(async () => expect((await http.get('/health/ready')).status).toBe(200));
    for (const user of [1, 2, 3, 4, 5, 6, 7])
      await eventually(async () => expect((await client.claim(campaign, user)).status).toBeLessThan(300));
    await eventually(async () => {
      const stats = await client.stats(campaign);
      expect(stats.body).toMatchObject({ conserved: true, postgres: { pending: 0, success: 7 } });
    });
  },
);

it('the service logged no unforeseen error meanwhile', () => {
  expect(service.stdout.split('\n').filter((line) => line.includes('"request-failed"'))).toEqual([]);
});
