import type { DataSource } from 'typeorm';
import { type PreparedStatement, preparedRows } from '../platform/postgres/rows.js';

/** A grant whose payout has ended. */
export interface EndedGrant {
  readonly userId: string;
  readonly grantSeq: number;
  readonly status: 'SUCCESS' | 'FAILED';
}

/** The grants of those `userIds` whose payout has ended, now or earlier. */
export function readEnded(
  source: DataSource,
  campaignId: string,
  userIds: readonly string[],
): Promise<EndedGrant[]> {
  return preparedRows<EndedGrant>(source, READ_ENDED, [campaignId, userIds]);
}

const READ_ENDED: PreparedStatement = {
  name: 'read-ended-grants',
  text: `
    SELECT grants.user_id AS "userId", grants.grant_seq AS "grantSeq", grants.status
       FROM unnest($2::bigint[]) AS wanted (user_id)
      CROSS JOIN LATERAL (SELECT user_id, grant_seq, status FROM user_grants
                           WHERE campaign_id = $1 AND user_id = wanted.user_id OFFSET 0) AS grants
      WHERE grants.status <> 'PENDING'`,
};
