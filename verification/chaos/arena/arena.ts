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
import { BankOdds } from './bank-odds.js';
import { Links } from './links.js';
import { serviceSettings } from './service-settings.js';
import { ServiceUnit } from './service-unit.js';

const roles = { api1: 'api', api2: 'api', worker1: 'worker', worker2: 'worker' } as const;
const readyDeadlineMs = 90_000;
const restartAttempts = 5;

export interface ArenaOptions {
  readonly provider: Provider;
  readonly seed: number;
  /** The folder for logs. */
  readonly folder: string;
  /** Users whose transfers the bank rejects. */
  readonly rejectUsers: readonly string[];
  readonly log: (line: string) => void;
}

/** Settings of the bank's faults: short times, so that a short run covers many faults. The nemesis sets the odds. */
const bankOdds: Partial<Odds> = {
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

/** All processes of a run. They are real, with a proxy on each connection between two of them. */
export class Arena {
  readonly links = new Links();
  readonly jwtSecret = randomBytes(32).toString('base64url');
  private readonly units = new Map<string, ServiceUnit>();
  private stack: LocalStack | undefined;
  /** A promoted standby. */
  private successor: PostgresServer | undefined;
  private theBank: BankProcess | undefined;
  private theBankOdds: BankOdds | undefined;

  constructor(private readonly options: ArenaOptions) {}

  /** Starts everything and waits until it is ready. Call `stop` in any case, also after a failure. */
  async start(): Promise<void> {
    // Clean up after runs that were killed.
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

  /** Resumes what is suspended, removes all faults, and waits until everything is ready. */
  async heal(): Promise<void> {
    await this.links.heal();
    for (const unit of this.units.values()) unit.thaw();
    this.theBank?.resume();
    await this.postgres.resume();
    await this.redis.resume();
    await this.theBankOdds?.apply();
    await this.untilReady();
  }

  /** Kills every process at once: nothing that they could still do matters. */
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

  /** Makes another server the database. Connections to the old one are reset. */
  replacePostgres(successor: PostgresServer): void {
    this.successor = successor;
    const port = Number(new URL(successor.url).port);
    for (const { proxy } of this.links.find('postgres', 'all')) proxy.redirect(port);
  }

  get redis(): RedisServer {
    return present(this.servers.redis);
  }

  /** The folder with the servers' data. */
  get dataDir(): string {
    return this.servers.dataDir;
  }

  /** Exists only if the provider is the bank. */
  get bank(): BankProcess {
    return present(this.theBank);
  }

  get bankOdds(): BankOdds {
    return present(this.theBankOdds);
  }

  /** Undefined unless the provider is the bank. */
  get bankLogFile(): string | undefined {
    return this.theBank?.logFile;
  }

  /** The addresses of the apis, through the proxies. */
  get apiUrls(): string[] {
    return this.links.find('api', 'all').map(({ proxy }) => `http://127.0.0.1:${proxy.port}`);
  }

  unit(name: string): ServiceUnit {
    return present(this.units.get(name));
  }

  /** How often each instance ended without being told to. */
  get unbidden(): Record<string, number> {
    return Object.fromEntries([...this.units].map(([name, { unbidden }]) => [name, unbidden]));
  }

  /** Starts a stopped server again. On a busy machine its port may be released a little later. */
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
    const odds = { ...bankOdds, rejectUsers };
    const [webhooks] = this.apiUrls;
    this.theBank = await BankProcess.start({
      logFile: join(folder, 'bank.jsonl'),
      webhookUrl: `${webhooks}/v1/payout-events`,
      seed,
      odds,
    });
    this.theBankOdds = new BankOdds(this.theBank, odds);
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
        throw new StackError(`${unit.name} was not ready within ${readyDeadlineMs / 1_000} s.`);
    }
  }
}

function present<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('It does not exist.');
  return thing;
}
