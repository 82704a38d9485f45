import { closeWallets } from '../books.js';
import { eventually } from '../eventually.js';
import { isStopped } from '../process-state.js';
import { ServiceProcess } from '../service-process.js';
import { World } from '../world.js';

/** Users who claim early and whose payouts are rejected, so that slots come free and people are promoted. */
export const CLOSED_WALLETS = [2, 5, 9] as const;

export const LEASE_MS = 400;

const TIMES = { SLOT_LEASE_MS: String(LEASE_MS), REAPER_INTERVAL_MS: '100' };

/**
 * A database, one api and one worker without a planned fault. Cases run on a lane one after the other, each in its own
 * campaign, so that a case starts only the process that it breaks.
 */
export class Lane {
  private constructor(
    readonly world: World,
    readonly variables: Readonly<Record<string, string>>,
    readonly api: ServiceProcess,
    /** A worker that a case restarts takes the place of this one. */
    public worker: ServiceProcess,
    /** The path of the provider's log, if a provider pays. */
    readonly bankLog: string | undefined,
  ) {}

  static async open(variables: Readonly<Record<string, string>>, bankLog?: string): Promise<Lane> {
    const world = await World.create({ LOG_LEVEL: 'warn', DATABASE_POOL_SIZE: '5', ...TIMES, ...variables });
    await closeWallets(world, CLOSED_WALLETS);
    await retire(world, 'default');
    const [api, worker] = await Promise.all([
      ServiceProcess.start({ ...world.variables, APP_ROLE: 'api' }),
      ServiceProcess.start({ ...world.variables, APP_ROLE: 'worker' }),
    ]);
    return new Lane(world, world.variables, api, worker, bankLog);
  }

  /**
   * Stops the worker of the lane until it gets SIGCONT. Redis must not go on offering it jobs: it would take the next
   * one and leave it, until the other workers look by themselves, 5 s later.
   */
  async freezeWorker(): Promise<void> {
    this.worker.signal('SIGSTOP');
    await eventually(async () => expect(await isStopped(this.worker.pid)).toBe(true));
    const { redis } = this.world;
    const database = new URL(this.variables.REDIS_URL ?? '').pathname.slice(1);
    const clients = String(await redis.client('LIST')).split('\n');
    const waiting = clients.filter(
      (line) => / cmd=bzpopmin /.test(line) && line.includes(` db=${database} `),
    );
    for (const line of waiting) await redis.client('UNBLOCK', /^id=(\d+)/.exec(line)?.[1] ?? '');
  }

  /** Ends a campaign that is done, so that reapers need not look after it in later cases. */
  retire(campaignId: string): Promise<void> {
    return retire(this.world, campaignId);
  }

  async close(): Promise<void> {
    await Promise.all([this.api.end('SIGKILL'), this.worker.end('SIGKILL')]);
    await this.world.close();
  }
}

async function retire(world: World, campaignId: string): Promise<void> {
  await world.rows(
    `UPDATE waiting_entries SET ended_at = now() WHERE campaign_id = $1 AND promoted_at IS NULL AND ended_at IS NULL`,
    [campaignId],
  );
  await world.rows(
    `UPDATE campaigns SET state = 'CLOSED', updated_at = now() - interval '1 day' WHERE id = $1`,
    [campaignId],
  );
}
