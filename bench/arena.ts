import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { type LocalStack, startLocalStack } from '../tools/stack/local-stack.js';
import { processTable } from '../tools/stack/process-table.js';
import { ensureFolder } from '../tools/stack/project-folders.js';
import { endAbandonedServices } from '../tools/stack/service-process.js';
import { StackError } from '../tools/stack/stack-error.js';
import type { StopSignals } from '../tools/stack/stop-signals.js';
import { removeAbandonedTestFolders, removeTestFolder, testFolder } from '../tools/stack/test-folders.js';
import { type Contestant, type ContestantName, contestantNames } from './contestants/contestant.js';
import { startContestant } from './contestants/start-contestant.js';
import { LoadGenerator } from './generator/load-generator.js';
import { type Cores, findCores, pinThisProcess } from './pinning.js';
import { cpuOfTrees } from './server-cpu.js';

const lastWords = 10;

/** One PostgreSQL, one Redis, the contestants and the load generator, each on the core where it belongs. */
export class Arena {
  readonly contestants: Contestant[] = [];
  private generator: LoadGenerator | undefined;
  private stack: LocalStack | undefined;
  private servers: number[] = [];
  private cores: Cores | undefined;
  private starting: Promise<void> | undefined;

  constructor(
    private readonly names: readonly ContestantName[],
    private readonly signals: StopSignals,
    private readonly log: (line: string) => void,
  ) {}

  /** Whether server and generator have a core each. */
  get isPinned(): boolean {
    return this.cores !== undefined;
  }

  get load(): LoadGenerator {
    if (!this.generator) throw new Error('The arena has not been started.');
    return this.generator;
  }

  /** Starts everything, or as far as it gets until a stop is asked for. Call `stop` either way. */
  start(): Promise<void> {
    this.starting = this.startAll();
    return this.starting;
  }

  /** What the contestant, PostgreSQL and Redis have used of the CPU so far, in µs; undefined where nobody tells. */
  serverCpu({ pid }: Contestant): Promise<number | undefined> {
    return cpuOfTrees([pid, ...this.servers]);
  }

  /** Rejects with a StackError as soon as a contestant ends by itself. */
  async untilOneFails(): Promise<never> {
    const how = this.contestants.map(async (one) => `The contestant ${one.name} ${await one.ended()}.`);
    throw new StackError(await Promise.race(how));
  }

  /** The ends of the contestants' logs, where they have any. */
  async lastLogLines(): Promise<string> {
    const ends = this.names.map(async (name) => {
      const text = (await readFile(logFile(name), 'utf8').catch(() => '')).trim();
      return text && `The end of the log of ${name}:\n${text.split('\n').slice(-lastWords).join('\n')}`;
    });
    return (await Promise.all(ends)).filter((end) => end !== '').join('\n');
  }

  /** Stops everything and removes the data. */
  async stop(): Promise<void> {
    await this.starting?.catch(() => undefined); // what is being started would be left behind
    await this.generator?.stop();
    await Promise.all(this.contestants.map((contestant) => contestant.stop(this.signals.hastened)));
    await this.stack?.stop();
    await removeTestFolder(testFolder);
  }

  private async startAll(): Promise<void> {
    // What a bench that was killed has left.
    await endAbandonedServices();
    await removeAbandonedTestFolders();
    await ensureFolder(testFolder);
    this.cores = await findCores();
    if (!this.cores) this.log('Nothing is pinned: that takes two cores and taskset (util-linux).');
    // Every server inherits the core of who starts it, with all the threads and children that it will ever have.
    if (this.cores) await pinThisProcess(this.cores.server);
    this.stack = await startLocalStack({ dataDir: testFolder, durable: true, log: this.log });
    const jwtSecret = randomBytes(32).toString('base64url');
    for (const name of this.names) {
      if (this.signals.isRequested) return;
      const { databaseUrl, redisUrl } = await this.serversFor(name);
      const surroundings = { jwtSecret, databaseUrl, redisUrl, logFile: logFile(name) };
      this.contestants.push(await startContestant(name, surroundings));
    }
    if (this.signals.isRequested) return;
    this.servers = await this.serverPids();
    if (this.cores) await pinThisProcess(this.cores.generator);
    this.generator = new LoadGenerator(jwtSecret);
  }

  /** A database in PostgreSQL and one in Redis for this contestant alone. */
  private async serversFor(name: ContestantName): Promise<{ databaseUrl: string; redisUrl: string }> {
    if (!this.stack?.postgres) throw new Error('The arena has no PostgreSQL.');
    const database = `bench_${name.replaceAll('-', '_')}`;
    const client = new Client({ connectionString: this.stack.databaseUrl });
    await client.connect();
    await client.query(`CREATE DATABASE ${database}`);
    await client.end();
    return {
      databaseUrl: this.stack.postgres.urlOf(database),
      redisUrl: this.stack.redisUrl.replace(/\d+$/, String(contestantNames.indexOf(name))),
    };
  }

  /** PostgreSQL's postmaster and Redis: the processes on our data that this process has started. */
  private async serverPids(): Promise<number[]> {
    const dataDir = this.stack?.dataDir ?? testFolder;
    return (await processTable())
      .filter(({ parentPid, commandLine }) => parentPid === process.pid && commandLine.includes(dataDir))
      .map(({ pid }) => pid);
  }
}

function logFile(name: ContestantName): string {
  return join(testFolder, `${name}.log`);
}
