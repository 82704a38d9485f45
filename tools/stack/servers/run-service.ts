import { setTimeout as sleep } from 'node:timers/promises';
import { migrateDatabase } from '../database-migration.js';
import { developmentLog } from '../development-log.js';
import { developmentLogin } from '../development-login.js';
import { developmentSecret } from '../development-secret.js';
import { fromEnvironment, loadDotEnv } from '../dot-env.js';
import { dataFolder } from '../project-folders.js';
import { announcedStack, announceStack, waitForStoppingStack, withdrawStack } from '../running-stack.js';
import { StackError } from '../stack-error.js';
import { becomeStackOwner, isRunningTool, resignAsStackOwner } from '../stack-owner.js';
import { StopSignals } from '../stop-signals.js';
import { isPortFree } from './free-port.js';
import { startLocalStack } from './local-stack.js';
import { endAbandonedServices, type ServiceProcess } from './service-process.js';

interface Servers {
  databaseUrl: string;
  redisUrl: string;
  jwtSecret: string | undefined;
  /** Whether this process has started them, and so stops them. */
  areOurs: boolean;
  stop(): Promise<void>;
}

const log = (line: string) => console.log(line);

async function jwtSecretToUse(): Promise<string | undefined> {
  const given = fromEnvironment('JWT_SECRET');
  return given ?? (fromEnvironment('JWT_JWKS_URL') ? undefined : developmentSecret('jwt-secret'));
}

/** The servers of the `npm start` that already runs, once it has announced them; undefined if it ends. */
async function joinServersOf(owner: number, signals: StopSignals): Promise<Servers | undefined> {
  log(`Another "npm start" is running (process ${owner}): using its servers, which end when it ends.`);
  while (!signals.isRequested && (await isRunningTool(owner))) {
    const { databaseUrl, redisUrl, jwtSecret } = await announcedStack();
    if (databaseUrl && redisUrl) {
      return {
        databaseUrl: fromEnvironment('DATABASE_URL') ?? databaseUrl,
        redisUrl: fromEnvironment('REDIS_URL') ?? redisUrl,
        jwtSecret: fromEnvironment('JWT_SECRET') ?? jwtSecret,
        areOurs: false,
        stop: () => Promise.resolve(),
      };
    }
    await sleep(200);
  }
  return undefined;
}

async function startServers(): Promise<Servers> {
  log('Starting PostgreSQL and Redis …');
  try {
    const given = { databaseUrl: fromEnvironment('DATABASE_URL'), redisUrl: fromEnvironment('REDIS_URL') };
    const jwtSecret = await jwtSecretToUse();
    const stack = await startLocalStack({ dataDir: dataFolder, durable: true, log, given });
    const { databaseUrl, redisUrl } = stack;
    return { databaseUrl, redisUrl, jwtSecret, areOurs: true, stop: () => stack.stop() };
  } catch (error) {
    await resignAsStackOwner();
    throw error;
  }
}

/** Our own servers, or those of another `npm start`; undefined when the user has asked for the end before. */
async function bringUpServers(signals: StopSignals): Promise<Servers | undefined> {
  while (!signals.isRequested) {
    const owner = await becomeStackOwner();
    const servers = owner === undefined ? await startServers() : await joinServersOf(owner, signals);
    if (servers) return servers;
  }
  return undefined;
}

/** The address to call: a server that listens on every address is called on the loopback one. */
function serviceUrl(host: string, port: number): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host;
  return `http://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}`;
}

function greet(url: string): void {
  if (fromEnvironment('APP_ROLE') === 'worker') {
    log(`\nThe worker is up; health and metrics: ${url}\nCtrl-C stops it.\n`);
    return;
  }
  log(`
Seonchak listens on ${url}   (API: ${url}/docs)
Pages:                 ${url}/c/default for people, ${url}/console for operators
A token for user 42:   npm run -s token -- 42
A first request:       curl -X POST -H "Authorization: Bearer $(npm run -s token -- 42)" ${url}/v1/campaigns/default/grants
Ctrl-C stops everything.
`);
}

function chosenPort(): number {
  const port = Number(fromEnvironment('PORT') ?? 3000);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new StackError('PORT must be a number from 1 to 65535.');
}

/**
 * Brings up the servers and the service, and waits for the service's end or the user's wish for it; then stops both.
 * Servers of another `npm start` are shared, and left to it.
 * @param launch starts the service with this environment
 * @returns the exit code: 0 when the user has asked for the end, 1 when the service has ended by itself
 */
export async function runService(
  launch: (env: NodeJS.ProcessEnv) => Promise<ServiceProcess>,
): Promise<number> {
  loadDotEnv();
  const signals = new StopSignals();
  const host = fromEnvironment('HOST') ?? '127.0.0.1';
  const port = chosenPort();
  const url = serviceUrl(host, port);
  let servers: Servers | undefined;
  let service: ServiceProcess | undefined;
  try {
    await endAbandonedServices();
    await waitForStoppingStack(log, () => signals.isRequested);
    if (!(await isPortFree(port, host))) {
      throw new StackError(
        `Port ${port} on ${host} is taken: stop what listens there, or choose another, ` +
          `for example PORT=${port + 1} npm start.`,
      );
    }
    servers = await bringUpServers(signals);
    if (!servers || signals.isRequested) return 0;
    const { databaseUrl, redisUrl, jwtSecret } = servers;
    for (const name of await migrateDatabase(databaseUrl)) log(`Migrated: ${name}`);
    if (signals.isRequested) return 0;

    service = await launch({
      ...process.env,
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      ...(jwtSecret ? { JWT_SECRET: jwtSecret } : {}),
      ...(await developmentLogin(host)),
      ...(await developmentLog()),
      APP_ROLE: fromEnvironment('APP_ROLE') ?? 'all',
      HOST: host,
      PORT: String(port),
    });
    const end = Promise.race([signals.requested, service.ended()]);
    if (await Promise.race([end.then(() => false), service.waitUntilReady(url)])) {
      if (servers.areOurs) await announceStack({ pid: process.pid, url, databaseUrl, redisUrl, jwtSecret });
      greet(url);
    }
    const ending = await end;
    if (ending === undefined) {
      log('Stopping …');
      return 0;
    }
    console.error(`The service ${ending}: see what it says above.`);
    return 1;
  } catch (error) {
    // A Ctrl-C also reaches a program that is being waited for, which then fails.
    if (signals.isRequested) return 0;
    throw error;
  } finally {
    if (servers?.areOurs) await announceStack({ pid: process.pid, stopping: true });
    await service?.stop(signals.hastened);
    await servers?.stop();
    if (servers?.areOurs) {
      await withdrawStack();
      await resignAsStackOwner();
    }
    if (service) log('Stopped.');
  }
}
