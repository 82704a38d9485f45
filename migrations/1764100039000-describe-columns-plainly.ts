import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Table or column, as COMMENT ON names it -> what it holds, and what the migration that made it said. */
const COMMENTS: readonly (readonly [subject: string, text: string, before: string])[] = [
  [
    'COLUMN campaigns.revision',
    'number of changes by operators; the gate takes terms only from a higher one',
    'counts what operators changed, so that the gate can tell the newest',
  ],
  [
    'COLUMN campaigns.sealed_at',
    'since when no slot can become free for anybody: the line is ended and takes nobody',
    'from then on no slot comes free for anybody: its line is ended, and takes nobody',
  ],
  [
    'COLUMN campaigns.gate_retired_at',
    'when the gate was removed from Redis',
    'when its gate was taken out of Redis',
  ],
  [
    'COLUMN user_grants.begun_at',
    'when its payout was begun without an outcome; null: no payout was, and the grant is found by its arrival number',
    'since when a payout without an outcome says when it is due; null: none does',
  ],
  [
    'COLUMN waiting_entries.gate_told_at',
    'for a user who left: when the gate had removed them from its line',
    'of who left: when the gate had taken them out of its line',
  ],
  [
    'COLUMN payouts.fence',
    'number of times that a process took the payout; only the latest may put it back or leave it in doubt',
    'counts who took it: only the latest may say that it is still in doubt',
  ],
  [
    'COLUMN payouts.leased_until',
    'until when the process that took the payout works on it alone',
    'until then somebody is at it',
  ],
  ['COLUMN payouts.due_at', 'the earliest time at which the payout is taken', 'not before then'],
  [
    'COLUMN payouts.put_backs',
    'how many times in a row the payout was put back; payout_events has only the first',
    'how often in a row it was put back; only the first is told in payout_events',
  ],
  [
    'COLUMN installation.round',
    'raised every second by each instance, then noted in Redis; lower here than there: the database was set back',
    'raised all the time by whoever runs, and noted in Redis after its commit: lower here than there means set back',
  ],
  [
    'TABLE campaign_reconciliations',
    "as of when all transfers in the provider's statement of a campaign are known here, or noted in payouts_known_there",
    "as of when everything that the provider's statement of a campaign holds was last taken over, or noted in payouts_known_there",
  ],
  [
    'TABLE payouts_known_there',
    'keys under which the provider has a transfer although no grant was known here: nothing is sent under them',
    'the provider has a transfer under this key, and we knew of no grant that it is for: nothing is sent under it',
  ],
  [
    'FUNCTION campaign_of_key(text)',
    'the campaign that an idempotency key belongs to; null for a key that outlives its campaign',
    'the campaign of whose own an idempotency key is; null for what outlives it',
  ],
];

/** Comments that were hard to understand. Each takes a lock that lets claims and payouts pass. */
export class DescribeColumnsPlainly1764100039000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [subject, text] of COMMENTS)
      await runner.query(`COMMENT ON ${subject} IS '${text.replaceAll("'", "''")}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [subject, , before] of COMMENTS)
      await runner.query(`COMMENT ON ${subject} IS '${before.replaceAll("'", "''")}'`);
  }
}
