import { processTable, type RunningProcess, sendSignal, waitUntilGone } from '../process-table.js';

const deadlineMs = 10_000;

/** Kills every server whose data is below the folder. For data that is about to be deleted. */
export async function killServersBelow(folder: string): Promise<void> {
  const isServer = ({ commandLine }: RunningProcess) =>
    commandLine.includes(`/postgres -D ${folder}/`) ||
    commandLine.includes(`-server ${folder}/`) ||
    commandLine.includes(`pgbouncer ${folder}/`) ||
    commandLine.includes(`haproxy -db -f ${folder}/`);
  const find = async () => (await processTable()).filter(isServer);
  const table = await processTable();
  const servers = new Set(table.filter(isServer).map(({ pid }) => pid));
  // A stopped postmaster forks no backends while they are listed.
  for (const pid of servers) sendSignal(pid, 'SIGSTOP');
  const children = (await processTable()).filter(({ parentPid }) => servers.has(parentPid));
  for (const pid of [...servers, ...children.map((child) => child.pid)]) sendSignal(pid, 'SIGKILL');
  await waitUntilGone(find, deadlineMs);
}
