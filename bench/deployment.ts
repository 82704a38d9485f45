import { Redis } from 'ioredis';
import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { AdminApi } from '../verification/rush/admin-api.js';
import { migrateDatabase } from '../tools/stack/database-migration.js';
import type { ContestantSurroundings } from './contestants/contestant.js';
import { type Role, ServiceUnit } from './contestants/service-unit.js';
import { TokenMint } from './generator/token-mint.js';

/** In minor units; the amount of campaigns created by `AdminApi`. */
const amount = 10;

/** The service on its own PostgreSQL and Redis databases, with any number of processes. */
export class Deployment {
  private readonly running: ServiceUnit[] = [];
  private readonly mint: TokenMint;
  private admin: AdminApi | undefined;

  private constructor(
    private readonly surroundings: ContestantSurroundings,
    private readonly books: Client,
    /** The Redis of the gate. */
    readonly redis: Redis,
  ) {
    this.mint = new TokenMint(surroundings.jwtSecret);
  }

  /** Migrates the database. Starts no process. */
  static async open(surroundings: ContestantSurroundings): Promise<Deployment> {
    const { databaseUrl, redisUrl } = surroundings;
    await migrateDatabase(databaseUrl);
    const books = new Client({ connectionString: databaseUrl });
    await books.connect();
    return new Deployment(surroundings, books, new Redis(redisUrl));
  }

  /**
   * Starts a process, which stays on the core of its starter. Campaigns are created through the first process with an
   * API.
   */
  async add(role: Role, settings: Readonly<Record<string, string>> = {}): Promise<ServiceUnit> {
    const unit = await ServiceUnit.start(role, this.surroundings, settings);
    this.running.push(unit);
    const { databaseUrl, redisUrl, jwtSecret } = this.surroundings;
    if (role !== 'worker')
      this.admin ??= new AdminApi({ url: unit.origin, databaseUrl, redisUrl, jwtSecret });
    return unit;
  }

  get databaseUrl(): string {
    return this.surroundings.databaseUrl;
  }

  /** The user's token. */
  tokenOf(user: number): string {
    return this.mint.tokenOf(user);
  }

  /** @returns the path of its claims */
  async createCampaign(id: string, capacity: number, waitingCapacity = 0): Promise<string> {
    await this.operator.createCampaign(id, capacity, { waitingCapacity });
    return claimsPath(id);
  }

  /** Nobody of this campaign is paid from now on. */
  async stopPayouts(id: string): Promise<void> {
    await this.operator.stopPayouts(id);
  }

  /** They are paid again. */
  async resumePayouts(id: string): Promise<void> {
    await this.operator.resumePayouts(id);
  }

  async closeCampaign(id: string): Promise<void> {
    await this.operator.closeCampaign(id);
  }

  /**
   * The number of paid users, derived from the balances of the campaigns' accounts: one row each, which commits with
   * the payouts.
   * @param capacity of all these campaigns together
   */
  async paidOut(ids: string | readonly string[], capacity: number): Promise<number> {
    const { rows } = await this.books.query<{ balance: string }>(
      `SELECT sum(balance) AS balance FROM ledger_accounts WHERE campaign_id = ANY ($1) AND kind = 'CAMPAIGN'`,
      [[ids].flat()],
    );
    return capacity - Number(rows[0]?.balance) / amount;
  }

  /** Lets PostgreSQL log each statement of the connections that are opened to this database from now on. */
  async logStatements(): Promise<void> {
    const name = new URL(this.surroundings.databaseUrl).pathname.slice(1);
    await this.books.query(`ALTER DATABASE ${name} SET log_statement = 'all'`);
  }

  /** How many transactions of PostgreSQL have entered the payouts of a campaign into the ledger. */
  async countPayoutTransactions(id: string): Promise<number> {
    const { rows } = await this.books.query<{ count: string }>(
      `SELECT count(DISTINCT entry.xmin::text) FROM ledger_entries entry
         JOIN ledger_accounts account ON account.id = entry.account_id
        WHERE account.campaign_id = $1 AND entry.amount < 0`,
      [id],
    );
    return Number(rows[0]?.count);
  }

  /**
   * Inserts claims as if people had made them: slots for the first `claimed` of them, half of which are paid, and
   * places in the line for those after them.
   */
  async insertClaims(id: string, claimed: number, waiting: number): Promise<void> {
    await this.books.query(
      `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, status, created_at, updated_at)
       SELECT $1, n, n, n, CASE WHEN n <= $2 / 2 THEN 'SUCCESS' ELSE 'PENDING' END, now(), now()
         FROM generate_series(1, $2::int) AS n`,
      [id, claimed],
    );
    await this.books.query(
      `INSERT INTO waiting_entries (campaign_id, user_id, arrival_no, created_at)
       SELECT $1, $2::int + n, $2::int + n, now() FROM generate_series(1, $3::int) AS n`,
      [id, claimed, waiting],
    );
  }

  /** The number of paid users, counted row by row. */
  async countPaid(id: string): Promise<number> {
    return (await this.operator.stats(id)).postgres.success;
  }

  /** Leaves of the log that are committed. */
  async logSize(): Promise<number> {
    const { rows } = await this.books.query<{ size: string }>(`SELECT size FROM log_state`);
    return Number(rows[0]?.size);
  }

  /** What PostgreSQL's files of the log take, with their indexes. */
  async logBytes(): Promise<number> {
    const { rows } = await this.books.query<{ bytes: string }>(
      `SELECT sum(pg_total_relation_size(name::regclass)) AS bytes FROM unnest(ARRAY['log_leaves', 'log_tiles']) AS name`,
    );
    return Number(rows[0]?.bytes);
  }

  /** When the service last reported an event, in ms since 1970; undefined if it never did. */
  async lastEventAt(event: string): Promise<number | undefined> {
    const lines = (await readFile(this.surroundings.logFile, 'utf8')).split('\n');
    const line = lines.findLast((text) => text.includes(`"event":"${event}"`));
    return line === undefined ? undefined : Date.parse((JSON.parse(line) as { time: string }).time);
  }

  async stop(hastened: Promise<void>): Promise<void> {
    await this.admin?.close();
    await this.books.end();
    this.redis.disconnect();
    await Promise.all(this.running.map((unit) => unit.stop(hastened)));
  }

  private get operator(): AdminApi {
    if (!this.admin) throw new Error('A deployment without an API has no operator.');
    return this.admin;
  }
}

/** The path for claims of a campaign. */
export function claimsPath(campaignId: string): string {
  return `/v1/campaigns/${campaignId}/grants`;
}
