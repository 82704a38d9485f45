import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { type LocalStack, startLocalStack } from '../tools/stack/servers/local-stack.js';
import { processTable } from '../tools/stack/process-table.js';
import { ensureFolder } from '../tools/stack/project-folders.js';
import { endAbandonedServices } from '../tools/stack/servers/service-process.js';
import { StackError } from '../tools/stack/stack-error.js';
import type { StopSignals } from '../tools/stack/stop-signals.js';
import {
  removeAbandonedTestFolders,
  removeTestFolder,
  testFolder,
} from '../tools/stack/servers/test-folders.js';
import {
  type Contestant,
  type ContestantName,
  contestantNames,
  type ContestantSurroundings,
} from './contestants/contestant.js';
import type { Role, ServiceUnit } from './contestants/service-unit.js';
import { FleetProxy } from './contestants/fleet-proxy.js';
import { startContestant } from './contestants/start-contestant.js';
import { Deployment } from './deployment.js';
import type { Secrets } from './generator/credentials.js';
import { LoadGenerator } from './generator/load-generator.js';
import { type Cores, findCores, pinThisProcess } from './pinning.js';
import { cpuOfTrees } from './server-cpu.js';

const lastWords = 10;

/** The pids of the servers that all contestants share; their children count as well. */
interface DataServers {
  readonly postgres: readonly number[];
  readonly redis: readonly number[];
}

interface Stoppable {
  stop(hastened: Promise<void>): Promise<void>;
}

/** One PostgreSQL, one Redis, the contestants and the load generator, each pinned to its core. */
export class Arena {
  private readonly started = new Map<ContestantName, Contestant>();
  private readonly deployments = new Map<string, Deployment>();
  private readonly others: Stoppable[] = [];
  /** Of every contestant and deployment. */
  readonly secrets: Secrets = { tokens: randomSecret(), cookies: randomSecret() };
  private failWith: (error: Error) => void = () => undefined;
  private readonly failure = new Promise<never>((_, reject) => (this.failWith = reject));
  private generator: LoadGenerator | undefined;
  private stack: LocalStack | undefined;
  private servers: DataServers = { postgres: [], redis: [] };
  private cores: Cores | undefined;
  private starting: Promise<void> | undefined;

  constructor(
    private readonly names: readonly ContestantName[],
    private readonly signals: StopSignals,
    private readonly log: (line: string) => void,
  ) {
    this.failure.catch(() => undefined); // reported through untilOneFails
  }

  /** The cores of server and generator; undefined if nothing is pinned. */
  get pinnedTo(): Cores | undefined {
    return this.cores;
  }

  get load(): LoadGenerator {
    if (!this.generator) throw new Error('The arena has not been started.');
    return this.generator;
  }

  /** Starts everything; stops early if a stop is requested. Call `stop` in either case. */
  start(): Promise<void> {
    this.starting = this.startAll();
    return this.starting;
  }

  /** Those that the run was asked to measure. */
  get contestants(): Contestant[] {
    return this.names.flatMap((name) => this.started.get(name) ?? []);
  }

  /** The pids of PostgreSQL and Redis. */
  get dataServers(): DataServers {
    return this.servers;
  }

  /** PostgreSQL's log. */
  get postgresLog(): string {
    return join(this.stack?.dataDir ?? testFolder, 'postgres.log');
  }

  /** The CPU time used so far by this server process, PostgreSQL and Redis, in µs; undefined if it is not available. */
  serverCpu({ pid }: { readonly pid: number }): Promise<number | undefined> {
    return cpuOfTrees([pid, ...this.servers.postgres, ...this.servers.redis]);
  }

  /** A contestant, which is started if it does not run yet. Stopped with the arena. */
  async contestant(name: ContestantName): Promise<Contestant> {
    const running = this.started.get(name);
    if (running) return running;
    const surroundings = await this.surroundingsOf(name, contestantNames.indexOf(name));
    const contestant = await this.onServerCore(() => startContestant(name, surroundings));
    this.started.set(name, contestant);
    this.watch(`The contestant ${name}`, contestant.ended());
    return contestant;
  }

  /**
   * The service on its own databases, without a process yet; stopped with the arena. FLUSHDB on its Redis database
   * affects nothing else.
   */
  async deploy(name: string): Promise<Deployment> {
    const index = contestantNames.length + this.deployments.size;
    const deployment = await Deployment.open(await this.surroundingsOf(name, index));
    this.deployments.set(name, deployment);
    return deployment;
  }

  /** Starts a process of a deployment on the server's core. The bench fails if it ends unexpectedly. */
  async addTo(
    deployment: Deployment,
    role: Role,
    settings?: Readonly<Record<string, string>>,
  ): Promise<ServiceUnit> {
    const unit = await this.onServerCore(() => deployment.add(role, settings));
    this.watch(`The ${role}`, unit.failed());
    return unit;
  }

