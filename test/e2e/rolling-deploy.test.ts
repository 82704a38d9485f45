import { setTimeout as sleep } from 'node:timers/promises';
import { runAudit } from '../../src/audit/run-audit.js';
import { closeWallets } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { codeOf, type Operation } from '../support/history.js';
import { brokenPromises } from '../support/kept-promises.js';
import { NoAnswer, RecordingClient } from '../support/recording-client.js';
import { users } from '../support/rush.js';
import { ServiceProcess } from '../support/service-process.js';
import { World } from '../support/world.js';

const CAMPAIGN = 'deployed-under-load';
const CAPACITY = 1_200;
const LINE = 120;
/** How many new users come before the first restart, and during each of the four. */
const SHARE = 400;
const CONNECTIONS = 24;
/** How long a client pauses after an answer; it keeps its connection open. */
const PAUSE_MS = 30;
/** How long a draining instance still takes requests: many times what the balancer needs to notice. */
const DRAIN_DELAY_MS = 1_500;
const LOOK_AT_READINESS_MS = 100;

let world: World;

beforeAll(async () => {
  world = await World.create({
    LOG_LEVEL: 'warn',
    SLOT_LEASE_MS: '3000',
    DATABASE_POOL_SIZE: '8',
    DRAIN_DELAY_MS: String(DRAIN_DELAY_MS),
    SHUTDOWN_DEADLINE_MS: '30000',
  });
});

afterAll(async () => {
  await ServiceProcess.killAll();
  await world.close();
});

/** Sends clients to the instances that are ready, as load balancers do. */
class Balancer {
  private readonly ready = new Set<string>();
  private turn = 0;
  private stopped = false;
  private readonly looks: Promise<void>[];

  constructor(private readonly urls: readonly string[]) {
    for (const url of urls) this.ready.add(url);
    this.looks = urls.map((url) => this.watch(url));
  }

  pick(): string {
    const [url = this.urls[0] ?? ''] = [...this.ready].slice(this.turn++ % Math.max(this.ready.size, 1));
    return url;
  }

  /** Called when nobody listened at this URL. */
  takeOut(url: string): void {
    this.ready.delete(url);
  }

  has(url: string): boolean {
    return this.ready.has(url);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.looks);
  }

  private async watch(url: string): Promise<void> {
    while (!this.stopped) {
      const status = await fetch(`${url}/health/ready`, { headers: { Connection: 'close' } }).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) this.ready.add(url);
      else this.ready.delete(url);
      await sleep(LOOK_AT_READINESS_MS);
    }
  }
}

/** People who claim as they are let in, and who in between claim again or read their status. */
class Crowd {
  readonly client = new RecordingClient('crowd');
  /** Answers and errors that no deploy may cause. */
  readonly complaints: string[] = [];
  refused = 0;
  private letIn = 0;
  private come = 0;
  private over = false;
  private readonly work: Promise<unknown>;

  constructor(private readonly balancer: Balancer) {
    this.work = Promise.all(Array.from({ length: CONNECTIONS }, () => this.person()));
  }

  let(more: number): void {
    this.letIn += more;
  }

  get arrived(): number {
    return this.come;
  }

  /** Resolves when everybody who was let in has a definite answer. */
  async finish(): Promise<void> {
    await eventually(() => expect(this.come).toBe(this.letIn), 60_000);
    this.over = true;
    await this.work;
    this.client.close();
  }

  private async person(): Promise<void> {
    while (!this.over) {
      if (this.come < this.letIn) await this.ask('claim', ++this.come);
      else if (this.come > 0)
        await this.ask(this.come % 2 === 0 ? 'claim' : 'status', 1 + Math.floor(Math.random() * this.come));
      await sleep(PAUSE_MS);
    }
  }

