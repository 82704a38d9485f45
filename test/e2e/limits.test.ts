import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer } from '../../tools/stack/servers/redis-server.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { type Question, send } from '../support/http.js';
import { expectProblem } from '../support/problem.js';
import { Scrape } from '../support/scrape.js';
import { ServiceProcess } from '../support/service-process.js';
import { adminToken, tokenOf } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

/** One window, longer than any of these tests. */
const WINDOW = { RATE_LIMIT_WINDOW_MS: '600000' };

/** A server for these tests alone, because MONITOR shows the commands of all clients. */
const redis = new RedisServer({
  dataDir: join(process.env.TEST_DATA_DIR ?? '', 'limits'),
  log: () => undefined,
});
let world: World;

beforeAll(async () => {
  await redis.start();
  world = await World.create({}, { redisUrl: redis.url });
  const api = await world.start('api');
  await new Client(api).createCampaign({ id: 'limited', capacity: 1_000 });
  await api.close();
});

afterAll(async () => {
  await ServiceProcess.killAll();
  await world.close();
  await redis.stop();
});

/** All commands that Redis executes in this world while `work` runs, without those inside scripts. */
async function commandsDuring(work: () => Promise<void>): Promise<string[]> {
  const database = new URL(world.variables.REDIS_URL!).pathname.slice(1);
  const commands: string[] = [];
  const monitor = await world.redis.monitor();
  monitor.on('monitor', (_: string, command: string[], source: string, where: string) => {
    if (where === database && source !== 'lua') commands.push(command.join(' '));
  });
  const mark = async (text: string): Promise<void> => {
    await world.redis.echo(text);
    await eventually(() => expect(commands.some((command) => command === `echo ${text}`)).toBe(true));
  };
  try {
    await mark('begin');
    await work();
    await mark('end');
  } finally {
    monitor.disconnect();
  }
  // Every second each instance writes its heartbeat (R17).
  return commands.filter((command) => !/^(echo|info|ping|time)|:owner/i.test(command));
}

function expectTooMany(answer: { status: number; headers: Record<string, unknown>; text: string }): void {
  expectProblem(answer, 429, 'too-many-requests');
  const seconds = Number(answer.headers['retry-after']);
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(600);
}

describe('the limit of a user', () => {
  it('answers 429 before Redis is asked, and does not affect other users', async () => {
    const api = await world.start('api', { ...WINDOW, RATE_LIMIT_PER_USER: '3' });
    const client = new Client(api);
    expect((await client.claim('limited', 1)).status).toBe(202);
    expect((await client.status('limited', 1)).status).toBe(200);
    expect((await client.claim('limited', 1)).status).toBe(200);
    const commands = await commandsDuring(async () => {
      for (let i = 0; i < 5; i++) {
        expectTooMany(await client.claim('limited', 1));
        expectTooMany(await client.status('limited', 1));
      }
    });
    expect(commands).toEqual([]);
    // A claim that goes through does show up, so the check above is not blind.
    const others = await commandsDuring(async () => {
      expect((await client.claim('limited', 2)).status).toBe(202);
    });
    expect(others.some((command) => command.startsWith('evalsha'))).toBe(true);
    expect((await api.http.get('/v1/campaigns/limited')).status).toBe(200);
  });

  it('counts only verified users: a forged token uses up nothing of its victim’s limit', async () => {
    const api = await world.start('api', { ...WINDOW, RATE_LIMIT_PER_USER: '2' });
    const client = new Client(api);
    const forged = (await tokenOf(3)).slice(0, -4);

    for (let i = 0; i < 5; i++) {
      const answer = await api.http
        .post('/v1/campaigns/limited/grants')
        .set('Authorization', `Bearer ${forged}AAAA`);
      expectProblem(answer, 401, 'invalid-token');
    }
    expect((await client.claim('limited', 3)).status).toBe(202);
  });

  it('starts again with the next window', async () => {
    const client = new Client(
      await world.start('api', { RATE_LIMIT_WINDOW_MS: '1000', RATE_LIMIT_PER_USER: '1' }),
    );
    expect((await client.claim('limited', 4)).status).toBe(202);
    expectTooMany(await client.claim('limited', 4));
    await eventually(async () => expect((await client.claim('limited', 4)).status).toBe(200));
  });
});

