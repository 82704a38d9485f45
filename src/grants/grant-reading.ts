import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { Backlog } from '../http/backlog.js';
import { Problem } from '../problems/problem.js';
import type { ClaimRecord } from './claim-record.js';
import { ClaimStore } from './claim.store.js';
import { Gathering } from './gathering.js';

const BATCHES_AT_ONCE = 2;

/** What a user is told of their claim. */
export interface ClaimStanding {
  readonly record: ClaimRecord;
  /** 1 for the next to be promoted; null for who does not wait. */
  readonly waitingPosition: number | null;
}

/** Reads what became of claims, from Postgres, for everybody who asks at about the same time in one statement. */
@Injectable()
export class GrantReading {
  private readonly gathering: Gathering<ClaimRecord | undefined>;

  constructor(
    private readonly claims: ClaimStore,
    private readonly backlog: Backlog,
    environment: Environment,
  ) {
    this.gathering = new Gathering((campaignId, userIds) => this.read(campaignId, userIds), {
      batchesAtOnce: BATCHES_AT_ONCE,
      batchSize: environment.CLAIM_BATCH_SIZE,
      patienceMs: environment.REQUEST_DEADLINE_MS,
    });
  }

  /** @throws Problem 404 when Postgres holds nothing of this user */
  async find(campaignId: string, userId: string): Promise<ClaimStanding> {
    const record = await this.backlog.count(campaignId, this.gathering.ask(campaignId, userId));
    if (!record) throw new Problem(404, 'no-claim', 'This user has no claim in this campaign');
    const waits = record.status === 'WAITING';
    return {
      record,
      waitingPosition: waits ? await this.claims.waitingPosition(campaignId, record.arrivalNo) : null,
    };
  }

  private async read(
    campaignId: string,
    userIds: readonly string[],
  ): Promise<readonly (ClaimRecord | undefined)[]> {
    const found = await this.claims.find(campaignId, userIds);
    const byUser = new Map(found.map((record) => [record.userId, record]));
    return userIds.map((userId) => byUser.get(userId));
  }
}
