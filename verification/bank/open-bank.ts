import { BankLog } from './bank-log.js';
import type { BankOptions } from './bank-options.js';
import type { BankSecrets } from './bank-secrets.js';
import { BankServer } from './bank-server.js';
import { ControlRoutes } from './control-routes.js';
import { FaultSource } from './fault-source.js';
import { Journal } from './journal.js';
import { TransferExecutor } from './transfer-executor.js';
import { TransferRoutes } from './transfer-routes.js';
import { Webhooks } from './webhooks.js';

export interface OpenBank {
  readonly url: string;
  /** Rejects when the log cannot be written any more. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/** Reads the log and starts the server. */
export async function openBank(
  options: BankOptions,
  secrets: BankSecrets,
  say: (sentence: string) => void,
): Promise<OpenBank> {
  const log = await BankLog.open(options.logFile, say);
  const journal = new Journal(log);
  const faultSource = new FaultSource(options.seed);
  faultSource.odds = options.odds;
  const webhooks = new Webhooks(journal, faultSource, secrets.webhook, options.webhookUrl);
  const executor = new TransferExecutor(journal, faultSource, webhooks, options.keyMemoryMs);
  const server = new BankServer(
    new TransferRoutes(journal, executor, faultSource),
    new ControlRoutes(journal, executor, faultSource, webhooks),
    secrets.bearer,
  );
  const url = await server.listen(options.port, options.host);
  executor.resume();
  return {
    url,
    failed: log.failed,
    close: async () => {
      server.close();
      await log.close();
    },
  };
}