describe('the limit of an address', () => {
  it('answers 429 before the token is checked and before Redis and Postgres are asked', async () => {
    const api = await world.start('api', { ...WINDOW, RATE_LIMIT_PER_IP: '4' });
    const client = new Client(api);
    for (let userId = 11; userId <= 14; userId++)
      expect((await client.claim('limited', userId)).status).toBe(202);
    const commands = await commandsDuring(async () => {
      for (const userId of [11, 15, 16]) expectTooMany(await client.claim('limited', userId));
      expectTooMany(
        await api.http.post('/v1/campaigns/limited/grants').set('Authorization', 'Bearer nonsense'),
      );
    });
    expect(commands).toEqual([]);
    expect((await api.http.get('/health/live')).status).toBe(200);
    expect((await api.http.get('/health/ready')).status).toBe(200);
    expect((await api.http.get('/metrics')).status).toBe(200);
  });

  it('covers every kind of call', async () => {
    const api = await world.start('api', { ...WINDOW, RATE_LIMIT_PER_IP: '1' });
    const admin = `Bearer ${await adminToken()}`;
    const shared = [
      api.http.get('/v1/campaigns/limited'),
      api.http.get('/v1/campaigns/limited'),
      api.http.patch('/v1/campaigns/limited').set('Authorization', admin).send({ state: 'OPEN' }),
      api.http.get('/v1/campaigns/limited/stats').set('Authorization', admin),
      api.http.get('/v1/wallets/KRW/1').set('Authorization', admin),
    ];
    // All calls share one count: an address that is refused at one is refused at all.
    const statuses: number[] = [];
    for (const request of shared) statuses.push((await request).status);
    expect(statuses).toEqual([200, 429, 429, 429, 429]);
  });

  it('is told to people by a page, not as JSON', async () => {
    const api = await world.start('api', { ...WINDOW, RATE_LIMIT_PER_IP: '1' });
    expect((await api.http.get('/c/limited')).status).toBe(200);
    for (const [path, language, words] of [
      ['/c/limited/en', 'en', 'Please come back in a moment'],
      ['/c/limited/ko', 'ko', '잠시 후 다시 열어 주세요'],
    ] as const) {
      const { status, headers, text } = await api.http.get(path);
      expect({ status, type: headers['content-type'], language: headers['content-language'] }).toEqual({
        ...{ status: 429, type: 'text/html; charset=utf-8', language },
      });
      expect(text).toContain(words);
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
    }
  });

  const from = (api: RunningApp, address: string) =>
    api.http.get('/v1/campaigns/limited').set('X-Forwarded-For', address);

  it('does not believe an address that the client claims', async () => {
    const api = await world.start('api', { ...WINDOW, RATE_LIMIT_PER_IP: '2' });
    expect((await from(api, '10.0.0.1')).status).toBe(200);
    expect((await from(api, '10.0.0.2')).status).toBe(200);
    expectTooMany(await from(api, '10.0.0.3'));
  });

  it.each(['1', 'loopback', '127.0.0.1, ::1'])('believes a trusted proxy: %s', async (TRUST_PROXY) => {
    const api = await world.start('api', { ...WINDOW, RATE_LIMIT_PER_IP: '2', TRUST_PROXY });
    for (let i = 0; i < 2; i++) expect((await from(api, '10.0.0.1')).status).toBe(200);
    expectTooMany(await from(api, '10.0.0.1'));
    expect((await from(api, '10.0.0.2')).status).toBe(200);
    // What the client itself put in front of the proxy's entry is ignored.
    expectTooMany(await from(api, '99.9.9.9, 10.0.0.1'));
  });

  it('counts an IPv6 network as one address', async () => {
    const api = await world.start('api', { ...WINDOW, RATE_LIMIT_PER_IP: '2', TRUST_PROXY: '1' });
    expect((await from(api, '2001:db8:0:1::1')).status).toBe(200);
    expect((await from(api, '2001:db8:0:1:ffff::2')).status).toBe(200);
    expectTooMany(await from(api, '2001:db8:0:1::3'));
    expect((await from(api, '2001:db8:0:2::1')).status).toBe(200);
  });

  it('logs once that a proxy is not trusted', async () => {
    const { TRUST_PROXY: _, ...variables } = world.variables;
    const service = await ServiceProcess.start({ ...variables, APP_ROLE: 'api', LOG_LEVEL: 'warn' });
    const ask = (headers: Readonly<Record<string, string>>) =>
      send(service.url, { path: '/v1/campaigns/limited', headers });
    expect((await ask({})).status).toBe(200);
    for (let i = 0; i < 3; i++) expect((await ask({ 'X-Forwarded-For': '10.0.0.1' })).status).toBe(200);
    expect((await service.end('SIGTERM')).code).toBe(0);
    expect(service.stdout.match(/TRUST_PROXY is not set/g)).toHaveLength(1);
  });

  it('does not believe a proxy that is not trusted', async () => {
    const api = await world.start('api', { ...WINDOW, RATE_LIMIT_PER_IP: '2', TRUST_PROXY: '192.0.2.0/24' });
    expect((await from(api, '10.0.0.1')).status).toBe(200);
    expect((await from(api, '10.0.0.2')).status).toBe(200);
    expectTooMany(await from(api, '10.0.0.3'));
  });
});

/** Clients that are turned away are told when to come back, and not all for the same time. */
function expectToComeBack({ headers }: { headers: Record<string, unknown> }): void {
  const seconds = Number(headers['retry-after']);
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(10);
}

const JSON_BODY = { 'Content-Type': 'application/json' };

