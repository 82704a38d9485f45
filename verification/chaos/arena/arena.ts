import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BankProcess } from '../../bank/bank-process.js';
import type { Odds } from '../../bank/odds.js';
import { migrateDatabase } from '../../../tools/stack/database-migration.js';
import { findFreePort } from '../../../tools/stack/servers/free-port.js';
import { type LocalStack, startLocalStack } from '../../../tools/stack/servers/local-stack.js';
import type { PostgresServer } from '../../../tools/stack/servers/postgres-server.js';
import type { RedisServer } from '../../../tools/stack/servers/redis-server.js';
import { endAbandonedServices } from '../../../tools/stack/servers/service-process.js';
import { StackError } from '../../../tools/stack/stack-error.js';
import {
  removeAbandonedTestFolders,
  removeTestFolder,
  testFolder,
} from '../../../tools/stack/servers/test-folders.js';
import type { Provider } from '../plan/fault-kinds.js';
import { BankManners } from './bank-manners.js';
import { Links } from './links.js';
import { serviceSettings } from './service-settings.js';
import { ServiceUnit } from './service-unit.js';

const roles = { api1: 'api', api2: 'api', worker1: 'worker', worker2: 'worker' } as const;
const readyDeadlineMs = 90_000;
const restartAttempts = 5;

export interface ArenaOptions {
  readonly provider: Provider;
  readonly seed: number;
  /** Where logs go. */
  readonly folder: string;
  /** Users whom the bank rejects. */
  readonly rejectUsers: readonly string[];
  readonly log: (line: string) => void;
}

/** What the bank is like apart from what the nemesis does: quick, so that a short run sees much. */
const bankManners: Partial<Odds> = {
  holdMs: 3_000,
  dripMs: 20,
  hugeBytes: 1024 * 1024,
  delayedMs: 800,
  pendingMs: 400,
  reversalDelayMs: 400,
  lateWebhookMs: 800,
  shuffleMs: 600,
  webhookRetryMs: 200,
};

/** Every process of a run, real ones, with a proxy on each way between two of them. */
export class Arena {
  readonly links = new Links();
  readonly jwtSecret = randomBytes(32).toString('base64url');
  private readonly units = new Map<string, ServiceUnit>();
  private stack: LocalStack | undefined;
  /** A standby that has been promoted. */
  private successor: PostgresServer | undefined;
  private theBank: BankProcess | undefined;
  private theManners: BankManners | undefined;

  constructor(private readonly options: ArenaOptions) {}

  /** Starts everything, and waits until it serves. Call `stop` whatever comes of it. */
  async start(): Promise<void> {
    // What a run that was killed has left.
    await endAbandonedServices();
    await removeAbandonedTestFolders();
    this.stack = await startLocalStack({ dataDir: testFolder, durable: false, log: this.options.log });
    await migrateDatabase(this.stack.databaseUrl);
    const ports = new Map<string, number>();
    for (const name of Object.keys(roles)) ports.set(name, await findFreePort());
    for (const [name, role] of Object.entries(roles)) {
      if (role === 'api') await this.links.add('api', name, `http://127.0.0.1:${ports.get(name)}`);
    }
    if (this.options.provider === 'http') await this.startBank();
    for (const [name, role] of Object.entries(roles)) await this.startUnit(name, role, ports.get(name) ?? 0);
    await this.untilReady();
  }

  /** What was suspended goes on, what is spoilt is mended, and everything serves. */
  async heal(): Promise<void> {
    await this.links.heal();
    for (const unit of this.units.values()) unit.thaw();
    this.theBank?.resume();
    await this.postgres.resume();
    await this.redis.resume();
    await this.theManners?.apply();
    await this.untilReady();
  }

  /** Ends every process, at once: what they could still do is of no interest any more. */
  async stop(): Promise<void> {
    await Promise.all([...this.units.values()].map((unit) => unit.end('SIGKILL')));
    await BankProcess.killAll();
    await Promise.all([this.stack?.postgres?.kill(), this.successor?.kill(), this.stack?.redis?.kill()]);
    await this.links.close();
    await removeTestFolder(testFolder);
  }

