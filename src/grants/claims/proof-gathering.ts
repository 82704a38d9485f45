import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { READS } from '../../platform/postgres/reads.js';
import { type Inclusion, InclusionProofs } from '../../transparency/inclusion/inclusion-proofs.js';
import type { NotLogged } from '../../transparency/inclusion/own-leaves.js';
import { lookUpClaims } from './claim-lookup.js';
import { Gathering } from '../../platform/gathering/gathering.js';
import { type NoClaim, noClaimIn } from './no-claim.js';

/** Proofs are computed in this process, beside claims: few at a time, and no crowd of them waits. */
const BATCHES_AT_ONCE = 1;
const BATCH_SIZE = 16;
const MOST_AT_ONCE = 128;

/** A claim, and what the public log says of it. */
export interface ProvenClaim {
  readonly kind: 'claim';
  readonly arrivalNo: number;
  readonly inclusion: Inclusion | NotLogged;
}

/** Proves claims to those who made them. It has room of its own, and reads where status reads do. */
@Injectable()
export class ProofGathering extends Gathering<ProvenClaim | NoClaim> {
  constructor(
    @InjectDataSource(READS) source: DataSource,
    proofs: InclusionProofs,
    environment: Environment,
    metrics: Metrics,
  ) {
    super((campaignId, userIds) => prove(source, proofs, campaignId, userIds), {
      batchesAtOnce: BATCHES_AT_ONCE,
      batchSize: BATCH_SIZE,
      patienceMs: environment.REQUEST_DEADLINE_MS,
      mostAtOnce: MOST_AT_ONCE,
      onShed: () => metrics.requestsShed.inc(),
    });
  }
}

async function prove(
  source: DataSource,
  proofs: InclusionProofs,
  campaignId: string,
  userIds: readonly string[],
): Promise<(ProvenClaim | NoClaim)[]> {
  const found = await lookUpClaims(source, campaignId, userIds);
  const { records } = found;
  const inclusions = await proofs.of(campaignId, records);
  const byUser = new Map(
    records.flatMap(({ userId, arrivalNo }, i) => {
      const inclusion = inclusions[i];
      return inclusion ? [[userId, { kind: 'claim', arrivalNo, inclusion }] as const] : [];
    }),
  );
  return userIds.map((userId) => byUser.get(userId) ?? noClaimIn(found));
}
