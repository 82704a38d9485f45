import { OwnServers } from '../support/own-servers.js';
import { eventually } from '../support/eventually.js';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { ServiceProcess } from '../support/service-process.js';
import { World } from '../support/world.js';

const servers = new OwnServers(); // without fsync, as usual in tests
let world: World;

beforeAll(async () => {
  await servers.start();
  world = await World.create(
    { LOG_LEVEL: 'info', APP_ROLE: 'api' },
    { databaseUrl: servers.postgres.urlOf('postgres'), redisUrl: servers.redis.url },
  );
});

afterEach(() => ServiceProcess.killAll());

afterAll(async () => {
  await world.close();
  await servers.remove();
});

const spawn = (variables: Readonly<Record<string, string>>): ServiceProcess =>
  ServiceProcess.spawn({ ...world.variables, ...variables });

const password = (): string => new URL(world.variables.DATABASE_URL ?? '').password;

it('logs why it cannot connect, and no secret', async () => {
  const url = new URL(world.variables.DATABASE_URL ?? '');
  url.port = String(await findFreePort());
  const nobodyThere = spawn({ DATABASE_URL: url.href });
  await eventually(() => expect(nobodyThere.stdout).toContain('"code":"ECONNREFUSED"'));
  expect(nobodyThere.stdout).toContain(`connect ECONNREFUSED 127.0.0.1:${url.port}`);

  const noSuchDatabase = new URL(world.variables.DATABASE_URL ?? '');
  noSuchDatabase.pathname = '/nowhere';
  const wrong = spawn({ DATABASE_URL: noSuchDatabase.href });
  await eventually(() => expect(wrong.stdout).toContain('"code":"3D000"'));
  expect(`${nobodyThere.stdout}${wrong.stdout}`).not.toContain(password());
});

it('waits for a server that takes writes', async () => {
  const database = new URL(world.variables.DATABASE_URL ?? '').pathname.slice(1);
  await world.rows(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
  const service = spawn({});
  try {
    await eventually(() => expect(service.stdout).toContain('the server is read-only'));
  } finally {
    await world.rows(
      `BEGIN READ WRITE; ALTER DATABASE ${database} RESET default_transaction_read_only; COMMIT`,
    );
  }
  await eventually(() => expect(service.stdout).toContain('"Listening"'));
});

it('P4: starts without fsync for development with a warning, and never in production', async () => {
  const refused = spawn({ NODE_ENV: 'production' });
  expect(await refused.ended).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain('fsync = off');

  const development = spawn({ NODE_ENV: 'development' });
  await eventually(() => expect(development.stdout).toContain('"Listening"'));
  expect(development.stdout).toContain('fsync = off');
});

it('P4: turns synchronous_commit on for itself where it is off, and says so', async () => {
  const database = new URL(world.variables.DATABASE_URL ?? '').pathname.slice(1);
  await world.rows(`ALTER DATABASE ${database} SET synchronous_commit = off`);
  try {
    const service = spawn({});
    await eventually(() => expect(service.stdout).toContain('synchronous_commit = off'));
    await eventually(() => expect(service.stdout).toContain('"Listening"'));
  } finally {
    await world.rows(`ALTER DATABASE ${database} RESET synchronous_commit`);
  }
});
