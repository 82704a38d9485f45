import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { GateOwnership } from '../grants/slots/gate-ownership.js';
import { Environment } from '../platform/config/environment.js';
import { BatchesInTurn } from '../platform/gathering/batches-in-turn.js';
import type { PayoutProvider } from '../platform/config/settings/payouts.js';
import { type PreparedStatement, preparedRows, rows } from '../platform/postgres/rows.js';
import { hasDuePayouts } from './due-payouts.js';
import { ledgerMayBegin } from './lost-payouts.js';

/** R30: who pays a campaign. */
@Injectable()
export class CampaignProvider {
  private readonly reads = new BatchesInTurn((campaignIds: readonly string[]) => this.read(campaignIds));

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly ownership: GateOwnership,
    private readonly environment: Environment,
  ) {}

  /** The provider that the campaign names; null when it names none. Looks for several campaigns at once. */
  named(campaignId: string): Promise<PayoutProvider | null> {
    return this.reads.ask(campaignId);
  }

  /**
   * For a campaign of an earlier release that names no provider. It gets one before anything of it is paid: the
   * provider if something may have been sent to it, else PAYOUT_PROVIDER. That is final.
   * @returns null when nobody may pay it now: nothing is due, or it has to be compared with the provider first (R22)
   */
  async choose(campaignId: string): Promise<PayoutProvider | null> {
    return (await this.name(campaignId)) ?? this.named(campaignId);
  }

  private async read(campaignIds: readonly string[]): Promise<(PayoutProvider | null)[]> {
    const campaigns = await preparedRows<{ id: string; provider: PayoutProvider | null }>(this.source, READ, [
      campaignIds,
    ]);
    const providers = new Map(campaigns.map(({ id, provider }) => [id, provider]));
    return campaignIds.map((id) => providers.get(id) ?? null);
  }

  private async name(campaignId: string): Promise<PayoutProvider | null> {
    const { identity, round } = this.ownership;
    const [named] = await rows<{ provider: PayoutProvider }>(this.source, NAME, [
      ...[campaignId, this.environment.PAYOUT_PROVIDER, identity, round],
    ]);
    return named?.provider ?? null;
  }
}

const READ: PreparedStatement = {
  name: 'read-payout-providers',
  text: `SELECT id, payout_provider AS provider FROM campaigns WHERE id = ANY ($1::text[])`,
};

/** SQL: something of campaign $1 may have been sent to a provider, as an instance of the release before may do. */
const IS_SENT = `
  (EXISTS (SELECT FROM payouts WHERE campaign_id = $1 AND state IN ('DUE', 'SENDING', 'IN_DOUBT', 'HELD')
                                 AND (first_sent_at IS NOT NULL OR attempts > 0))
   OR EXISTS (SELECT FROM payouts_known_there WHERE campaign_id = $1))`;

/**
 * $1 campaign, $2 the default, $3 identity and $4 round of the database. In turn with the INSERTs of claims, see
 * `raiseEpoch`.
 */
const NAME = `
  WITH turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended('campaign:' || $1, 0))
  ), named AS (
    UPDATE campaigns SET payout_provider = CASE WHEN ${IS_SENT} THEN 'http' ELSE $2 END
      FROM turn
     WHERE id = $1 AND payout_provider IS NULL AND ${hasDuePayouts('$1')}
       AND ($2 = 'http' OR ${IS_SENT} OR ${ledgerMayBegin('$3', '$4')})
    RETURNING payout_provider
  ) SELECT payout_provider AS provider FROM named`;
