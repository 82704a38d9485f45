import { AdminApi } from './admin-api.js';
import type { RushTarget } from './rush-target.js';

/** How long a failing call is repeated: whoever has pressed Ctrl-C waits for this. */
const patienceMs = 5_000;

/** What a rush has made on a service that is not its own. */
export interface Traces {
  readonly campaignId: string;
  /** Users whose wallets were open before the rush closed them. */
  readonly closedWallets: readonly string[];
}

/**
 * Undoes what can be undone: the wallets are opened again, and a campaign that nobody has claimed is deleted; any other
 * is closed, since its payouts were made. Safe to repeat.
 * @returns what was done, in words
 * @throws StackError when the service does not answer in time
 */
export async function cleanUp(target: RushTarget, { campaignId, closedWallets }: Traces): Promise<string> {
  const api = new AdminApi(target, patienceMs);
  try {
    await api.openWallets(closedWallets);
    const wallets = `${closedWallets.length} wallets are open again`;
    if (await api.deleteCampaign(campaignId)) return `Campaign ${campaignId} is deleted, and ${wallets}.`;
    await api.closeCampaign(campaignId);
    return (
      `Campaign ${campaignId} is closed, and ${wallets}. It is finished once nothing was under way in it for ` +
      `FINISH_AFTER_MS; then "npm run archive -- --campaign ${campaignId} --out … --remove" removes its rows.`
    );
  } finally {
    await api.close();
  }
}
