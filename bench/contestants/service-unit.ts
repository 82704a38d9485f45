import { open } from 'node:fs/promises';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { ServiceProcess } from '../../tools/stack/servers/service-process.js';
import { StackError } from '../../tools/stack/stack-error.js';
import type { ContestantSurroundings } from './contestant.js';

export type Role = 'api' | 'worker' | 'all';

/** One process of the service, in production mode, with every feature enabled. */
export class ServiceUnit {
  private isBeingStopped = false;

  private constructor(
    readonly role: Role,
    readonly origin: string,
    private readonly service: ServiceProcess,
  ) {}

  /**
   * Starts it and waits until it is ready.
   * @param settings additional environment variables
   */
  static async start(
    role: Role,
    { jwtSecret, databaseUrl, redisUrl, logFile }: ContestantSurroundings,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<ServiceUnit> {
    const port = await findFreePort();
    const log = await open(logFile, 'a', 0o600);
    const service = new ServiceProcess(
      {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        APP_ROLE: role,
        HOST: '127.0.0.1',
        PORT: String(port),
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        JWT_SECRET: jwtSecret,
        LOG_LEVEL: 'info',
        // Rate limits stay enabled but are never reached: all requests come from one address, and users repeat often.
        RATE_LIMIT_PER_IP: '1000000000',
        RATE_LIMIT_PER_USER: '1000000',
        ...settings,
      },
      log.fd,
    );
    await log.close();
    const unit = new ServiceUnit(role, `http://127.0.0.1:${port}`, service);
    try {
      if (!(await service.waitUntilReady(unit.origin)))
        throw new StackError(`The service ${await service.ended()}.`);
    } catch (error) {
      await unit.stop(Promise.resolve());
      throw error;
    }
    return unit;
  }

  get pid(): number {
    return this.service.pid ?? 0;
  }

  /** Resolves if it ends without being stopped, with a phrase that says how. */
  async failed(): Promise<string> {
    const how = await this.service.ended();
    return this.isBeingStopped ? new Promise<never>(() => undefined) : how;
  }

  async stop(hastened: Promise<void>): Promise<void> {
    this.isBeingStopped = true;
    await this.service.stop(hastened);
  }
}
