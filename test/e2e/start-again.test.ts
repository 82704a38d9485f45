import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { processTable, sendSignal } from '../../tools/stack/process-table.js';
import { eventually } from '../support/eventually.js';
import { ownDataDir } from '../support/own-servers.js';

/** Generous, because a first start creates a database. */
const UP_WITHIN_MS = 60_000;

const folder = ownDataDir();
const started: NpmStart[] = [];
let port: string;

/** `npm start` in the copy of the project. */
class NpmStart {
  said = '';
  readonly ended: Promise<unknown>;
  private readonly child: ChildProcess;

  constructor() {
    const { PATH, HOME } = process.env;
    this.child = spawn(process.execPath, [join(folder, 'dist', 'tools', 'start.js')], {
      cwd: folder,
      env: { PATH, HOME, PORT: port, JWT_SECRET: 'x'.repeat(32), LOG_LEVEL: 'silent' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    this.ended = once(this.child, 'close');
    started.push(this);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  until(words: string): Promise<void> {
    return eventually(() => expect(this.said).toContain(words), UP_WITHIN_MS);
  }

  /** The process id of the service that it has started; 0 if there is none. */
  async service(): Promise<number> {
    const mark = `--started-by=${this.pid}`;
    return (await processTable()).find(({ commandLine }) => commandLine.endsWith(mark))?.pid ?? 0;
  }

  stop(): void {
    this.child.kill('SIGTERM');
  }
}

beforeAll(async () => {
  await cp('dist', join(folder, 'dist'), { recursive: true });
  await cp('package.json', join(folder, 'package.json'));
  for (const name of ['node_modules', '.cache']) await symlink(join(process.cwd(), name), join(folder, name));
  port = String(await findFreePort());
});

afterAll(async () => {
  for (const one of started) one.stop();
  await Promise.all(started.map((one) => one.ended));
}, UP_WITHIN_MS);

it('npm start waits for another one that is stopping, and then starts servers of its own', async () => {
  const first = new NpmStart();
  await first.until(`listens on http://127.0.0.1:${port}`);
  const service = await first.service();
  sendSignal(service, 'SIGSTOP'); // so that the test decides how long stopping takes
  first.stop();
  await first.until('Stopping');
  const second = new NpmStart();
  await second.until('is stopping: waiting for it');
  sendSignal(service, 'SIGCONT');
  await first.ended;
  await second.until(`listens on http://127.0.0.1:${port}`);
  expect(second.said).toContain('Starting PostgreSQL and Redis');
  expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
});
