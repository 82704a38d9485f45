import { join } from 'node:path';
import { Client, DatabaseError, type QueryResultRow } from 'pg';
import { DetachedProcess } from './detached-process.js';
import { isPortFree } from './free-port.js';
import { findPostgresBinary, type PostgresBinary } from './postgres-binary.js';
import { ensureCluster, postgresEnvironment } from './postgres-cluster.js';
import { copyCluster } from './postgres-copy.js';
import { PostgresProcesses } from './postgres-processes.js';
import { archivingTo, ensureArchive, recoverCluster } from './postgres-recovery.js';
import { copyAsStandby, standbyName } from './postgres-standby.js';
import { ensureFolder } from '../project-folders.js';
import { postgresAccount, type ServerAccount } from './server-account.js';
import { loadServerIdentity, type ServerIdentity } from './server-identity.js';
import { isOpenTo } from './reachable-folder.js';
import { waitUntil } from './wait-until.js';
import { StackError } from '../stack-error.js';

export interface PostgresServerOptions {
  /** Holds the cluster, its log, its port and its password. Under root, other users must be able to enter it. */
  dataDir: string;
  /** False turns fsync off: commits survive a crash of the server, but not of the machine. */
  durable: boolean;
  /** A running server. This one is copied from it at the first start and follows it until it is promoted. */
  standbyOf?: PostgresServer;
  /** Whether its WAL is kept in an archive, from which `restore` can replay it. */
  archives?: boolean;
}

const databaseName = 'seonchak';
const startDeadlineMs = 60_000;
const stopDeadlineMs = 10_000;

interface Installation {
  binary: PostgresBinary;
  account: ServerAccount | undefined;
  identity: ServerIdentity;
}

/** A PostgreSQL server of our own on 127.0.0.1, with the database `seonchak` in it. */
export class PostgresServer {
  /** Its data folder. */
  readonly cluster: string;
  private readonly processes: PostgresProcesses;
  private installation: Installation | undefined;
  private postmaster: DetachedProcess | undefined;

  constructor(private readonly options: PostgresServerOptions) {
    this.cluster = join(options.dataDir, 'postgres');
    this.processes = new PostgresProcesses(this.cluster);
  }

  /** The database `seonchak`, as the superuser. */
  get url(): string {
    return this.urlOf(databaseName);
  }

  /** Any database of this server, as the superuser; `postgres` is the maintenance database. */
  urlOf(database: string): string {
    if (!this.installation) throw new Error('A server has no URL before its first start.');
    const { password, port } = this.installation.identity;
    return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
  }

