import type { DataSource } from 'typeorm';
import { rows } from '../postgres/rows.js';

/** A grant whose payout has come to its end. */
export interface EndedGrant {
  readonly userId: string;
  readonly grantSeq: number;
  readonly status: 'SUCCESS' | 'FAILED';
}

/** Those of `userIds` whose payout has ended, now or before. */
export function readEnded(
  source: DataSource,
  campaignId: string,
  userIds: readonly string[],
): Promise<EndedGrant[]> {
  return rows<EndedGrant>(
    source,
    `SELECT user_id AS "userId", grant_seq AS "grantSeq", status FROM user_grants
      WHERE campaign_id = $1 AND user_id = ANY ($2::bigint[]) AND status <> 'PENDING'`,
    [campaignId, userIds],
  );
}
