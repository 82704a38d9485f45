import { DataSource } from 'typeorm';
import { recordAct } from '../../platform/admin/record-act.js';
import { postgresOptions } from '../../platform/postgres/postgres-options.js';
import { rows } from '../../platform/postgres/rows.js';

const STATEMENT_TIMEOUT_MS = 10_000;

/** `not-ended`: the log still needs the key; nothing was changed. */
export type Forgotten = 'forgotten' | 'forgotten-before' | 'not-ended';

/** Destroys the key of a campaign, and writes it into the trail, in one transaction. */
export async function forgetCampaignKey(databaseUrl: string, campaignId: string): Promise<Forgotten> {
  const source = new DataSource(
    postgresOptions({
      ...{ url: databaseUrl, poolSize: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS },
      ...{ applicationName: 'seonchak-forget-campaign-key', looksUpByKey: true },
    }),
  );
  try {
    await source.initialize();
    return await source.transaction(async (transaction) => {
      const ended = await rows(
        transaction,
        `SELECT campaign_id FROM log_campaigns WHERE campaign_id = $1 AND standing <> 'open' FOR UPDATE`,
        [campaignId],
      );
      if (ended.length === 0) return 'not-ended';
      const gone = await rows(
        transaction,
        `WITH gone AS (DELETE FROM campaign_log_keys WHERE campaign_id = $1 RETURNING campaign_id) SELECT campaign_id FROM gone`,
        [campaignId],
      );
      if (gone.length === 0) return 'forgotten-before';
      await recordAct(transaction, {
        act: 'campaign-key-forgotten',
        actor: 'forget-campaign-key',
        campaignId,
      });
      return 'forgotten';
    });
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}
