import { BankLog } from './bank-log.js';
import type { BankOptions } from './bank-options.js';
import type { BankSecrets } from './bank-secrets.js';
import { BankServer } from './bank-server.js';
import { ControlDesk } from './control-desk.js';
import { Fate } from './fate.js';
import { Journal } from './journal.js';
import { Teller } from './teller.js';
import { TransferDesk } from './transfer-desk.js';
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
  const fate = new Fate(options.seed);
  fate.odds = options.odds;
  const webhooks = new Webhooks(journal, fate, secrets.webhook, options.webhookUrl);
  const teller = new Teller(journal, fate, webhooks, options.keyMemoryMs);
  const server = new BankServer(
    new TransferDesk(journal, teller, fate),
    new ControlDesk(journal, teller, fate, webhooks),
    secrets.bearer,
  );
  const url = await server.listen(options.port, options.host);
  teller.resume();
  return {
    url,
    failed: log.failed,
    close: async () => {
      server.close();
      await log.close();
    },
  };
}
