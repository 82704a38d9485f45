import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { eventually } from './eventually.js';

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

type Variables = Readonly<Record<string, string>>;

/** What `npm test` has built. */
const THIS_BUILD = join(process.cwd(), 'dist');

/** The service as a process of its own, as it runs in production: from a build, by default this release's. */
export class ServiceProcess {
  private static readonly running = new Set<ServiceProcess>();

  readonly ended: Promise<Ending>;
  /** How the process ended; undefined while it runs. */
  ending: Ending | undefined;
  private readonly child: ChildProcess;
  private written = { stdout: '', stderr: '' };

  private constructor(
    readonly url: string,
    private readonly variables: Variables,
    build: string,
  ) {
    this.child = spawn(process.execPath, [join(build, 'src', 'main.js')], {
      env: { PATH: process.env.PATH, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    ServiceProcess.running.add(this);
    for (const stream of ['stdout', 'stderr'] as const)
      this.child[stream]?.on('data', (chunk: Buffer) => (this.written[stream] += chunk.toString()));
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        ServiceProcess.running.delete(this);
        this.ending = { code, signal };
        resolve(this.ending);
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get stdout(): string {
    return this.written.stdout;
  }

  get stderr(): string {
    return this.written.stderr;
  }

  /** Starts a process with these variables and no others. Does not wait: for a process that must refuse to start. */
  static spawn(variables: Variables, build = THIS_BUILD): ServiceProcess {
    return new ServiceProcess(`http://127.0.0.1:${variables.PORT ?? '3000'}`, variables, build);
  }

  /** Starts a process on a free port, unless one is named, and waits until it is ready. */
  static async start(variables: Variables, build = THIS_BUILD): Promise<ServiceProcess> {
    const { PORT } = variables;
    const port = PORT === undefined || PORT === '0' ? String(await findFreePort()) : PORT;
    const service = ServiceProcess.spawn({ ...variables, PORT: port }, build);
    try {
      await eventually(async () => {
        expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
      }, 50_000);
      return service;
    } catch (error) {
      await service.end('SIGKILL');
      throw new Error(`The service did not become ready. Its output:\n${service.stdout}${service.stderr}`, {
        cause: error,
      });
    }
  }

  /**
   * Starts another one with the same variables except for `changes`, on the same port; this one must have ended.
   * @param build of this release, unless it is named
   */
  again(changes: Variables = {}, build = THIS_BUILD): Promise<ServiceProcess> {
    return ServiceProcess.start({ ...this.variables, PORT: new URL(this.url).port, ...changes }, build);
  }

  /** @returns how the process ended, once it has */
  end(signal: NodeJS.Signals): Promise<Ending> {
    this.child.kill(signal);
    return this.ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Kills every process that this test file has started and that still runs. */
  static async killAll(): Promise<void> {
    await Promise.all([...ServiceProcess.running].map((service) => service.end('SIGKILL')));
  }
}
