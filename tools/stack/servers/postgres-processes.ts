import { createHash } from 'node:crypto';
import { processTable, type RunningProcess, sendSignal, waitUntilGone } from '../process-table.js';

/**
 * The processes of one PostgreSQL cluster, found by their command lines in the process table. A run thus also finds the
 * processes that a killed run left behind. The pid file is not enough: it names only the postmaster, and every backend
 * leads its own process group and outlives a killed postmaster for a while.
 */
export class PostgresProcesses {
  /** Every process of the cluster shows it in its process title. */
  readonly clusterName: string;

  constructor(private readonly folder: string) {
    this.clusterName = `seonchak-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  }

  /** The first arguments of the postmaster: those that identify it. The others are its own settings. */
  get arguments(): string[] {
    return ['-D', this.folder, '-c', `cluster_name=${this.clusterName}`];
  }

  /** Fast shutdown: running transactions are rolled back and a checkpoint is written. Kills after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    await this.signal('SIGCONT');
    const postmaster = (await this.find()).find((entry) => this.isPostmaster(entry));
    if (postmaster) {
      sendSignal(postmaster.pid, 'SIGINT');
      if (await waitUntilGone(() => this.find(), deadlineMs)) return;
    }
    await this.kill();
  }

  /** Kills every process of the cluster at once. The postmaster is stopped first, so that it forks no new backend. */
  async kill(): Promise<void> {
    for (;;) {
      const found = await this.find();
      if (found.length === 0) return;
      for (const entry of found) if (this.isPostmaster(entry)) sendSignal(entry.pid, 'SIGSTOP');
      await this.signal('SIGKILL');
      await waitUntilGone(() => this.find(), 1_000);
    }
  }

  /** Stops every process of the cluster by SIGSTOP, those too that are forked before it reaches the postmaster. */
  async freeze(): Promise<void> {
    const frozen = new Set<number>();
    for (;;) {
      const others = (await this.find()).filter(({ pid }) => !frozen.has(pid));
      if (others.length === 0) return;
      for (const { pid } of this.postmasterFirst(others)) {
        sendSignal(pid, 'SIGSTOP');
        frozen.add(pid);
      }
    }
  }

  /** Sends a signal to every process of the cluster that there is, the postmaster first. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    for (const { pid } of this.postmasterFirst(await this.find())) sendSignal(pid, signal);
  }

  private postmasterFirst(found: readonly RunningProcess[]): RunningProcess[] {
    return [...found].sort((a, b) => Number(this.isPostmaster(b)) - Number(this.isPostmaster(a)));
  }

  private async find(): Promise<RunningProcess[]> {
    return (await processTable()).filter(
      (entry) => this.isPostmaster(entry) || entry.commandLine.startsWith(`postgres: ${this.clusterName}: `),
    );
  }

  private isPostmaster({ commandLine }: RunningProcess): boolean {
    return commandLine.includes(`/postgres ${this.arguments.join(' ')}`);
  }
}
