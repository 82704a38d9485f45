import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BankProcess, type BankProcessOptions } from '../../verification/bank/bank-process.js';
import type { LogLine } from '../../verification/bank/log-line.js';
import { Client } from './client.js';
import { dataFolderOf } from './data-folder.js';
import { Inside } from './inside.js';
import { type RunningApp, World } from './world.js';

/** The defaults for a test file's world: times are short, and nothing delays a call. */
const VARIABLES = {
  PAYOUT_HTTP_TIMEOUT_MS: '400',
  PAYOUT_HTTP_RATE: '1000',
  PAYOUT_HTTP_BREAKER_AFTER: '100000',
  PAYOUT_RETRY_MS: '100',
  PAYOUT_RETRY_MAX_MS: '400',
  REAPER_INTERVAL_MS: '50',
};

/** A world with one api that pays through a sandbox bank of its own. Tests start the workers that they need. */
export class ProviderWorld {
  private readonly refusers: Server[] = [];

  private constructor(
    readonly bank: BankProcess,
    readonly world: World,
    readonly api: RunningApp,
    readonly client: Client,
    readonly inside: Inside,
  ) {}

  static async start(
    name: string,
    variables: Readonly<Record<string, string>> = {},
    bankOptions: Partial<BankProcessOptions> = {},
  ): Promise<ProviderWorld> {
    const bank = await BankProcess.start({
      logFile: join(dataFolderOf(name), 'bank.jsonl'),
      ...bankOptions,
    });
    const world = await World.create({ ...bank.serviceVariables, ...VARIABLES, ...variables });
    const api = await world.start('api');
    return new ProviderWorld(bank, world, api, new Client(api), new Inside(api));
  }

  /** Makes the bank report the outcomes of transfers by webhook. */
  async subscribe(): Promise<void> {
    await this.bank.control.setWebhookUrl(`${this.api.url}/v1/payout-events`);
  }

  /** A provider that answers every call with this status, until it or this world is closed. */
  async refuser(status: number): Promise<{ readonly url: string; close(): Promise<void> }> {
    const server = createServer((_, response) => response.writeHead(status).end('{}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.refusers.push(server);
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}`,
      close: async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  /** What the bank itself has logged about a campaign, or about one of its users. */
  async log(campaignId: string, userId?: number): Promise<LogLine[]> {
    const lines = await this.bank.readLog();
    return lines.filter(
      (line) => line.campaignId === campaignId && (userId === undefined || line.userId === String(userId)),
    );
  }

  /** How often money has moved to each user of a campaign, according to the bank's own log. */
  async moved(campaignId: string): Promise<Record<string, number>> {
    const moved: Record<string, number> = {};
    for (const { event, userId } of await this.log(campaignId))
      if (event === 'settled') moved[userId ?? ''] = (moved[userId ?? ''] ?? 0) + 1;
    return moved;
  }

  /** A payout's current row. */
  async payout(campaignId: string, userId: number): Promise<PayoutRow | undefined> {
    const [row] = await this.world.rows<PayoutRow>(
      `SELECT state, attempts, fence, request_body AS body, last_error AS "lastError" FROM payouts
        WHERE campaign_id = $1 AND user_id = $2`,
      [campaignId, userId],
    );
    return row;
  }

  async close(): Promise<void> {
    for (const server of this.refusers) {
      server.closeAllConnections();
      server.close();
    }
    await this.world.close();
    await BankProcess.killAll();
  }
}

export interface PayoutRow {
  readonly state: string;
  readonly attempts: number;
  readonly fence: number;
  readonly body: string | null;
  readonly lastError: string | null;
}
