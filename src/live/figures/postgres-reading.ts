import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import { type ShownState, shownState } from '../../campaigns/campaign-lifecycle.js';
import { ClaimTally, type Tally } from '../../campaigns/reports/claim-tally.js';
import { ALL_CAMPAIGNS, isStopped } from '../../payouts/payout-stops.js';
import { IS_HELD, IS_IN_DOUBT, unpaidSeconds, unpaidSince } from '../../payouts/unsettled.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { unknownCampaign } from '../../platform/problems/unknown-campaign.js';
import { ServiceClock } from '../../grants/clock/service-clock.js';
import type { SlotCounts } from './slot-counts.js';

export interface PostgresFigures {
  readonly state: ShownState;
  readonly capacity: number;
  readonly isFinished: boolean;
  /** When it was asked, in ms since 1970. */
  readonly readAt: number;
  readonly counts: SlotCounts & {
    /** When they were counted, in ms since 1970. */
    readonly asOf: number;
    readonly failed: number;
    readonly ended: number;
    readonly left: number;
  };
  readonly oldestUnpaidMs: number | null;
  readonly inDoubt: number;
  readonly held: number;
  readonly payoutsStopped: boolean;
}

/** A count that took this long is good for GOOD_FOR times as long: counting takes a tenth of a connection at most. */
const GOOD_FOR = 10;

/** Payouts in doubt, and HELD, that are counted at most. */
const MOST_COUNTED = 10_000;

const CAMPAIGNS_REMEMBERED = 200;

interface Counted {
  readonly tally: Tally;
  /** Grants whose money came back and whose slot is theirs still. */
  readonly reversedWithSlot: number;
  readonly asOf: number;
  /** By `performance.now()`. */
  readonly goodUntil: number;
}

interface Standing {
  readonly state: ShownState;
  readonly capacity: number;
  readonly successCount: number | null;
  readonly oldestUnpaidMs: number | null;
  readonly inDoubt: number;
  readonly held: number;
  readonly payoutsStopped: boolean;
}

/** Reads from Postgres what the live figures show. */
@Injectable()
export class PostgresReading {
  private readonly counted = new LRUCache<string, Counted>({ max: CAMPAIGNS_REMEMBERED });

  constructor(
    @InjectDataSource(READS) private readonly source: DataSource,
    private readonly tally: ClaimTally,
    private readonly clock: ServiceClock,
  ) {}

  /** @throws Problem 404 when there is no such campaign; as the drivers do */
  async read(campaignId: string): Promise<PostgresFigures> {
    const readAt = this.clock.now();
    const [standing] = await rows<Standing>(this.source, STANDING, [campaignId, MOST_COUNTED]);
    if (!standing) throw unknownCampaign();
    const { state, capacity, successCount, oldestUnpaidMs, inDoubt, held, payoutsStopped } = standing;
    return {
      ...{ state, capacity, isFinished: successCount !== null, readAt },
      ...{ oldestUnpaidMs, inDoubt, held, payoutsStopped },
      counts: countsOf(standing, await this.count(campaignId)),
    };
  }

  /** No more often than what it costs allows. */
  private async count(campaignId: string): Promise<Counted> {
    const startedAt = performance.now();
    const before = this.counted.get(campaignId);
    if (before && before.goodUntil > startedAt) return before;
    const asOf = this.clock.now();
    const tally = await this.tally.of(campaignId);
    if (!tally) throw unknownCampaign();
    const [reversed] = await rows<{ withSlot: number }>(this.source, REVERSED, [campaignId]);
    const reversedWithSlot = reversed?.withSlot ?? 0;
    const counted = {
      tally,
      reversedWithSlot,
      asOf,
      goodUntil: startedAt + GOOD_FOR * (performance.now() - startedAt),
    };
    this.counted.set(campaignId, counted);
    return counted;
  }
}

/** Whoever was paid and whose money came back keeps the slot, unless it was granted again. */
function countsOf(
  { capacity, successCount }: Standing,
  { tally, reversedWithSlot, asOf }: Counted,
): PostgresFigures['counts'] {
  const { pending, success, failed, revoked, reversed, waiting, ended, left } = tally;
  const others = {
    ...{ asOf, ended, left },
    failed: failed + revoked + Math.max(reversed - reversedWithSlot, 0),
  };
  // The rows of a finished campaign may have been archived.
  if (successCount !== null) {
    const available = capacity - successCount;
    return { ...others, available, processing: 0, settled: successCount, waiting: 0 };
  }
  const settled = success + reversedWithSlot;
  return { ...others, available: capacity - pending - settled, processing: pending, settled, waiting };
}

/** $1 campaign, $2 how many at most. */
const countOf = (those: string): string =>
  `(SELECT count(*)::int FROM (SELECT FROM payouts WHERE campaign_id = $1 AND ${those} LIMIT $2) AS counted)`;

/** $1 campaign. Costs as much as there are, so it is counted with the rest, and not once a second. */
const REVERSED = `
  SELECT count(*)::int AS "withSlot" FROM user_grants
   WHERE campaign_id = $1 AND taken_back = 'REVERSED' AND status = 'SUCCESS'`;

/** $1 campaign, $2 how many payouts are counted at most. */
const STANDING = `
  SELECT ${shownState('c')} AS state, capacity, success_count AS "successCount",
         (SELECT ${unpaidSeconds('since')} * 1000 FROM (SELECT ${unpaidSince('$1')} AS since) AS first) AS "oldestUnpaidMs",
         ${countOf(IS_IN_DOUBT)} AS "inDoubt", ${countOf(IS_HELD)} AS held,
         (${isStopped('$1')} OR ${isStopped(`'${ALL_CAMPAIGNS}'`)}) AS "payoutsStopped"
    FROM campaigns c WHERE id = $1 AND deleted_at IS NULL`;
