import { Client } from 'pg';
import { runMigrations } from '../../src/platform/postgres/migrate.js';
import { restoreOlderDatabase } from '../../verification/chaos/nemesis/set-back-faults.js';
import { OwnServers } from '../support/own-servers.js';

const servers = new OwnServers();

beforeAll(async () => {
  await servers.start();
  await runMigrations(servers.postgres.url);
});

afterAll(() => servers.remove());

/** Does what every instance of the service does once a second, until stopped. */
async function raiseRounds(): Promise<{ stop: () => Promise<void> }> {
  const client = new Client({ connectionString: servers.postgres.url });
  client.on('error', () => undefined); // the server is killed meanwhile
  await client.connect();
  let isStopped = false;
  const raising = (async () => {
    while (!isStopped) {
      await client.query('UPDATE installation SET round = round + 1');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })().catch(() => undefined);
  return {
    stop: async () => {
      isStopped = true;
      await raising;
      await client.end();
    },
  };
}

it('a database in which nobody comes any more is set back all the same, and loses rounds', async () => {
  const rounds = await raiseRounds();
  const { effect } = await restoreOlderDatabase(
    { postgres: servers.postgres, startAgain: (server) => server.start() },
    500,
  );
  await rounds.stop();
  expect(effect).toBeGreaterThan(0);
}, 120_000);