/** Ways to write the same claim; all but the first go through Express and Nest. */
const FORMS: readonly Question[] = [
  { path: '/v1/campaigns/limited/grants' },
  { path: '/v1/campaigns/limited/grants?' },
  { path: '/v1/campaigns/limited/grants/' },
  { path: '/v1/campaigns/l%69mited/grants' },
  { path: '/V1/campaigns/limited/GRANTS' },
  { path: 'http://elsewhere/v1/campaigns/limited/grants/?' },
  {
    path: '/v1/campaigns/limited/grants',
    headers: { 'Content-Type': 'application/json' },
    body: '',
    chunked: true,
  },
  { path: '/v1/campaigns/limited/grants', headers: { ...JSON_BODY, Expect: '100-continue' } },
  { path: '/v1/campaigns/limited/grants', headers: JSON_BODY, body: '{}' },
];

/** Claims without a token: a request that is let in gets 401. */
async function statusOf(api: RunningApp, form: Question): Promise<Question & { status: number }> {
  return { ...form, status: (await send(api.url, { method: 'POST', ...form })).status };
}

describe('claims that make no progress', () => {
  it('make new claims get 503 before anything is asked, until the service makes progress again', async () => {
    const api = await world.start('api', { REQUEST_DEADLINE_MS: '8000', DATABASE_TIMEOUT_MS: '20000' });
    const client = new Client(api);
    expect((await client.claim('limited', 60)).status).toBe(202);
    const session = await world.pg.connect();
    try {
      await session.query('BEGIN');
      await session.query('LOCK TABLE user_grants IN ACCESS EXCLUSIVE MODE');
      const held = client.claim('limited', 61);
      const expectShed = async (): Promise<void> => {
        const shed = await api.http
          .post('/v1/campaigns/limited/grants')
          .set('Authorization', 'Bearer not even looked at');
        expectProblem(shed, 503, 'unavailable');
        expectToComeBack(shed);
      };
      await eventually(expectShed);
      expect(await commandsDuring(expectShed)).toEqual([]);
      for (const form of FORMS) expect(await statusOf(api, form)).toEqual({ ...form, status: 503 });
      expect((await api.http.get('/health/live')).status).toBe(200);
      expect((await api.http.get('/v1/campaigns/limited')).status).toBe(200); // an operator's calls are let through
      await session.query('ROLLBACK');
      expect((await held).status).toBe(202);
      expect((await client.claim('limited', 62)).status).toBe(202);
      expect((await Scrape.of(api)).sum('seonchak_requests_shed_total')).toBeGreaterThan(0);
    } finally {
      session.release(true);
    }
    await api.close();
  });
});

describe('the limit of claims at once', () => {
  it('sheds claims beyond it with 503 before Redis is asked, and accepts claims again when there is room', async () => {
    const api = await world.start('api', {
      CLAIMS_IN_FLIGHT_MAX: '6', // half of them for one campaign
      REQUEST_DEADLINE_MS: '20000',
      DATABASE_TIMEOUT_MS: '20000',
    });
    const client = new Client(api);
    expect((await client.claim('limited', 20)).status).toBe(202);
    const session = await world.pg.connect();
    try {
      // Claims cannot become durable, so they stay in flight.
      await session.query('BEGIN');
      await session.query('LOCK TABLE user_grants IN ACCESS EXCLUSIVE MODE');
      const held = [21, 22, 23].map((userId) => client.claim('limited', userId));
      await sleep(1_000); // long enough for all three to be in flight, so that the next is one too many
      const commands = await commandsDuring(async () => {
        for (const userId of [24, 25, 26]) {
          const shed = await client.claim('limited', userId);
          expectProblem(shed, 503, 'unavailable');
          expectToComeBack(shed);
        }
      });
      expect(commands).toEqual([]);
      await session.query('ROLLBACK');
      expect((await Promise.all(held)).map(({ status }) => status)).toEqual([202, 202, 202]);
    } finally {
      session.release(true);
    }
    expect((await client.claim('limited', 24)).status).toBe(202);
  });

  it('answers within the deadline when claims get stuck, and records none twice', async () => {
    const api = await world.start('api', { REQUEST_DEADLINE_MS: '400', DATABASE_TIMEOUT_MS: '20000' });
    const client = new Client(api);
    const session = await world.pg.connect();
    try {
      await session.query('BEGIN');
      await session.query('LOCK TABLE user_grants IN ACCESS EXCLUSIVE MODE');
      const asked = performance.now();
      const late = await client.claim('limited', 31);
      expectProblem(late, 503, 'unavailable');
      expectToComeBack(late);
      expect(performance.now() - asked).toBeLessThan(2_000);
      await session.query('ROLLBACK');
    } finally {
      session.release(true);
    }
    const again = await eventually(async () => {
      const answer = await client.claim('limited', 31);
      expect([200, 202]).toContain(answer.status);
      return answer;
    });
    const stored = await world.rows(
      `SELECT grant_seq, arrival_no::int FROM user_grants WHERE campaign_id = 'limited' AND user_id = 31`,
    );
    expect(stored).toEqual([{ grant_seq: again.body.grantSeq, arrival_no: again.body.arrivalNo }]);
  });
});