  /** HAProxy in front of these processes, on the server's core. Stopped with the arena. */
  async addProxy(units: readonly ServiceUnit[]): Promise<FleetProxy> {
    const origins = units.map(({ origin }) => origin);
    const proxy = await this.onServerCore(() => FleetProxy.start(testFolder, origins, this.log));
    this.others.push(proxy);
    this.watch('HAProxy', proxy.failed());
    return proxy;
  }

  /** Starts a further generator, for load beside that of `load`. Stopped with the arena. */
  addGenerator(): LoadGenerator {
    const generator = new LoadGenerator(this.secrets);
    this.others.push(generator);
    return generator;
  }

  /** Lets the arena stop it with everything else. It may have ended before. */
  alsoStop(other: Stoppable): void {
    this.others.push(other);
  }

  /** Rejects with a StackError as soon as a contestant or a process of a deployment ends unexpectedly. */
  untilOneFails(): Promise<never> {
    return this.failure;
  }

  /** The ends of the logs that exist. */
  async lastLogLines(): Promise<string> {
    const ends = [...this.names, ...this.deployments.keys()].map(async (name) => {
      const text = (await readFile(logFile(name), 'utf8').catch(() => '')).trim();
      return text && `The end of the log of ${name}:\n${text.split('\n').slice(-lastWords).join('\n')}`;
    });
    return (await Promise.all(ends)).filter((end) => end !== '').join('\n');
  }

  /** Stops everything and removes the data. */
  async stop(): Promise<void> {
    await this.starting?.catch(() => undefined); // otherwise processes that are still starting would be left behind
    await this.generator?.stop();
    const services = [...this.started.values(), ...this.deployments.values(), ...this.others];
    await Promise.all(services.map((service) => service.stop(this.signals.hastened)));
    await this.stack?.stop();
    await removeTestFolder(testFolder);
  }

  private async startAll(): Promise<void> {
    // Clean up after a bench that was killed.
    await endAbandonedServices();
    await removeAbandonedTestFolders();
    await ensureFolder(testFolder);
    this.cores = await findCores();
    if (!this.cores) this.log('Nothing is pinned: pinning requires two cores and taskset (util-linux).');
    // Every server inherits the core of its starter, and so do all its threads and children.
    if (this.cores) await pinThisProcess(this.cores.server);
    this.stack = await startLocalStack({ dataDir: testFolder, durable: true, log: this.log });
    this.servers = await this.findDataServers();
    for (const name of this.names) {
      if (this.signals.isRequested) return;
      await this.contestant(name);
    }
    if (this.signals.isRequested) return;
    if (this.cores) await pinThisProcess(this.cores.generator);
    this.generator = new LoadGenerator(this.secrets);
  }

  /** Whatever `start` starts stays on the server's core; this process returns to the generator's. */
  private async onServerCore<Started>(start: () => Promise<Started>): Promise<Started> {
    if (this.cores) await pinThisProcess(this.cores.server);
    try {
      return await start();
    } finally {
      if (this.cores) await pinThisProcess(this.cores.generator);
    }
  }

  private watch(who: string, ended: Promise<string>): void {
    void ended.then((how) => this.failWith(new StackError(`${who} ${how}.`)));
  }

  /** A database of its own in PostgreSQL, and one in Redis, chosen by index. */
  private async surroundingsOf(name: string, redisIndex: number): Promise<ContestantSurroundings> {
    if (!this.stack?.postgres) throw new Error('The arena has no PostgreSQL.');
    const database = `bench_${name.replaceAll('-', '_')}`;
    const client = new Client({ connectionString: this.stack.databaseUrl });
    await client.connect();
    await client.query(`CREATE DATABASE ${database}`);
    await client.end();
    return {
      jwtSecret: this.secrets.tokens,
      databaseUrl: this.stack.postgres.urlOf(database),
      redisUrl: this.stack.redisUrl.replace(/\d+$/, String(redisIndex)),
      logFile: logFile(name),
    };
  }

  /** PostgreSQL's postmaster and Redis: the child processes of this process that use our data folder. */
  private async findDataServers(): Promise<DataServers> {
    const dataDir = this.stack?.dataDir ?? testFolder;
    const children = (await processTable()).filter(
      ({ parentPid, commandLine }) => parentPid === process.pid && commandLine.includes(dataDir),
    );
    const [postgres, redis] = [/\/postgres -D /, /-server /].map((program) =>
      children.filter(({ commandLine }) => program.test(commandLine)).map(({ pid }) => pid),
    );
    return { postgres: postgres ?? [], redis: redis ?? [] };
  }
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

function logFile(name: string): string {
  return join(testFolder, `${name}.log`);
}
