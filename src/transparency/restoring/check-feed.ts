import type { EntityManager } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import { READER } from '../sequencer/sequencer.js';
import { RestoreRefused } from './restore-refused.js';

/**
 * The feed goes by the ids of transactions, which are the cluster's: a dump in another cluster begins with lower ones,
 * and changes would be told late or never (docs/adr/0040).
 * @throws RestoreRefused when the log has read further than this cluster has come
 */
export async function checkFeed(transaction: EntityManager): Promise<void> {
  const [ahead] = await rows(
    transaction,
    `SELECT name FROM change_readers WHERE name = $1 AND xid > pg_snapshot_xmax(pg_current_snapshot())`,
    [READER],
  );
  if (ahead)
    throw new RestoreRefused(
      'The database is a dump in another cluster, whose feed of changes cannot be read on. Restore files, not a dump.',
    );
}
