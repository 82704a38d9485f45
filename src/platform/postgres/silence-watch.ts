import { Client } from 'pg';
import type { Session, SessionOptions } from './session.js';

const LOOK_EVERY_MS = 1_000;
const SILENT_MS = 2_000;
const PROBE_TIMEOUT_MS = 1_000;

const AT_WORK = `
  SELECT pid FROM pg_stat_activity WHERE pid = ANY ($1::int[]) AND COALESCE(state, '') NOT IN ('idle', 'idle in transaction', 'idle in transaction (aborted)')`;

/**
 * Finds statements that no server is working on, because the host, or something between it and us, died silently. TCP
 * finds that out after a quarter of an hour, and the time-out of a statement must leave time for long ones. So once a
 * statement has waited for SILENT_MS, the server is asked on a new connection whether it is working on it. If twice it
 * is not, the session is spoilt.
 */
export class SilenceWatch {
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;
  /** By session, the statement that no server was found working on at the last look. */
  private suspects = new Map<Session, number>();

  /** @param home the URL of the server that answers now */
  constructor(
    private readonly inUse: ReadonlySet<Session>,
    private readonly home: () => string,
    private readonly options: SessionOptions,
  ) {}

  /** Keeps looking until no session is in use. */
  begin(): void {
    this.timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  private async look(): Promise<void> {
    if (this.inUse.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    if (this.isLooking) return;
    this.isLooking = true;
    const silent = [...this.inUse].filter(({ silentForMs }) => silentForMs > SILENT_MS);
    const lost = new Map<Session, number>();
    for (const url of new Set(silent.map((session) => session.url))) {
      const there = silent.filter((session) => session.url === url);
      const statements = there.map(({ statementNo }) => statementNo);
      const atWork = await this.whoIsAtWork(url, there);
      for (const [i, session] of there.entries()) {
        const statement = statements[i] ?? 0;
        if (atWork.has(session.pid) || session.statementNo !== statement) continue;
        if (this.suspects.get(session) === statement) session.spoil();
        else lost.set(session, statement);
      }
    }
    this.suspects = lost;
    this.isLooking = false;
  }

  /**
   * Those of `sessions` that their server is working for; all of them if it can't be asked and no other has taken its
   * place.
   */
  private async whoIsAtWork(url: string, sessions: readonly Session[]): Promise<ReadonlySet<number>> {
    const pids = sessions.map(({ pid }) => pid);
    let probe: Client | undefined;
    try {
      probe = new Client({ ...this.options, connectionString: url, query_timeout: PROBE_TIMEOUT_MS });
      probe.on('error', () => undefined); // the failing query reports it
      await probe.connect();
      const { rows } = await probe.query<{ pid: number }>(AT_WORK, [pids]);
      return new Set(rows.map(({ pid }) => pid));
    } catch {
      return new Set(url === this.home() ? pids : []);
    } finally {
      void probe?.end();
      probe?.connection.stream.destroy();
    }
  }
}
