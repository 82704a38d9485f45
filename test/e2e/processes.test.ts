import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { type Answer, send } from '../support/http.js';
import { expectProblem } from '../support/problem.js';
import { RawConnections } from '../support/raw-connections.js';
import { ServiceProcess } from '../support/service-process.js';
import { adminToken, tokenOf } from '../support/tokens.js';
import { JWT_SECRET, World } from '../support/world.js';

let world: World;

beforeAll(async () => {
  world = await World.create({ LOG_LEVEL: 'info' });
});

afterEach(() => ServiceProcess.killAll());

afterAll(() => world.close());

const bearer = async (userId: number): Promise<Record<string, string>> => ({
  Authorization: `Bearer ${await tokenOf(userId)}`,
});

async function asAdmin(url: string, method: string, path: string, body?: object): Promise<Answer> {
  return send(url, {
    method,
    path,
    headers: { Authorization: `Bearer ${await adminToken()}`, 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

async function createCampaign(url: string, id: string, capacity: number): Promise<void> {
  const terms = { id, name: id, capacity, amount: 10, currency: 'KRW' };
  expect((await asAdmin(url, 'POST', '/v1/campaigns', terms)).status).toBe(201);
}

describe('a wrong configuration', () => {
  const base = {
    DATABASE_URL: 'postgres://user:pg-password@127.0.0.1:1/db',
    REDIS_URL: 'redis://:redis-password@127.0.0.1:1/0',
    JWT_SECRET,
  };
  const SECRETS = ['pg-password', 'redis-password', JWT_SECRET];

  async function expectRefused(wrong: Readonly<Record<string, string>>): Promise<void> {
    const service = ServiceProcess.spawn({ ...base, ...wrong });
    expect(await service.ended).toEqual({ code: 1, signal: null });
    const said = service.stdout + service.stderr;
    for (const [name, value] of Object.entries(wrong)) {
      expect(service.stderr).toContain(`${name} must`);
      if (value.length > 4) expect(said).not.toContain(value);
    }
    for (const secret of SECRETS) expect(said).not.toContain(secret);
    expect(said).not.toMatch(/^\s+at /m); // a sentence, not a stack
  }

  it.each([
    ['JWT_SECRET', 'short-secret-value'],
    ['DATABASE_URL', 'mysql://user:pg-password@127.0.0.1/db'],
    ['REDIS_URL', 'http://:redis-password@127.0.0.1/0'],
    ['PORT', 'abc'],
  ])('stops the start; the message names the variable but not its value: %s=%s', async (name, value) => {
    await expectRefused({ [name]: value });
  });

  it('is reported as a whole: all wrong variables at once', async () => {
    await expectRefused({
      DATABASE_URL: 'pg-password',
      PORT: '65536',
      APP_ROLE: 'apiserver',
      NODE_ENV: 'staging',
      SLOT_LEASE_MS: '30s',
      REAPER_INTERVAL_MS: '-5',
      CLAIM_BATCH_SIZE: '1.5',
      PAYOUT_PROVIDER: 'magicbank',
      TRUST_PROXY: 'everybody',
      LOG_LEVEL: 'chatty',
      JWT_JWKS_URL: 'not-a-url-value',
    });
  });

  it('no secret has a default, in production least of all', async () => {
    for (const NODE_ENV of ['production', 'development']) {
      const service = ServiceProcess.spawn({ NODE_ENV });
      expect((await service.ended).code).toBe(1);
      for (const name of ['DATABASE_URL', 'REDIS_URL', 'JWT_SECRET', 'JWT_JWKS_URL'])
        expect(service.stderr).toContain(name);
    }
  });

  it('a secret and a key set together are refused', async () => {
    const both = ServiceProcess.spawn({ ...base, JWT_JWKS_URL: 'https://issuer.test/jwks.json' });
    expect((await both.ended).code).toBe(1);
    expect(both.stderr).toMatch(/JWT_SECRET.*JWT_JWKS_URL/);
  });

  it('a port that is in use ends the start as well', async () => {
    const first = await ServiceProcess.start({ ...world.variables, APP_ROLE: 'api' });
    const second = ServiceProcess.spawn({
      ...world.variables,
      APP_ROLE: 'api',
      PORT: new URL(first.url).port,
    });
    expect((await second.ended).code).toBe(1);
    expect(second.stderr).toContain('EADDRINUSE');
  });
});

describe('SIGTERM', () => {
  const releases: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const release of releases.splice(0)) await release();
  });

  /** Holds every claim between the gate's decision and its commit. */
  async function holdClaims(): Promise<() => Promise<void>> {
    const session = await world.pg.connect();
    await session.query('BEGIN');
    await session.query('LOCK TABLE user_grants IN ACCESS EXCLUSIVE MODE');
    let held = true;
    const release = async (): Promise<void> => {
      if (!held) return;
      held = false;
      await session.query('ROLLBACK');
      session.release();
    };
    releases.push(release);
    return release;
  }

  const patient = { APP_ROLE: 'api', REQUEST_DEADLINE_MS: '20000', DATABASE_TIMEOUT_MS: '20000' };

  it('drains: is not ready any more, answers what is in flight, exits with 0', async () => {
    const service = await ServiceProcess.start({
      ...world.variables,
      ...patient,
      DRAIN_DELAY_MS: '1500',
      SHUTDOWN_DEADLINE_MS: '15000',
    });
    await createCampaign(service.url, 'drained', 5);
    const release = await holdClaims();
    // Over a connection that is kept alive: it must not keep the process alive as well.
    const inFlight = fetch(`${service.url}/v1/campaigns/drained/grants`, {
      method: 'POST',
      headers: await bearer(1),
    });
    await eventually(async () =>
      expect(await world.redis.hget('grant:{drained}:facts', 'arrivalNo')).toBe('1'),
    );

    service.signal('SIGTERM');
    // Load balancers have DRAIN_DELAY_MS to notice; until then the service still answers.
    await eventually(async () => {
      const ready = await send(service.url, { path: '/health/ready' });
      expect(expectProblem(ready, 503, 'unavailable').checks).toMatchObject({
        lifecycle: { status: 'down', message: 'draining' },
        postgres: { status: 'up' },
      });
      expect(ready.headers.connection).toBe('close');
    });
    expect((await send(service.url, { path: '/health/live' })).status).toBe(200);
    await eventually(() =>
      expect(send(service.url, { path: '/health/live' })).rejects.toThrow('ECONNREFUSED'),
    );
    await release();
    const answer = await inFlight;
    expect(answer.status).toBe(202);
    expect(await service.ended).toEqual({ code: 0, signal: null });
    expect(await world.rows(`SELECT user_id FROM user_grants WHERE campaign_id = 'drained'`)).toEqual([
      { user_id: '1' },
    ]);
  });

  it('exits with 1 when the deadline passes first', async () => {
    const service = await ServiceProcess.start({
      ...world.variables,
      ...patient,
      SHUTDOWN_DEADLINE_MS: '800',
    });
    await createCampaign(service.url, 'stuck', 5);
    const release = await holdClaims();
    try {
      const inFlight = send(service.url, {
        method: 'POST',
        path: '/v1/campaigns/stuck/grants',
        headers: await bearer(1),
      });
      inFlight.catch(() => undefined);
      await eventually(async () =>
        expect(await world.redis.hget('grant:{stuck}:facts', 'arrivalNo')).toBe('1'),
      );
      const asked = performance.now();
      expect(await service.end('SIGTERM')).toEqual({ code: 1, signal: null });
      expect(performance.now() - asked).toBeLessThan(5_000);
      await expect(inFlight).rejects.toThrow();
    } finally {
      await release();
    }
  });

  it('waits for no connection on which nothing ever came', async () => {
    const SHUTDOWN_DEADLINE_MS = '3000'; // less than a connection has for its first request
    const service = await ServiceProcess.start({ ...world.variables, APP_ROLE: 'api', SHUTDOWN_DEADLINE_MS });
    const silent = new RawConnections(() => service.url);
    await once(silent.open(), 'connect');
    expect((await send(service.url, { path: '/health/live' })).status).toBe(200); // it is accepted by now
    expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
    silent.close();
  });

  it.each(['worker', 'all'])('ends an idle %s with exit 0', async (APP_ROLE) => {
    const service = await ServiceProcess.start({ ...world.variables, APP_ROLE });
    expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(service.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
  });
});

const CAPACITY = 200;
const USERS = 400;
const CONCURRENCY = 50;
/** Every twentieth wallet is closed. */
const isClosed = (userId: number): boolean => userId % 20 === 0;
const LEASES = { SLOT_LEASE_MS: '500', REAPER_INTERVAL_MS: '100' };

interface Told {
  readonly userId: number;
  /** When this user first asked, and was at last answered, by this process's clock. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** Undefined if the user was told "sold out". */
  readonly place?: { grantSeq: number | null; arrivalNo: number; createdAt: string; status: string };
}

/** Claims for one user until there is a definite answer, as every client should. */
async function claimUntilAnswered(url: string, campaign: string, userId: number): Promise<Told> {
  const headers = await bearer(userId);
  const askedAt = performance.now();
  for (;;) {
    const answer = await send(url, {
      method: 'POST',
      path: `/v1/campaigns/${campaign}/grants`,
      headers,
    }).catch(() => undefined);
    const answeredAt = performance.now();
    switch (answer?.status) {
      case 200:
      case 202:
        return { userId, askedAt, answeredAt, place: JSON.parse(answer.text) as Told['place'] };
      case 409:
        expectProblem(answer, 409, 'sold-out');
        return { userId, askedAt, answeredAt };
      case undefined: // nobody listens
      case 503:
        break;
      default:
        throw new Error(`Unexpected answer: ${answer?.status} ${answer?.text}`);
    }
    if (answeredAt - askedAt > 45_000) throw new Error(`User ${userId} was never answered.`);
    await sleep(20);
  }
}

/** Every user claims once, CONCURRENCY of them at a time. @param onAnswer gets the number of users answered so far */
async function rush(url: string, campaign: string, onAnswer: (answered: number) => void): Promise<Told[]> {
  const told: Told[] = [];
  let next = 1;
  const person = async (): Promise<void> => {
    while (next <= USERS) {
      told.push(await claimUntilAnswered(url, campaign, next++));
      onAnswer(told.length);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, person));
  return told;
}

/** Checks P1, P2, P3, P4 and P6 on what users were told and what Postgres holds. */
async function expectPromisesKept(campaign: string, told: readonly Told[]): Promise<void> {
  expect(told.length).toBe(USERS);
  await eventually(async () => {
    const [counts] = await world.rows(
      `SELECT count(*) FILTER (WHERE status = 'SUCCESS')::int AS success,
              count(*) FILTER (WHERE status = 'PENDING')::int AS pending
         FROM user_grants WHERE campaign_id = $1`,
      [campaign],
    );
    expect(counts).toEqual({ success: CAPACITY, pending: 0 });
  }, 40_000);

  const stored = await world.rows<{
    userId: number;
    arrivalNo: number;
    grantSeq: number | null;
    createdAt: Date;
    status: string;
  }>(
    `SELECT user_id::int AS "userId", arrival_no::int AS "arrivalNo", grant_seq AS "grantSeq",
            created_at AS "createdAt", status
       FROM user_grants WHERE campaign_id = $1
      UNION ALL
     SELECT user_id::int, arrival_no::int, NULL, created_at, 'WAITING' FROM waiting_entries entry
      WHERE campaign_id = $1 AND NOT EXISTS
            (SELECT FROM user_grants g WHERE g.campaign_id = entry.campaign_id AND g.user_id = entry.user_id)
      ORDER BY 2`,
    [campaign],
  );
  expect(stored.map(({ arrivalNo }) => arrivalNo)).toEqual(stored.map((_, i) => i + 1));

  // P4: every user who was told a place has it, with the same numbers, and every user who has one was told.
  const byUser = new Map(stored.map((row) => [row.userId, row]));
  const placed = told.filter(({ place }) => place !== undefined);
  expect(placed.map(({ userId }) => userId).sort()).toEqual(stored.map(({ userId }) => userId).sort());
  for (const { userId, place } of placed) {
    const row = byUser.get(userId)!;
    expect({ userId, arrivalNo: row.arrivalNo, createdAt: row.createdAt.toISOString() }).toEqual({
      userId,
      arrivalNo: place!.arrivalNo,
      createdAt: place!.createdAt,
    });
    if (place!.grantSeq !== null)
      expect({ userId, slot: row.grantSeq }).toEqual({ userId, slot: place!.grantSeq });
  }

  // P3: a user who was answered before another one asked is before that one. (After a "sold out" a user may still get a
  // place in the line, once a promotion has made room there.)
  const byAsking = [...told].sort((a, b) => a.askedAt - b.askedAt);
  const byAnswer = [...told].sort((a, b) => a.answeredAt - b.answeredAt);
  let latest = 0;
  let answered = 0;
  let compared = 0;
  for (const later of byAsking) {
    while (answered < byAnswer.length && byAnswer[answered]!.answeredAt < later.askedAt)
      latest = Math.max(latest, byAnswer[answered++]!.place?.arrivalNo ?? 0);
    if (answered > 0) compared++;
    expect({ userId: later.userId, isLater: (later.place?.arrivalNo ?? Infinity) >= latest }).toEqual({
      userId: later.userId,
      isLater: true,
    });
  }
  expect(compared).toBeGreaterThan(USERS / 2);

  // P6: the first CAPACITY users with open wallets are paid, each once (P2), out of one budget (P9).
  const payable = stored.filter(({ userId }) => !isClosed(userId)).map(({ userId }) => userId);
  const paid = stored.filter(({ status }) => status === 'SUCCESS');
  expect(paid.map(({ userId }) => userId)).toEqual(payable.slice(0, CAPACITY));
  expect(new Set(paid.map(({ grantSeq }) => grantSeq)).size).toBe(CAPACITY);
  const [money] = await world.rows(
    `SELECT (SELECT balance FROM ledger_accounts WHERE campaign_id = $1) AS rest,
            count(*)::int AS transfers, sum(entry.amount)::int AS moved
       FROM ledger_transactions JOIN ledger_entries entry ON entry.transaction_id = ledger_transactions.id
       JOIN ledger_accounts account ON account.id = entry.account_id AND account.kind = 'WALLET'
      WHERE idempotency_key LIKE 'grant:' || $1 || ':%'`,
    [campaign],
  );
  expect(money).toEqual({ rest: '0', transfers: CAPACITY, moved: CAPACITY * 10 });
}

const CLOSE = { state: 'CLOSED', reason: 'a test' };

describe('kill -9', () => {
  async function prepare(url: string, campaign: string): Promise<void> {
    await createCampaign(url, campaign, CAPACITY);
    for (let userId = 1; userId <= USERS; userId++) {
      if (isClosed(userId))
        expect((await asAdmin(url, 'PATCH', `/v1/wallets/KRW/${userId}`, CLOSE)).status).toBe(200);
    }
  }

  it('of the worker in the middle of a rush costs no user anything', async () => {
    const variables = { ...world.variables, ...LEASES };
    const [api, worker] = await Promise.all([
      ServiceProcess.start({ ...variables, APP_ROLE: 'api' }),
      ServiceProcess.start({ ...variables, APP_ROLE: 'worker', WORKER_CONCURRENCY: '1' }),
    ]);
    await prepare(api.url, 'worker-killed');
    let restarted: Promise<ServiceProcess> | undefined;
    const told = await rush(api.url, 'worker-killed', (answered) => {
      if (answered >= 60) restarted ??= worker.end('SIGKILL').then(() => worker.again());
    });
    expect(await worker.ended).toEqual({ code: null, signal: 'SIGKILL' });
    await restarted;
    await expectPromisesKept('worker-killed', told);
    const stats = await asAdmin(api.url, 'GET', '/v1/campaigns/worker-killed/stats');
    expect(JSON.parse(stats.text)).toMatchObject({ conserved: true });
  });

  it('of the api in the middle of a rush costs no user anything who asks again', async () => {
    const variables = { ...world.variables, ...LEASES };
    const [api] = await Promise.all([
      ServiceProcess.start({ ...variables, APP_ROLE: 'api' }),
      ServiceProcess.start({ ...variables, APP_ROLE: 'worker' }),
    ]);
    await prepare(api.url, 'api-killed');
    let restarted: Promise<ServiceProcess> | undefined;
    const told = await rush(api.url, 'api-killed', (answered) => {
      if (answered >= 60) restarted ??= api.end('SIGKILL').then(() => api.again());
    });
    expect(await api.ended).toEqual({ code: null, signal: 'SIGKILL' });
    const { url } = await restarted!;
    await expectPromisesKept('api-killed', told);
    await eventually(async () => {
      const stats = await asAdmin(url, 'GET', '/v1/campaigns/api-killed/stats');
      expect(JSON.parse(stats.text)).toMatchObject({
        conserved: true,
        gate: { available: 0, processing: 0, settled: CAPACITY },
      });
    });
  });
});
