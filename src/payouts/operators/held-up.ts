import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { ProviderPauses } from '../by-provider/provider-pauses.js';
import { dueFrom, isOpen, isToBegin } from '../due-payouts.js';
import { hasProviderPaid, isKnownThere, isNotCompared } from '../lost-payouts.js';
import { ALL_CAMPAIGNS, isStopped } from '../payout-stops.js';

/**
 * Why payouts of a campaign do not move, and what to do. The API returns the keys; its OpenAPI document has the texts.
 */
export const HELD_UP = {
  ALL_STOPPED: 'the payouts of all campaigns are stopped: PATCH /v1/payouts resumes them',
  STOPPED: 'the payouts of this campaign are stopped: PATCH /v1/campaigns/{id}/payouts resumes them',
  COMPARE_FIRST:
    'the database was set back, and what a provider may have paid before that is not known. The ledger begins nothing; with a provider, each payout is looked up, and sent only while the provider would still know the key: run `npm run reconcile -- --campaign {id} --apply`',
  KNOWN_THERE:
    'the ledger pays, and the provider has a transfer for somebody who is to be paid: run `npm run reconcile -- --campaign {id} --apply` again',
  LEFT_BY_PROVIDER:
    'the ledger pays, and the provider may have paid payouts that it had begun: they are HELD once they are PAYOUT_HOLD_AFTER_MS old; `npm run reconcile -- --campaign {id} --apply` ends those that are in its statement',
  HELD: 'operators have to decide: GET …/payouts?state=HELD, then PATCH …/payouts/{userId} or POST …/payout-decisions',
  IN_DOUBT:
    'the provider has not told what became of some: they are looked up automatically, and HELD in the end',
  FAILS_ALONE:
    'the ledger can not make some: see lastError in GET …/payouts?state=DUE; they are tried again automatically',
  PROVIDER_SILENT:
    'a worker gets no answer from the provider and makes no calls for PAYOUT_HTTP_BREAKER_MS: check the provider, and the network to it',
  PROVIDER_PAUSE: 'the provider has asked for a pause; it ends by itself',
} as const;

export type HeldUp = keyof typeof HELD_UP;

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
    const paysByProvider = this.environment.PAYOUT_PROVIDER === 'http';
    const [found, { isPaused, isSilent }] = await Promise.all([
      rows<Partial<Record<HeldUp, boolean>> & { readonly isWaiting: boolean }>(this.source, WHY, [
        campaignId,
        paysByProvider,
        LOOKED_AT,
      ]),
      paysByProvider ? this.pauses.read() : { isPaused: false, isSilent: false },
    ]);
    const isWaiting = found[0]?.isWaiting ?? false;
    const why: Partial<Record<HeldUp, boolean>> = {
      ...found[0],
      PROVIDER_SILENT: isWaiting && isSilent,
      PROVIDER_PAUSE: isWaiting && isPaused,
    };
    return (Object.keys(HELD_UP) as HeldUp[]).filter((code) => why[code]);
  }
}

/** SQL: nothing was ever sent for it. While the ledger pays, that is because the ledger could not make it. */
const FAILED_HERE = `state = 'DUE' AND attempts = 0 AND first_sent_at IS NULL`;

/** $1 campaign, $2 whether a provider pays, $3 how many. Each part ends at the first row found, or after $3 rows. */
const WHY = `
  WITH open AS MATERIALIZED (
    SELECT state, attempts, first_sent_at FROM payouts begun
     WHERE campaign_id = $1 AND ${isOpen('begun')} ORDER BY ${dueFrom('begun')} LIMIT $3
  ), fresh AS MATERIALIZED (
    SELECT user_id FROM user_grants fresh WHERE campaign_id = $1 AND ${isToBegin('fresh')} ORDER BY arrival_no LIMIT $3
  ), waiting AS (
    SELECT EXISTS (SELECT FROM open) OR EXISTS (SELECT FROM fresh) AS "isWaiting"
  )
  SELECT "isWaiting",
         ${isStopped(`'${ALL_CAMPAIGNS}'`)} AS "ALL_STOPPED",
         ${isStopped('$1')} AS "STOPPED",
         "isWaiting" AND ${isNotCompared} AND ${hasProviderPaid} AS "COMPARE_FIRST",
         NOT $2::boolean AND EXISTS (SELECT FROM fresh WHERE ${isKnownThere('fresh.user_id')}) AS "KNOWN_THERE",
         NOT $2::boolean AND EXISTS (SELECT FROM open WHERE NOT (${FAILED_HERE})) AS "LEFT_BY_PROVIDER",
         EXISTS (SELECT FROM payouts WHERE campaign_id = $1 AND state = 'HELD') AS "HELD",
         $2::boolean AND EXISTS (SELECT FROM open WHERE state = 'IN_DOUBT') AS "IN_DOUBT",
         NOT $2::boolean AND EXISTS (SELECT FROM open WHERE ${FAILED_HERE}) AS "FAILS_ALONE"
    FROM waiting`;