  get databaseUrl(): string {
    return this.postgres.url;
  }

  get redisUrl(): string {
    return this.servers.redisUrl;
  }

  get postgres(): PostgresServer {
    return this.successor ?? present(this.servers.postgres);
  }

  /** From now on another server is the database; what led to the last one is reset. */
  replacePostgres(successor: PostgresServer): void {
    this.successor = successor;
    const port = Number(new URL(successor.url).port);
    for (const { proxy } of this.links.find('postgres', 'all')) proxy.redirect(port);
  }

  get redis(): RedisServer {
    return present(this.servers.redis);
  }

  /** Where the servers keep their data. */
  get dataDir(): string {
    return this.servers.dataDir;
  }

  /** Only where payouts are made by it. */
  get bank(): BankProcess {
    return present(this.theBank);
  }

  get manners(): BankManners {
    return present(this.theManners);
  }

  /** Only where payouts are made by the bank; else undefined. */
  get bankLogFile(): string | undefined {
    return this.theBank?.logFile;
  }

  /** Where people find the apis: by way of the proxies. */
  get apiUrls(): string[] {
    return this.links.find('api', 'all').map(({ proxy }) => `http://127.0.0.1:${proxy.port}`);
  }

  unit(name: string): ServiceUnit {
    return present(this.units.get(name));
  }

  /** How often instances ended by themselves. */
  get unbidden(): Record<string, number> {
    return Object.fromEntries([...this.units].map(([name, { unbidden }]) => [name, unbidden]));
  }

  /** Starts a server again that has ended; on a busy machine its port may be free only a little later. */
  async startAgain(server: { start(): Promise<void> }): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await server.start();
        return;
      } catch (error) {
        if (attempt === restartAttempts) throw error;
        await sleep(200);
      }
    }
  }

  private get servers(): LocalStack {
    return present(this.stack);
  }

  private async startBank(): Promise<void> {
    const { folder, rejectUsers, seed } = this.options;
    const odds = { ...bankManners, rejectUsers };
    const [webhooks] = this.apiUrls;
    this.theBank = await BankProcess.start({
      logFile: join(folder, 'bank.jsonl'),
      webhookUrl: `${webhooks}/v1/payout-events`,
      seed,
      odds,
    });
    this.theManners = new BankManners(this.theBank, odds);
  }

  private async startUnit(name: string, role: 'api' | 'worker', port: number): Promise<void> {
    const { databaseUrl, redisUrl } = this.servers;
    const postgres = await this.links.add('postgres', name, databaseUrl);
    const redis = await this.links.add('redis', name, redisUrl);
    const bank =
      role === 'worker' && this.theBank ? await this.links.add('bank', name, this.theBank.url) : null;
    const unit = new ServiceUnit({
      name,
      port,
      logFile: join(this.options.folder, `${name}.log`),
      env: {
        PATH: process.env.PATH,
        ...serviceSettings,
        ...this.theBank?.serviceVariables,
        ...(bank && this.theBank ? { PAYOUT_HTTP_URL: bank.urlOf(this.theBank.url) } : {}),
        APP_ROLE: role,
        HOST: '127.0.0.1',
        PORT: String(port),
        DATABASE_URL: postgres.urlOf(databaseUrl),
        REDIS_URL: redis.urlOf(redisUrl),
        JWT_SECRET: this.jwtSecret,
      },
    });
    this.units.set(name, unit);
    await unit.start();
  }

  private async untilReady(): Promise<void> {
    for (const unit of this.units.values()) {
      if (!(await unit.isReadyWithin(readyDeadlineMs)))
        throw new StackError(`${unit.name} did not become ready within ${readyDeadlineMs / 1_000} s.`);
    }
  }
}

function present<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('It is not there.');
  return thing;
}
