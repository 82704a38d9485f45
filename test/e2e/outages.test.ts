import { cp, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import supertest, { type Response } from 'supertest';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { OwnServers } from '../support/own-servers.js';
import { expectProblem } from '../support/problem.js';
import { ServiceProcess } from '../support/service-process.js';
import { adminToken } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

const CAPACITY = 20;
const LINE = 4;
/** Users with closed wallets who claim early in every campaign: their payouts are rejected, and their slots pass on. */
const CLOSED_WALLETS = [3, 8];
/** The service promises an answer to a claim within 2 s; a busy machine gets one second more. */
const ANSWERED_WITHIN_MS = 3_000;

interface Outage {
  readonly name: string;
  readonly campaign: string;
  readonly of: 'postgres' | 'redis';
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<void>;
}

const servers = new OwnServers();
let world: World;
let service: ServiceProcess;
let app: Pick<RunningApp, 'http'>;
let client: Client;

beforeAll(async () => {
  await servers.start();
  world = await World.create(
    { REQUEST_DEADLINE_MS: '1800' }, // the default
    { databaseUrl: servers.postgres.urlOf('postgres'), redisUrl: servers.redis.url },
  );
  // As a process: inside Jest, the errors that Node itself makes belong to another realm.
  service = await ServiceProcess.start({ ...world.variables, APP_ROLE: 'all', LOG_LEVEL: 'info' });
  app = { http: supertest(service.url) };
  client = new Client(app);
  for (const userId of CLOSED_WALLETS) expect((await client.closeWallet(userId)).status).toBe(200);
});

afterAll(async () => {
  await ServiceProcess.killAll();
  await world.close();
  await servers.remove();
});

/** What each user was told. */
type Told = Map<
  string,
  { readonly grantSeq: number | null; readonly arrivalNo: number; readonly createdAt: string }
>;

async function claim(campaign: string, userId: number, told: Told): Promise<Response> {
  const answer = await client.claim(campaign, userId);
  if (answer.status === 200 || answer.status === 202) {
    const { grantSeq, arrivalNo, createdAt } = answer.body;
    const before = told.get(String(userId));
    if (before)
      expect({ arrivalNo, createdAt }).toEqual({ arrivalNo: before.arrivalNo, createdAt: before.createdAt });
    told.set(String(userId), { grantSeq, arrivalNo, createdAt });
  }
  return answer;
}

/** Rejects when no answer comes in time: a missing answer must not keep the test from ending the outage. */
async function inTime(answer: PromiseLike<Response>): Promise<Response> {
  const timeout = new AbortController();
  try {
    return await Promise.race([
      answer,
      sleep(ANSWERED_WITHIN_MS, undefined, { signal: timeout.signal }).then(() => {
        throw new Error(`No answer within ${ANSWERED_WITHIN_MS} ms.`);
      }),
    ]);
  } finally {
    timeout.abort();
  }
}

async function expectUnavailable(ask: () => PromiseLike<Response>): Promise<void> {
  const answer = await inTime(ask());
  expectProblem(answer, 503, 'unavailable');
  expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
}

/** With 'regrant' the line stays open when all slots are paid, which may be before the last user asks. */
const TERMS = { capacity: CAPACITY, waitingCapacity: LINE, reversalPolicy: 'regrant' } as const;

/** No grant is pending, exactly CAPACITY people are paid, and the stored numbers are those that users were told. */
async function expectAllPaid(campaign: string, told: Told): Promise<void> {
  await eventually(async () => {
    expect((await client.stats(campaign)).body).toMatchObject({
      conserved: true,
      gate: { available: 0, processing: 0, settled: CAPACITY },
      postgres: { pending: 0, success: CAPACITY, failed: CLOSED_WALLETS.length },
    });
  }, 20_000);
  const stored = await world.rows<{
    userId: string;
    arrivalNo: number;
    grantSeq: number | null;
    createdAt: Date;
    status: string;
  }>(
    `SELECT user_id AS "userId", arrival_no::int AS "arrivalNo", grant_seq AS "grantSeq", created_at AS "createdAt", status
       FROM user_grants WHERE campaign_id = $1
      UNION ALL
     SELECT user_id, arrival_no::int, NULL, created_at, 'WAITING' FROM waiting_entries entry
      WHERE campaign_id = $1 AND NOT EXISTS
            (SELECT FROM user_grants g WHERE g.campaign_id = entry.campaign_id AND g.user_id = entry.user_id)
      ORDER BY 2`,
    [campaign],
  );
  // No arrival number is doubled or missing: they are 1, 2, 3, …
  expect(stored.map(({ arrivalNo }) => arrivalNo)).toEqual(stored.map((_, i) => i + 1));
  const byUser = new Map(stored.map((row) => [row.userId, row]));
  for (const [userId, { grantSeq, arrivalNo, createdAt }] of told) {
    const row = byUser.get(userId)!;
    expect({ userId, arrivalNo: row.arrivalNo, createdAt: row.createdAt.toISOString() }).toEqual({
      userId,
      arrivalNo,
      createdAt,
    });
    if (grantSeq !== null) expect({ userId, grantSeq: row.grantSeq }).toEqual({ userId, grantSeq });
  }
  const paid = stored.filter(({ status }) => status === 'SUCCESS');
  expect(new Set(paid.map(({ grantSeq }) => grantSeq)).size).toBe(CAPACITY);
  // Paid in order: the first CAPACITY of those who can be paid.
  const payable = stored.filter(({ userId }) => !CLOSED_WALLETS.includes(Number(userId)));
  expect(paid.map(({ userId }) => userId)).toEqual(payable.slice(0, CAPACITY).map(({ userId }) => userId));
  const [{ spent }] = (await world.rows<{ spent: string }>(
    `SELECT ($2 * 10 - balance)::text AS spent FROM ledger_accounts WHERE campaign_id = $1`,
    [campaign, CAPACITY],
  )) as [{ spent: string }];
  expect(spent).toBe(String(CAPACITY * 10));
}

const outages: Outage[] = [
  {
    name: 'Redis stopped',
    campaign: 'redis-stopped',
    of: 'redis',
    begin: () => servers.redis.stop(),
    end: () => servers.redis.start(),
  },
  {
    name: 'Redis silent',
    campaign: 'redis-silent',
    of: 'redis',
    begin: () => servers.redis.suspend(),
    end: () => servers.redis.resume(),
  },
  {
    name: 'Redis killed',
    campaign: 'redis-killed',
    of: 'redis',
    begin: () => servers.redis.kill(),
    end: () => servers.redis.start(),
  },
  {
    name: 'Redis back without its data',
    campaign: 'redis-empty',
    of: 'redis',
    begin: () => servers.redis.kill(),
    end: async () => {
      await rm(servers.redisFiles, { recursive: true });
      await servers.redis.start();
    },
  },
  {
    name: 'Postgres stopped',
    campaign: 'postgres-stopped',
    of: 'postgres',
    begin: () => servers.postgres.stop(),
    end: () => servers.postgres.start(),
  },
  {
    name: 'Postgres silent',
    campaign: 'postgres-silent',
    of: 'postgres',
    begin: () => servers.postgres.suspend(),
    end: () => servers.postgres.resume(),
  },
  {
    name: 'Postgres killed',
    campaign: 'postgres-killed',
    of: 'postgres',
    begin: () => servers.postgres.kill(),
    end: () => servers.postgres.start(),
  },
];

it.each(outages)(
  '$name: answers 503 at once, and afterwards continues from where it was',
  async ({ campaign, of, begin, end }) => {
    const told: Told = new Map();
    const created = await client.createCampaign({ id: campaign, ...TERMS });
    expect(created.status).toBe(201);
    for (let userId = 1; userId <= 10; userId++)
      expect((await claim(campaign, userId, told)).status).toBe(202);

    await begin();
    try {
      // New users, known users, many at a time: each is answered soon.
      await Promise.all([
        ...[11, 12, 13, 1, 2].map((userId) => expectUnavailable(() => claim(campaign, userId, told))),
        // A probe may have been answered by a server process that the outage had not reached yet.
        eventually(() => expectUnavailable(() => app.http.get('/health/ready'))),
      ]);
      await expectUnavailable(() => claim(campaign, 11, told));
      for (const path of ['/health/live', '/metrics'])
        expect({ path, status: (await inTime(app.http.get(path))).status }).toEqual({ path, status: 200 });
      // Reads that need only Postgres are answered without Redis.
      const reads = [
        () => app.http.get(`/v1/campaigns/${campaign}`),
        () => client.stats(campaign),
        () => client.status(campaign, 1),
      ];
      if (of === 'postgres') await Promise.all(reads.map((read) => expectUnavailable(read)));
      else {
        const statuses = await Promise.all(reads.map(async (read) => (await inTime(read())).status));
        expect(statuses).toEqual([200, 200, 200]);
        expect((await inTime(client.status(campaign, 1))).body).toMatchObject({
          userId: '1',
          arrivalNo: 1,
          grantSeq: 1,
        });
      }
    } finally {
      await end();
    }

    // The service recovers without a restart.
    await eventually(async () => expect((await app.http.get('/health/ready')).status).toBe(200));
    await eventually(async () => expect((await claim(campaign, 11, told)).status).toBeLessThan(300));
    for (let userId = 1; userId <= CAPACITY + LINE; userId++) {
      await eventually(async () => expect((await claim(campaign, userId, told)).status).toBeLessThan(300));
    }
    // Newcomers get the places that promotions free in the line, until it is full.
    let next = CAPACITY + LINE;
    await eventually(async () => expectProblem(await claim(campaign, ++next, told), 409, 'sold-out'));
    await expectAllPaid(campaign, told);
  },
);

it('Redis back with older data: nobody gets a slot or an arrival number that is taken', async () => {
  const campaign = 'redis-older';
  const told: Told = new Map();
  await client.createCampaign({ id: campaign, ...TERMS });
  for (let userId = 1; userId <= 3; userId++) expect((await claim(campaign, userId, told)).status).toBe(202);
  const copy = `${servers.redisFiles}-older`;
  await servers.redis.stop();
  await cp(servers.redisFiles, copy, { recursive: true });
  await servers.redis.start();
  for (let userId = 4; userId <= 12; userId++) {
    await eventually(async () => expect((await claim(campaign, userId, told)).status).toBeLessThan(300));
  }

  await servers.redis.kill();
  await rm(servers.redisFiles, { recursive: true });
  await cp(copy, servers.redisFiles, { recursive: true });
  await servers.redis.start();

  for (let userId = CAPACITY + LINE; userId >= 1; userId--) {
    await eventually(async () => expect((await claim(campaign, userId, told)).status).toBeLessThan(300));
  }
  await expectAllPaid(campaign, told);
});

it('Redis stopped while a campaign is created: the campaign takes claims once Redis is back', async () => {
  await servers.redis.stop();
  try {
    const made = await client.createCampaign({ id: 'made-meanwhile', capacity: 2, waitingCapacity: 0 });
    expect(made.status).toBe(201);
    await expectUnavailable(() => client.claim('made-meanwhile', 1));
  } finally {
    await servers.redis.start();
  }
  await eventually(async () => expect((await client.claim('made-meanwhile', 1)).status).toBeLessThan(300));
  // The reaper tells the gate what the gate could not be told at the time.
  const stopped = await app.http
    .patch('/v1/campaigns/made-meanwhile')
    .set('Authorization', `Bearer ${await adminToken()}`)
    .send({ state: 'PAUSED' });
  expect(stopped.status).toBe(200);
  await eventually(async () => expectProblem(await client.claim('made-meanwhile', 2), 409, 'paused'));
});

it('through all of this the service logged lines of JSON, no unforeseen error and no password', () => {
  const lines = `${service.stdout}${service.stderr}`.split('\n').filter((line) => line !== '');
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.filter((line) => !line.startsWith('{')).slice(0, 5)).toEqual([]);
  expect(lines.filter((line) => line.includes('"request-failed"')).slice(0, 5)).toEqual([]);
  const { password } = new URL(servers.redis.url);
  expect(lines.filter((line) => line.includes(password))).toEqual([]);
});