  /** Repeats the request until there is a definite answer. */
  private async ask(op: 'claim' | 'status', userId: number): Promise<void> {
    for (;;) {
      const url = this.balancer.pick();
      try {
        const answer = await this.client.ask(url, { op, campaignId: CAMPAIGN, userId });
        this.judge(answer);
        if (answer.status !== 503) return;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        if (error.kind !== 'refused') this.complaints.push(`${op} of ${userId} at ${url}: ${error.message}`);
        this.refused++;
        this.balancer.takeOut(url);
      }
      await sleep(PAUSE_MS);
    }
  }

  private judge(answer: Operation & { headers: Readonly<Record<string, unknown>> }): void {
    const { op, status, headers } = answer;
    const expected =
      status === 200 ||
      (op === 'claim' && (status === 202 || codeOf(answer) === 'sold-out')) ||
      (op === 'status' && codeOf(answer) === 'no-claim') || // was told "sold out", or has a claim under way
      (status === 503 && Number(headers['retry-after']) >= 1);
    if (!expected) this.complaints.push(`${op}: ${status} ${JSON.stringify(answer.body)}`);
  }
}

it('restarting every instance during a rush loses no answer, and pays the right people', async () => {
  const start = (APP_ROLE: string): Promise<ServiceProcess> =>
    ServiceProcess.start({ ...world.variables, APP_ROLE });
  const [apis, workers] = [
    [await start('api'), await start('api')],
    [await start('worker'), await start('worker')],
  ];
  await closeWallets(
    world,
    users(1, 2_000).filter((userId) => userId % 20 === 0),
  );
  const operator = new RecordingClient('operator');
  const terms = {
    id: CAMPAIGN,
    name: CAMPAIGN,
    capacity: CAPACITY,
    waitingCapacity: LINE,
    amount: 10,
    currency: 'KRW',
  };
  const [first] = apis;
  const created = await operator.ask(first!.url, {
    op: 'create',
    campaignId: CAMPAIGN,
    userId: null,
    body: terms,
  });
  expect(created.status).toBe(201);
  operator.close();

  const balancer = new Balancer(apis.map(({ url }) => url));
  const crowd = new Crowd(balancer);
  crowd.let(SHARE);
  await eventually(() => expect(crowd.arrived).toBeGreaterThan(SHARE / 2));

  const fresh: ServiceProcess[] = [];
  const answersWhileRestarting: number[] = [];
  for (const instance of [...apis, ...workers]) {
    crowd.let(SHARE);
    const before = crowd.client.history.length;
    expect(await instance.end('SIGTERM')).toEqual({ code: 0, signal: null });
    const again = await instance.again();
    fresh.push(again);
    if (apis.includes(instance)) await eventually(() => expect(balancer.has(again.url)).toBe(true));
    answersWhileRestarting.push(crowd.client.history.length - before);
  }
  await crowd.finish();
  await balancer.stop();

  expect(crowd.complaints.slice(0, 10)).toEqual([]);
  // The rush lasted through every restart.
  expect(Math.min(...answersWhileRestarting)).toBeGreaterThan(SHARE);
  expect(new Set(crowd.client.history.map(({ userId }) => userId)).size).toBe(5 * SHARE);

  await eventually(async () => {
    const [counts] = await world.rows(
      `SELECT count(*) FILTER (WHERE status = 'SUCCESS')::int AS success,
              count(*) FILTER (WHERE status = 'PENDING')::int AS pending
         FROM user_grants WHERE campaign_id = $1`,
      [CAMPAIGN],
    );
    expect(counts).toEqual({ success: CAPACITY, pending: 0 });
  }, 30_000);
  expect(await brokenPromises(world, CAMPAIGN, crowd.client.history)).toEqual([]);
  await eventually(async () => {
    const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '' } = world.variables;
    const { gate, checks } = await runAudit({ databaseUrl, redisUrl, looks: 1 }, CAMPAIGN);
    expect({ gate, violations: checks.flatMap(({ violations }) => violations) }).toEqual({
      gate: 'checked',
      violations: [],
    });
  });
  for (const instance of fresh) expect(await instance.end('SIGTERM')).toEqual({ code: 0, signal: null });
}, 240_000);
