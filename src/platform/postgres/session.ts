import { once } from 'node:events';
import { Client, type ClientConfig } from 'pg';
import type { Hosts } from './hosts.js';
import { spoilsSession, TakesNoWritesError } from './postgres-failure.js';

/** How much longer than the server, in ms, we wait for what it should have answered or cancelled. */
export const CLIENT_GRACE_MS = 1_000;

export interface SessionOptions extends ClientConfig {
  readonly hosts: Hosts;
  /**
   * Settings of Postgres that hold for the whole session, by name. Settings that the server does not know are skipped.
   */
  readonly settings: Readonly<Record<string, string>>;
  /** Whether a server that takes no writes will do. */
  readonly readsOnly: boolean;
}

/**
 * Configures and examines a new session in one round trip. With `synchronous_commit = off` the server would answer
 * before the commit is durable (P4).
 */
const BEGIN = `
  SELECT (SELECT count(set_config(name, value, false)) FROM unnest($1::text[], $2::text[]) AS given (name, value)
           WHERE current_setting(name, true) IS NOT NULL),
         CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END,
         pg_backend_pid() AS "pid", pg_is_in_recovery() AS "inRecovery",
         current_setting('transaction_read_only') = 'on' AS "isReadOnly"`;

interface Server {
  readonly pid: number;
  readonly inRecovery: boolean;
  readonly isReadOnly: boolean;
}

/**
 * One connection to Postgres, which knows whether it may be used again (R14). Settings are sent once it is established,
 * not in its startup message, where a pooler would refuse them (docs/adr/0019).
 */
export class Session extends Client {
  /** Of the server that it is connected to. */
  readonly url: string;
  /** The process that serves it, as Postgres itself names it. */
  pid = 0;
  /** It failed in a way that casts doubt on its server, and so on the server's other sessions. */
  isSpoilt = false;
  /** Statements that were sent and not answered in full. */
  private unanswered = 0;
  private waitingSince = 0;
  /** Counts answers. */
  private answered = 0;

  constructor(private readonly options: SessionOptions) {
    const url = options.hosts.current;
    super({ ...options, connectionString: url });
    this.url = url;
    this.on('error', () => undefined); // the failing statement reports it, or the pool
    this.connection.on('readyForQuery', () => {
      this.answered++;
      this.unanswered = Math.max(0, this.unanswered - 1);
      this.waitingSince = performance.now();
    });
  }

  /** Whether all that was sent has been answered and no transaction is open. */
  get isAtRest(): boolean {
    return this.unanswered === 0 && this.getTransactionStatus() === 'I';
  }

  /** For how long the current statement has had no answer, in ms; 0 when there is none. */
  get silentForMs(): number {
    return this.unanswered === 0 ? 0 : performance.now() - this.waitingSince;
  }

  /** Differs from statement to statement. */
  get statementNo(): number {
    return this.answered;
  }

  override connect(): Promise<Client>;
  override connect(callback: (error: Error | null) => void): void;
  override connect(callback?: (error: Error | null) => void): Promise<Client> | void {
    const opened = this.open();
    if (!callback) return opened;
    opened.then(() => callback(null), callback);
  }

  /**
   * Like the driver's, in all its forms. An error after which the session can't be used again ends the session; any
   * other error is passed on once the server is ready for the next statement.
   */
  // The one signature that can stand for all of the driver's.
  override query(...statement: unknown[]): never {
    if (this.unanswered++ === 0) this.waitingSince = performance.now();
    const answer: unknown = super.query(...(statement as [string]));
    return (answer instanceof Promise ? this.watch(answer) : answer) as never;
  }

  /** Ends it at once, whatever is under way, and makes the pool distrust its server's other sessions. */
  spoil(): void {
    this.isSpoilt = true;
    this.close();
  }

  /** Ends it at once, without telling the server, which may be out of reach. */
  close(): void {
    void this.end();
    this.connection.stream.destroy();
  }

  private async open(): Promise<Client> {
    try {
      await super.connect();
      await this.begin();
      return this;
    } catch (error) {
      this.options.hosts.moveOn(this.url);
      this.close();
      throw error;
    }
  }

  private async begin(): Promise<void> {
    const { settings, readsOnly, connectionTimeoutMillis } = this.options;
    const asked: Promise<{ rows: Server[] }> = this.query({
      text: BEGIN,
      values: [Object.keys(settings), Object.values(settings)],
      query_timeout: connectionTimeoutMillis,
    });
    const [server] = (await asked).rows;
    this.pid = server?.pid ?? 0;
    if (readsOnly) return;
    if (server?.inRecovery) throw new TakesNoWritesError('the server is in recovery');
    if (server?.isReadOnly) throw new TakesNoWritesError('the server is read-only');
  }

  private async watch(answer: Promise<unknown>): Promise<unknown> {
    try {
      return await answer;
    } catch (error) {
      if (spoilsSession(error)) this.spoil();
      else await this.untilReady();
      throw error;
    }
  }

  /** An error comes before the server is ready again; a session that is given back in between would be closed. */
  private async untilReady(): Promise<void> {
    if (this.unanswered === 0) return;
    const heard = new AbortController();
    const signal = AbortSignal.any([heard.signal, AbortSignal.timeout(CLIENT_GRACE_MS)]);
    const events = ['readyForQuery', 'end'].map((event) => once(this.connection, event, { signal }));
    await Promise.race(events).catch(() => this.spoil());
    heard.abort(); // listens to neither any longer
  }
}
