import { type CopiedServer, copyCluster } from './postgres-copy.js';
import type { ServerAccount } from './server-account.js';

/** The application name of a standby, as `synchronous_standby_names` lists it. */
export const standbyName = 'seonchak_standby';

/**
 * Makes the data folder of a streaming standby. A replication slot keeps the WAL that the standby has not fetched yet.
 */
export function copyAsStandby(
  of: CopiedServer,
  folder: string,
  account: ServerAccount | undefined,
): Promise<void> {
  return copyCluster(of, folder, account, {
    before: [
      `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '${standbyName}'`,
      `SELECT pg_create_physical_replication_slot('${standbyName}', true)`,
    ],
    files: { 'standby.signal': '', 'postgresql.auto.conf': following(of.url) },
  });
}

function following(primaryUrl: string): string {
  const { hostname, port, username, password } = new URL(primaryUrl);
  const link = `host=${hostname} port=${port} user=${username} password=${password} application_name=${standbyName}`;
  return `primary_conninfo = '${link}'\nprimary_slot_name = '${standbyName}'\n`;
}
