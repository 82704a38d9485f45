import { open } from 'node:fs/promises';
import { Client } from 'pg';
import { AdminApi } from '../../tools/rush/admin-api.js';
import { migrateDatabase } from '../../tools/stack/database-migration.js';
import { findFreePort } from '../../tools/stack/free-port.js';
import { ServiceProcess } from '../../tools/stack/service-process.js';
import { StackError } from '../../tools/stack/stack-error.js';
import type { Contestant, ContestantSurroundings } from './contestant.js';

/** In minor units, as `AdminApi` makes campaigns. */
const amount = 10;

/** The real thing: role `all`, as in production, with everything on. */
export class OurService implements Contestant {
  readonly name = 'ours';
  readonly pays = true;
  private campaigns = 0;
  private campaign = { id: '', capacity: 0 };

  private constructor(
    readonly origin: string,
    private readonly service: ServiceProcess,
    private readonly admin: AdminApi,
    private readonly books: Client,
  ) {}

  /** Migrates its database, starts it and waits until it is ready. */
  static async start({
    jwtSecret,
    databaseUrl,
    redisUrl,
    logFile,
  }: ContestantSurroundings): Promise<OurService> {
    await migrateDatabase(databaseUrl);
    const port = await findFreePort();
    const log = await open(logFile, 'a', 0o600);
    const service = new ServiceProcess(
      {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        APP_ROLE: 'all',
        HOST: '127.0.0.1',
        PORT: String(port),
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        JWT_SECRET: jwtSecret,
        LOG_LEVEL: 'info',
        // On, and counting, but out of reach: here everybody comes from one address, and users are asked for often.
        RATE_LIMIT_PER_IP: '1000000000',
        RATE_LIMIT_PER_USER: '1000000',
      },
      log.fd,
    );
    await log.close();
    const origin = `http://127.0.0.1:${port}`;
    const admin = new AdminApi({ url: origin, databaseUrl, redisUrl, jwtSecret });
    const books = new Client({ connectionString: databaseUrl });
    try {
      if (!(await service.waitUntilReady(origin))) {
        throw new StackError(`The service ${await service.ended()}.`);
      }
      await books.connect();
    } catch (error) {
      await service.stop(Promise.resolve());
      throw error;
    }
    return new OurService(origin, service, admin, books);
  }

  get pid(): number {
    return this.service.pid ?? 0;
  }

  async freshCampaign(capacity: number): Promise<string> {
    this.campaigns += 1;
    this.campaign = { id: `bench-${this.campaigns}`, capacity };
    await this.admin.createCampaign(this.campaign.id, capacity, { waitingCapacity: 0 });
    return `/v1/campaigns/${this.campaign.id}/grants`;
  }

  /** By what is left in the campaign's account, which is one row, and commits with the payouts. */
  async unpaid(accepted: number): Promise<number> {
    const { id, capacity } = this.campaign;
    const { rows } = await this.books.query<{ balance: string }>(
      `SELECT balance FROM ledger_accounts WHERE campaign_id = $1 AND kind = 'CAMPAIGN'`,
      [id],
    );
    return Number(rows[0]?.balance) / amount - (capacity - accepted);
  }

  async paid(): Promise<number> {
    return (await this.admin.stats(this.campaign.id)).postgres.success;
  }

  async endCampaign(): Promise<void> {
    await this.admin.closeCampaign(this.campaign.id);
  }

  ended(): Promise<string> {
    return this.service.ended();
  }

  async stop(hastened: Promise<void>): Promise<void> {
    await this.admin.close();
    await this.books.end();
    await this.service.stop(hastened);
  }
}
