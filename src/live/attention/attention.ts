import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { ProviderPauses } from '../../payouts/by-provider/provider-pauses.js';
import { DecisionRecords } from '../../payouts/operators/decision-records.js';
import { PayoutSwitch } from '../../payouts/operators/payout-switch.js';
import { notStopped } from '../../payouts/payout-stops.js';
import { Environment } from '../../platform/config/environment.js';
import { MicroCache } from '../../platform/http/micro-cache.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { LiveFigures } from '../figures/live-figures.js';
import { ATTENTION_CODES, attentionItem, type AttentionItem } from './attention-code.js';

/** Campaigns looked at: of those that are not finished, the ones that were changed last. */
const MOST_CAMPAIGNS = 1_000;

/** Payouts of a campaign in one state that are counted at most. */
const MOST_COUNTED = 1_000;

/** After so many leases unpaid, a person is shown; and a campaign that no reaper has looked at. */
const UNPAID_LEASES = 20;
const UNSEEN_LEASES = 2;

const KEPT_MS = 1_000;

interface Waiting {
  readonly campaignId: string;
  readonly held: number;
  readonly heldSince: Date | null;
  readonly inDoubt: number;
  readonly inDoubtSince: Date | null;
  readonly unpaidSince: Date | null;
}

/** Gathers whatever waits for a human. Read once a second at most, however many look; every statement is bounded. */
@Injectable()
export class Attention {
  private readonly cache = new MicroCache<AttentionItem[]>({
    ...{ ttlMs: KEPT_MS, most: 1, mostLoads: 1 },
    load: () => this.read(),
  });

  constructor(
    @InjectDataSource(READS) private readonly source: DataSource,
    private readonly records: DecisionRecords,
    private readonly payouts: PayoutSwitch,
    private readonly pauses: ProviderPauses,
    private readonly figures: LiveFigures,
    private readonly environment: Environment,
  ) {}

  /** The most pressing first; of one kind, the oldest first. */
  items(): Promise<AttentionItem[]> {
    return this.cache.get('');
  }

  private async read(): Promise<AttentionItem[]> {
    const found = await Promise.all([
      this.waiting(),
      this.decisions(),
      this.stops(),
      this.provider(),
      this.reaper(),
    ]);
    const differing = this.figures
      .differing()
      .map(({ campaignId, since }) => attentionItem('gate-differs', { campaignId, since: new Date(since) }));
    return [...differing, ...found.flat()].sort(
      (a, b) =>
        ATTENTION_CODES.indexOf(a.code) - ATTENTION_CODES.indexOf(b.code) ||
        (a.since?.getTime() ?? 0) - (b.since?.getTime() ?? 0),
    );
  }

  private async waiting(): Promise<AttentionItem[]> {
    const unpaidMs = UNPAID_LEASES * this.environment.SLOT_LEASE_MS;
    const found = await rows<Waiting>(this.source, WAITING, [MOST_CAMPAIGNS, MOST_COUNTED, unpaidMs]);
    return found.flatMap(({ campaignId, held, heldSince, inDoubt, inDoubtSince, unpaidSince }) => [
      ...(held > 0 ? [attentionItem('payouts-held', { campaignId, count: held, since: heldSince })] : []),
      ...(inDoubt > 0
        ? [attentionItem('payouts-in-doubt', { campaignId, count: inDoubt, since: inDoubtSince })]
        : []),
      ...(unpaidSince ? [attentionItem('oldest-unpaid', { campaignId, since: unpaidSince })] : []),
    ]);
  }

  private async decisions(): Promise<AttentionItem[]> {
    const found = await this.records.awaitingApproval();
    return found.map((decisions) => attentionItem('decision-to-approve', decisions));
  }

  private async stops(): Promise<AttentionItem[]> {
    const stops = await this.payouts.stops();
    return stops.map(({ campaignId, stoppedAt }) =>
      attentionItem('payouts-stopped', { campaignId, since: stoppedAt }),
    );
  }

  private async provider(): Promise<AttentionItem[]> {
    const { isSilent, isUnconfigured } = await this.pauses.read();
    return [
      ...(isUnconfigured ? [attentionItem('provider-not-configured', {})] : []),
      ...(isSilent ? [attentionItem('provider-silent', {})] : []),
    ];
  }

  private async reaper(): Promise<AttentionItem[]> {
    const { SLOT_LEASE_MS, REAPER_INTERVAL_MS } = this.environment;
    const lateMs = UNSEEN_LEASES * SLOT_LEASE_MS + REAPER_INTERVAL_MS;
    const [unseen] = await rows<{ since: Date | null }>(this.source, UNSEEN, [lateMs]);
    return unseen?.since ? [attentionItem('no-reaper', { since: unseen.since })] : [];
  }
}

/** A literal state, so that the partial index is used. $2 how many at most. */
const inState = (state: 'HELD' | 'IN_DOUBT', since: string): string => `
  (SELECT count(*)::int AS count, min(since) AS since
     FROM (SELECT ${since} AS since FROM payouts
            WHERE campaign_id = looked_at.campaign_id AND state = '${state}' LIMIT $2) AS counted)`;

/** The first of these to be paid. Two indexes have them in order of arrival. */
const firstUnpaid = (begun: 'NULL' | 'NOT NULL'): string => `
  (SELECT created_at FROM user_grants
    WHERE campaign_id = looked_at.campaign_id AND status = 'PENDING' AND begun_at IS ${begun}
    ORDER BY arrival_no LIMIT 1)`;

/**
 * $1 how many campaigns, $2 how many payouts of each are counted, $3 how long somebody may wait for their money (ms).
 * Campaigns that are finished have nothing that waits, and are not in `campaign_upkeep`.
 */
const WAITING = `
  WITH looked_at AS (
    SELECT campaign_id FROM campaign_upkeep JOIN campaigns ON campaigns.id = campaign_upkeep.campaign_id
     ORDER BY campaigns.updated_at DESC LIMIT $1
  )
  SELECT looked_at.campaign_id AS "campaignId", held.count AS held, held.since AS "heldSince",
         in_doubt.count AS "inDoubt", in_doubt.since AS "inDoubtSince", unpaid.since AS "unpaidSince"
    FROM looked_at
   CROSS JOIN LATERAL ${inState('HELD', 'updated_at')} AS held
   CROSS JOIN LATERAL ${inState('IN_DOUBT', 'first_sent_at')} AS in_doubt
    LEFT JOIN LATERAL (
      SELECT min(created_at) AS since
        FROM (${firstUnpaid('NULL')} UNION ALL ${firstUnpaid('NOT NULL')}) AS first
      HAVING min(created_at) < now() - $3 * interval '1 ms') AS unpaid
      ON ${notStopped('looked_at.campaign_id')}
   WHERE held.count > 0 OR in_doubt.count > 0 OR unpaid.since IS NOT NULL`;

/** $1 how late a look may be (ms). */
const UNSEEN = `
  SELECT min(next_look_at) AS since FROM campaign_upkeep WHERE next_look_at < now() - $1 * interval '1 ms'`;
