import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { ProviderPauses } from '../by-provider/provider-pauses.js';
import { REFUSED_STATUSES } from '../by-provider/transfer-answer.js';
import { dueFrom, isOpen, isToBegin } from '../due-payouts.js';
import { hasProviderPaid, isNotCompared } from '../lost-payouts.js';
import { ALL_CAMPAIGNS, isStopped } from '../payout-stops.js';

/**
 * Why payouts of a campaign do not move, and what to do. The API returns the keys; its OpenAPI document has the texts.
 */
export const HELD_UP = {
  ALL_STOPPED: 'the payouts of all campaigns are stopped: PATCH /v1/payouts resumes them',
  STOPPED: 'the payouts of this campaign are stopped: PATCH /v1/campaigns/{id}/payouts resumes them',
  COMPARE_FIRST:
    'the database was set back, and what a provider may have paid before that is not known. Each payout is looked up, and sent only while the provider would still know the key; in a campaign with no payoutProvider the ledger begins nothing: run `npm run reconcile -- --campaign {id} --apply`',
  HELD: 'operators have to decide: GET …/payouts?state=HELD, then PATCH …/payouts/{userId} or POST …/payout-decisions',
  IN_DOUBT:
    'the provider has not told what became of some: they are looked up automatically, and HELD in the end',
  FAILS_ALONE:
    'the ledger can not make some: see lastError in GET …/payouts?state=DUE; they are tried again automatically',
  PROVIDER_NOT_CONFIGURED:
    'a provider pays, or is to pay once somebody has claimed, and a worker has no PAYOUT_HTTP_URL and PAYOUT_HTTP_SECRET: set them on all workers; those that have them go on meanwhile',
  PROVIDER_REFUSES:
    'the provider answers 401 or 403, and looked at nothing: check PAYOUT_HTTP_SECRET and what the provider allows it; the payouts are tried again automatically',
  PROVIDER_SILENT:
    'a worker gets no answer from the provider and makes no calls for PAYOUT_HTTP_BREAKER_MS: check the provider, and the network to it',
  PROVIDER_PAUSE: 'the provider has asked for a pause; it ends by itself',
} as const;

export type HeldUp = keyof typeof HELD_UP;

type Why = Partial<Record<HeldUp, boolean>> & {
  /** Something waits for the provider, or will once somebody has claimed. */
  readonly needsProvider: boolean;
  /** Something waits for the provider now. */
  readonly waitsForProvider: boolean;
};

/** How many payouts under way are looked at: those that are due first. */
const LOOKED_AT = 200;

/** Tells operators why payouts of a campaign wait. */
@Injectable()
export class HeldUpPayouts {
  constructor(
    @InjectDataSource(READS) private readonly source: DataSource,
    private readonly pauses: ProviderPauses,
    private readonly environment: Environment,
  ) {}

  /** The reasons, in the order of `HELD_UP`; empty when nothing holds payouts up. Costs the same for any campaign. */
  async of(campaignId: string): Promise<HeldUp[]> {
    const [found] = await rows<Why>(this.source, WHY, [
      ...[campaignId, this.environment.PAYOUT_PROVIDER, LOOKED_AT],
    ]);
    const why: Partial<Record<HeldUp, boolean>> = { ...found };
    if (found?.needsProvider) {
      const { isPaused, isSilent, isUnconfigured } = await this.pauses.read();
      why.PROVIDER_NOT_CONFIGURED = isUnconfigured;
      why.PROVIDER_SILENT ||= isSilent && found.waitsForProvider;
      why.PROVIDER_PAUSE = isPaused && found.waitsForProvider;
    }
    return (Object.keys(HELD_UP) as HeldUp[]).filter((code) => why[code]);
  }
}

/** SQL: nothing was ever sent for it. Where the ledger pays, that is because the ledger could not make it. */
const FAILED_HERE = `state = 'DUE' AND attempts = 0 AND first_sent_at IS NULL`;

/** SQL: the provider did not even look at it (R23), and this is known until the next trial, however far that is. */
const REFUSED = `put_backs > 0 AND last_error IN (${REFUSED_STATUSES.map((status) => `'status-${status}'`).join(', ')})`;

/** SQL: no request for it has ever left, and one was to. */
const NOT_REACHED = `state = 'DUE' AND put_backs > 0 AND first_sent_at IS NULL AND last_error IS NOT NULL AND NOT (${REFUSED})`;

/**
 * $1 campaign, $2 who pays it if it names nobody, $3 how many. Each part ends at the first row found, or after $3 rows.
 */
const WHY = `
  WITH open AS MATERIALIZED (
    SELECT state, attempts, first_sent_at, put_backs, last_error FROM payouts begun
     WHERE campaign_id = $1 AND ${isOpen('begun')} ORDER BY ${dueFrom('begun')} LIMIT $3
  ), waiting AS (
    SELECT payout_provider, COALESCE(payout_provider, $2) = 'http' AS "isByProvider",
           EXISTS (SELECT FROM open)
             OR EXISTS (SELECT FROM user_grants fresh WHERE campaign_id = $1 AND ${isToBegin('fresh')}) AS "isWaiting",
           state <> 'CLOSED' AND finished_at IS NULL AS "isToCome"
      FROM campaigns WHERE id = $1
  )
  SELECT "isWaiting" AND "isByProvider" AS "waitsForProvider",
         ("isWaiting" OR "isToCome") AND "isByProvider" AS "needsProvider",
         ${isStopped(`'${ALL_CAMPAIGNS}'`)} AS "ALL_STOPPED",
         ${isStopped('$1')} AS "STOPPED",
         "isWaiting" AND payout_provider IS DISTINCT FROM 'ledger' AND ${isNotCompared} AND ${hasProviderPaid} AS "COMPARE_FIRST",
         EXISTS (SELECT FROM payouts WHERE campaign_id = $1 AND state = 'HELD') AS "HELD",
         EXISTS (SELECT FROM open WHERE state = 'IN_DOUBT') AS "IN_DOUBT",
         NOT "isByProvider" AND EXISTS (SELECT FROM open WHERE ${FAILED_HERE}) AS "FAILS_ALONE",
         "isByProvider" AND EXISTS (SELECT FROM open WHERE ${REFUSED}) AS "PROVIDER_REFUSES",
         "isByProvider" AND EXISTS (SELECT FROM open WHERE ${NOT_REACHED}) AS "PROVIDER_SILENT"
    FROM waiting`;
