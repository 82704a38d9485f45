import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { findPgbouncerBinary } from '../../tools/stack/servers/pgbouncer-binary.js';
import { eventually } from './eventually.js';
import { ownDataDir } from './own-servers.js';

/** A real PgBouncer in front of a database, with its defaults except for the way it pools. */
export class Pgbouncer {
  private constructor(
    /** The URL of the database through the pooler. */
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(databaseUrl: string, poolMode: 'session' | 'transaction'): Promise<Pgbouncer> {
    const { program, env } = await findPgbouncerBinary(console.log);
    const { hostname, port, username, password, pathname } = new URL(databaseUrl);
    const listenPort = await findFreePort();
    const folder = ownDataDir();
    await mkdir(folder, { recursive: true });
    const settings = [
      '[databases]',
      `* = host=${hostname} port=${port} user=${username} password=${password}`,
      '[pgbouncer]',
      ...['listen_addr = 127.0.0.1', `listen_port = ${listenPort}`, 'unix_socket_dir ='],
      ...['auth_type = any', `pool_mode = ${poolMode}`],
      ...(process.getuid?.() === 0 ? ['user = nobody'] : []), // it refuses to stay root
    ];
    const file = join(folder, 'pgbouncer.ini');
    await writeFile(file, settings.join('\n'), { mode: 0o600 });
    const child = spawn(program, [file], { env, cwd: '/', stdio: 'ignore' });
    const bouncer = new Pgbouncer(
      `postgres://${username}:${password}@127.0.0.1:${listenPort}${pathname}`,
      child,
      folder,
    );
    await eventually(() => bouncer.takesConnections());
    return bouncer;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
    await rm(this.folder, { recursive: true });
  }

  private async takesConnections(): Promise<void> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    await client.end();
  }
}
