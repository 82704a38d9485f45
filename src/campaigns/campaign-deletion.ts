import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { GateOwnership } from '../grants/slots/gate-ownership.js';
import { isOlderThanSetBack, isWhereItWas } from '../grants/slots/installation.js';
import type { Operator } from '../platform/admin/operator.js';
import { recordAct } from '../platform/admin/record-act.js';
import { returnBudget } from '../ledger/return-budget.js';
import { rows } from '../platform/postgres/rows.js';
import { takeTurn } from './campaign-turn.js';

/** `claimed`: somebody has claimed it, or may have: nothing was changed. */
export type Deletion = 'deleted' | 'claimed' | 'unknown';

/** Deletes campaigns that nobody has claimed. */
@Injectable()
export class CampaignDeletion {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly ownership: GateOwnership,
  ) {}

  /**
   * Finishes the campaign, hides it, and returns its budget, in one transaction (R28, R29). Claims that the gate may
   * have decided meanwhile are kept out by the next epoch (R1), and were answered to nobody. Safe to repeat.
   * @throws the driver's error (55P03) when the campaign's turn does not come in time
   */
  delete(campaignId: string, operator: Operator): Promise<Deletion> {
    return this.source.transaction(async (transaction) => {
      await takeTurn(transaction, campaignId);
      const { identity, round } = this.ownership;
      const deleted = await rows(transaction, DELETE_UNCLAIMED, [campaignId, identity, round]);
      if (deleted.length === 0) {
        const [standing] = await rows<{ isDeleted: boolean }>(
          transaction,
          `SELECT deleted_at IS NOT NULL AS "isDeleted" FROM campaigns WHERE id = $1`,
          [campaignId],
        );
        if (!standing) return 'unknown';
        return standing.isDeleted ? 'deleted' : 'claimed';
      }
      const returned = await returnBudget(transaction, campaignId, campaignId);
      const detail = { minorUnits: returned.toString() };
      await recordAct(transaction, { act: 'campaign-deleted', campaignId, detail, ...operator });
      return 'deleted';
    });
  }
}

/**
 * $1 campaign, $2 identity and $3 round of the database. A statement of its own, after the turn has come: INSERTs of
 * claims share the turn, so none is under way. A database that was set back after the campaign was created may have
 * lost claims (R16, R22), and one that was set back a moment ago may not say so yet.
 */
const DELETE_UNCLAIMED = `
  WITH deleted AS (
    UPDATE campaigns
       SET state = 'CLOSED', at_rest_since = COALESCE(at_rest_since, now()), sealed_at = COALESCE(sealed_at, now()),
           finished_at = COALESCE(finished_at, now()), success_count = COALESCE(success_count, 0),
           deleted_at = now(), epoch = epoch + 1, revision = revision + 1, updated_at = now()
     WHERE id = $1 AND deleted_at IS NULL AND archived_at IS NULL
       AND NOT EXISTS (SELECT FROM user_grants WHERE campaign_id = campaigns.id)
       AND NOT EXISTS (SELECT FROM waiting_entries WHERE campaign_id = campaigns.id)
       AND NOT EXISTS (SELECT FROM installation WHERE ${isOlderThanSetBack})
       AND ${isWhereItWas('$2', '$3')}
    RETURNING id
  ) SELECT id FROM deleted`;
