import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrateDatabase } from '../../tools/stack/database-migration.js';
import { developmentLogin } from '../../tools/stack/development-login.js';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { type LocalStack, startLocalStack } from '../../tools/stack/servers/local-stack.js';
import { ensureFolder } from '../../tools/stack/project-folders.js';
import { endAbandonedServices, ServiceProcess } from '../../tools/stack/servers/service-process.js';
import { StackError } from '../../tools/stack/stack-error.js';
import type { StopSignals } from '../../tools/stack/stop-signals.js';
import {
  removeAbandonedTestFolders,
  removeTestFolder,
  testFolder,
} from '../../tools/stack/servers/test-folders.js';
import { peakRssMb } from './peak-memory.js';
import type { RushTarget } from './rush-target.js';

const roles = ['api', 'worker'] as const;
type Role = (typeof roles)[number];

const lastWords = 20;

const HOST = '127.0.0.1';

/** The rush's own PostgreSQL, Redis, API and worker, in a folder that is removed with them. */
export class OwnService {
  private stack: LocalStack | undefined;
  private readonly services = new Map<Role, ServiceProcess>();

  constructor(
    private readonly signals: StopSignals,
    private readonly log: (line: string) => void,
    /** Whether a person may log in with any id: the service listens on this machine only. */
    private readonly hasLogin: boolean,
  ) {}

  /** Starts everything. Returns undefined if a stop is requested meanwhile. Call `stop` in either case. */
  async start(): Promise<RushTarget | undefined> {
    // Clean up after a rush that was killed.
    await endAbandonedServices();
    await removeAbandonedTestFolders();
    await ensureFolder(testFolder);
    this.log('Starting PostgreSQL, Redis, an API and a worker …');
    this.stack = await startLocalStack({ dataDir: testFolder, durable: true, log: this.log });
    const { databaseUrl, redisUrl } = this.stack;
    await migrateDatabase(databaseUrl);
    const jwtSecret = randomBytes(32).toString('base64url');
    if (this.signals.isRequested) return undefined;
    const [url = ''] = await Promise.all(
      roles.map((role) => this.startService(role, { databaseUrl, redisUrl, jwtSecret })),
    );
    return this.signals.isRequested ? undefined : { url, databaseUrl, redisUrl, jwtSecret };
  }

  /** Rejects with a StackError as soon as a service ends unexpectedly. */
  async untilOneFails(): Promise<never> {
    const how = [...this.services].map(async ([role, service]) => `The ${role} ${await service.ended()}.`);
    throw new StackError(await Promise.race(how));
  }

  /** The largest resident sets so far, in MB. */
  async peakRss(): Promise<Record<Role, number | null>> {
    const [api, worker] = await Promise.all(roles.map((role) => peakRssMb(this.services.get(role)?.pid)));
    return { api: api ?? null, worker: worker ?? null };
  }

  /** The end of both services' logs. */
  async lastLogLines(): Promise<string> {
    const ends = roles.map(async (role) => {
      const text = await readFile(logFile(role), 'utf8').catch(() => '');
      return `The end of the ${role}'s log:\n${text.trim().split('\n').slice(-lastWords).join('\n')}`;
    });
    return (await Promise.all(ends)).join('\n');
  }

  /** Stops everything and removes the folder. */
  async stop(): Promise<void> {
    await Promise.all([...this.services.values()].map((service) => service.stop(this.signals.hastened)));
    await this.stack?.stop();
    await removeTestFolder(testFolder);
  }

  private async startService(
    role: Role,
    { databaseUrl, redisUrl, jwtSecret }: Omit<RushTarget, 'url'>,
  ): Promise<string> {
    const port = await findFreePort();
    const log = await open(logFile(role), 'a', 0o600);
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      JWT_SECRET: jwtSecret,
      APP_ROLE: role,
      HOST,
      PORT: String(port),
      ...(this.hasLogin ? await developmentLogin(HOST) : {}),
    };
    delete env.JWT_JWKS_URL;
    const service = new ServiceProcess(env, log.fd);
    this.services.set(role, service);
    await log.close();
    const url = `http://${HOST}:${port}`;
    const ready = await Promise.race([service.waitUntilReady(url), this.signals.requested]);
    if (ready === false) throw new StackError(`The ${role} ${await service.ended()}.`);
    return url;
  }
}

function logFile(role: Role): string {
  return join(testFolder, `${role}.log`);
}
