import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { READS } from '../../platform/postgres/reads.js';
import { lookUpClaims } from './claim-lookup.js';
import type { ClaimRecord } from './claim-record.js';
import { Gathering } from '../../platform/gathering/gathering.js';
import { LinePositions } from './line-positions.js';
import { type NoClaim, noClaimIn } from './no-claim.js';

const BATCHES_AT_ONCE = 2;

/**
 * People who leave the page open look now and then, all of them some hundred times a second: by itself each look would
 * be a statement. Nobody notices 25 ms, and a crowd that asks all the time is not held up (docs/adr/0056).
 */
const PACE = { everyMs: 25, enough: 8 };

/** What a user is told about their claim. */
export interface ClaimStanding {
  readonly kind: 'claim';
  readonly record: ClaimRecord;
  /** 1 for the next to be promoted; null for a user who does not wait, and while the position is not known. */
  readonly waitingPosition: number | null;
}

/**
 * Reads claims from Postgres, with one statement for all users who ask at about the same time. It uses other
 * connections than claims, and has room of its own: status reads, however many, keep nobody from claiming.
 */
@Injectable()
export class StatusGathering extends Gathering<ClaimStanding | NoClaim> {
  constructor(
    @InjectDataSource(READS) source: DataSource,
    positions: LinePositions,
    environment: Environment,
    metrics: Metrics,
  ) {
    super((campaignId, userIds) => readStandings(source, positions, campaignId, userIds), {
      batchesAtOnce: BATCHES_AT_ONCE,
      batchSize: environment.CLAIM_BATCH_SIZE,
      patienceMs: environment.REQUEST_DEADLINE_MS,
      mostAtOnce: environment.CLAIMS_IN_FLIGHT_MAX,
      onShed: () => metrics.requestsShed.inc(),
      pace: PACE,
    });
  }
}

async function readStandings(
  source: DataSource,
  positions: LinePositions,
  campaignId: string,
  userIds: readonly string[],
): Promise<(ClaimStanding | NoClaim)[]> {
  const found = await lookUpClaims(source, campaignId, userIds);
  const { campaign, records } = found;
  const waiting = records.filter(({ status }) => status === 'WAITING').map(({ userId }) => userId);
  const places = campaign
    ? await positions.of(campaignId, campaign.epoch, waiting)
    : new Map<string, number>();
  const byUser = new Map(records.map((record) => [record.userId, record]));
  return userIds.map((userId) => {
    const record = byUser.get(userId);
    if (!record) return noClaimIn(found);
    const waitingPosition = record.status === 'WAITING' ? (places.get(userId) ?? null) : null;
    return { kind: 'claim', record, waitingPosition };
  });
}
