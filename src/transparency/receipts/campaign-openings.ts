import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { MicroCache } from '../../platform/http/micro-cache.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { epochOf, type GateEpoch } from './epoch-of.js';

/** How long a key may still be used after it was destroyed, in ms. */
const KEPT_MS = 10_000;
const CAMPAIGNS_KEPT = 10_000;
const LOADS_AT_ONCE = 4;

interface Opening {
  /** K of docs/transparency.md; null when the campaign has none: it is older than the log, or its key was destroyed. */
  readonly key: Uint8Array | null;
  readonly epochs: readonly GateEpoch[];
}

/** What the promises of a campaign are made of, besides the claim itself. Read once for all its claims. */
@Injectable()
export class CampaignOpenings {
  private readonly cache: MicroCache<Opening>;

  constructor(@InjectDataSource(READS) source: DataSource) {
    this.cache = new MicroCache({
      ttlMs: KEPT_MS,
      most: CAMPAIGNS_KEPT,
      mostLoads: LOADS_AT_ONCE,
      load: (campaignId) => read(source, campaignId),
    });
  }

  /**
   * The key of a campaign, and the epoch to which an arrival number belongs.
   * @param gateEpoch of the gate that answered: an older list of epochs would name an earlier one. Null when there is
   *   no gate, and so no newer epoch.
   * @returns null when the campaign has no key, or no epoch on record for that number
   */
  async of(
    campaignId: string,
    arrivalNo: number,
    gateEpoch: string | null,
  ): Promise<{ readonly key: Uint8Array; readonly epoch: number } | null> {
    let opening = await this.cache.get(campaignId);
    if (gateEpoch !== null && !opening.epochs.some(({ epoch }) => epoch >= Number(gateEpoch))) {
      this.cache.forget(campaignId);
      opening = await this.cache.get(campaignId);
    }
    const epoch = epochOf(opening.epochs, arrivalNo);
    return opening.key && epoch !== null ? { key: opening.key, epoch } : null;
  }
}

async function read(source: DataSource, campaignId: string): Promise<Opening> {
  const [keys, epochs] = await Promise.all([
    rows<{ key: Uint8Array }>(source, `SELECT key FROM campaign_log_keys WHERE campaign_id = $1`, [
      campaignId,
    ]),
    rows<GateEpoch>(
      source,
      `SELECT epoch::float8 AS epoch, rebuilt_up_to::float8 AS "rebuiltUpTo" FROM campaign_epochs
        WHERE campaign_id = $1 ORDER BY epoch`,
      [campaignId],
    ),
  ]);
  return { key: keys[0]?.key ?? null, epochs };
}