  /**
   * Starts the server and waits until it takes queries (after a crash: until it has recovered). First stops a server
   * that a killed run left on the same data. A restarted server listens on the same port.
   */
  async start(): Promise<void> {
    await this.processes.stop(stopDeadlineMs);
    this.installation ??= await this.install();
    const { binary, account, identity } = this.installation;
    if (!(await isPortFree(identity.port))) {
      throw new StackError(`Port ${identity.port} of PostgreSQL was taken by another process: start again.`);
    }
    this.postmaster = await DetachedProcess.spawn(binary.postgres, this.commandLine(identity.port), {
      ...account,
      name: 'PostgreSQL',
      logFile: join(this.options.dataDir, 'postgres.log'),
      cwd: this.options.dataDir,
      env: postgresEnvironment,
    });
    try {
      await this.postmaster.waitUntilReady(() => this.takesQueries(), startDeadlineMs);
      await this.ensureDatabase();
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** Fast shutdown: open transactions are rolled back. Kills a server that takes longer than 10 s. */
  async stop(): Promise<void> {
    await this.processes.stop(stopDeadlineMs);
    await this.postmaster?.waitUntilEnded();
  }

  /** Sends SIGKILL to the postmaster and every backend, like a power cut of the server. */
  async kill(): Promise<void> {
    await this.processes.kill();
    await this.postmaster?.waitUntilEnded();
  }

  /** Sends SIGSTOP to the whole server: connections stay open and nothing answers. */
  async suspend(): Promise<void> {
    await this.processes.freeze();
  }

  /** Ends `suspend`. */
  async resume(): Promise<void> {
    await this.processes.signal('SIGCONT');
  }

  /** From now on, a transaction commits only once the standby has it too. Returns when the standby follows. */
  async commitOnlyWithStandby(): Promise<void> {
    await this.query(`ALTER SYSTEM SET synchronous_standby_names = '${standbyName}'`);
    await this.query('SELECT pg_reload_conf()');
    await waitUntil('the standby follows', async () => {
      return (await this.query(`SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`)) === 1;
    });
  }

  /** Makes a standby the primary. Returns when it takes writes. The old primary must not be used any more. */
  async promote(): Promise<void> {
    await this.query('SELECT pg_promote()');
    await this.waitUntilPrimary();
  }

  private async waitUntilPrimary(): Promise<void> {
    await waitUntil('the server is a primary', async () => {
      return (await this.query('SELECT 1 WHERE NOT pg_is_in_recovery()')) === 1;
    });
  }

  /** Copies the running server into a folder that must not exist: a base backup. */
  async backUp(folder: string): Promise<void> {
    await copyCluster(
      { url: this.urlOf('postgres'), cluster: this.cluster },
      folder,
      this.installation?.account,
    );
  }

  /** Names the present instant, and returns once the archive has all WAL up to it. */
  async markRestorePoint(name: string): Promise<void> {
    const file = await this.value<string>(
      `SELECT pg_walfile_name(pg_create_restore_point('${name}')) AS value`,
    );
    await this.query('SELECT pg_switch_wal()'); // a file is archived once it is complete
    await waitUntil('the archive has the restore point', async () => {
      const archived = await this.value<string | null>(
        'SELECT last_archived_wal AS value FROM pg_stat_archiver',
      );
      return archived !== null && archived >= file;
    });
  }

  /**
   * Replaces the data of this stopped server by a base backup, replays the archive up to a restore point, and
   * returns once the server takes writes. What was committed later is gone.
   */
  async restore(backup: string, restorePoint: string): Promise<void> {
    await recoverCluster(
      this.cluster,
      { backup, archive: this.archive, restorePoint },
      this.installation?.account,
    );
    await this.start();
    await this.waitUntilPrimary();
  }

  private get archive(): string {
    return join(this.options.dataDir, 'archive');
  }

  private async install(): Promise<Installation> {
    const { dataDir, durable, standbyOf, archives = false } = this.options;
    await ensureFolder(dataDir);
    const account = await postgresAccount(this.cluster);
    if (account && !(await isOpenTo(dataDir, account))) {
      throw new StackError(
        `The user that PostgreSQL runs as (not root) cannot enter ${dataDir}: choose another folder.`,
      );
    }
    const binary = await findPostgresBinary(account);
    const identity = await loadServerIdentity(join(dataDir, 'postgres.json'), standbyOf?.password);
    if (standbyOf) await standbyOf.copyTo(this.cluster, account);
    else await ensureCluster(this.cluster, binary, account, { password: identity.password, durable });
    if (archives) await ensureArchive(this.archive, account);
    return { binary, account, identity };
  }

  private get password(): string | undefined {
    return this.installation?.identity.password;
  }

  private copyTo(cluster: string, account: ServerAccount | undefined): Promise<void> {
    return copyAsStandby({ url: this.urlOf('postgres'), cluster: this.cluster }, cluster, account);
  }

  private commandLine(port: number): string[] {
    const settings = {
      listen_addresses: '127.0.0.1',
      port,
      // A socket file would need a folder like /var/run/postgresql, which a fresh machine does not have.
      unix_socket_directories: '',
      max_connections: 200,
      ...(this.options.durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
      ...(this.options.archives ? archivingTo(this.archive) : {}),
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return [...this.processes.arguments, ...flags];
  }

  private async takesQueries(): Promise<boolean> {
    try {
      await this.query('SELECT 1');
      return true;
    } catch (error) {
      const passwordRefused = error instanceof DatabaseError && error.code === '28P01';
      if (!passwordRefused) return false;
      throw new StackError(
        `The password in ${this.options.dataDir}/postgres.json does not belong to the data next to it: ` +
          'restore the old file, or remove the folder if its data is not needed.',
      );
    }
  }

  private async ensureDatabase(): Promise<void> {
    const found = await this.query(`SELECT 1 FROM pg_database WHERE datname = '${databaseName}'`);
    if (found === 0) await this.query(`CREATE DATABASE ${databaseName}`);
  }

  private async query(sql: string): Promise<number> {
    return (await this.rows(sql)).length;
  }

  /** The column `value` of a query's one row. */
  private async value<T>(sql: string): Promise<T> {
    const [row] = await this.rows<{ value: T }>(sql);
    if (!row) throw new Error(`No row: ${sql}`);
    return row.value;
  }

  private async rows<Row extends QueryResultRow>(sql: string): Promise<Row[]> {
    const client = new Client({
      connectionString: this.urlOf('postgres'),
      connectionTimeoutMillis: 5_000,
      ssl: false,
    });
    // Without a listener, a connection that breaks between queries would crash the tool.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }
}
