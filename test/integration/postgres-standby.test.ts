import { rm } from 'node:fs/promises';
import pg from 'pg';
import { PostgresServer } from '../../tools/stack/servers/postgres-server.js';
import { ownDataDir } from '../support/own-servers.js';

const folders = [ownDataDir(), ownDataDir()] as const;
const primary = new PostgresServer({ dataDir: folders[0], durable: false });
const standby = new PostgresServer({ dataDir: folders[1], durable: false, standbyOf: primary });

async function ask(server: PostgresServer, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

afterAll(async () => {
  await Promise.all([primary.stop(), standby.stop()]);
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

test('a standby has what was committed with it, refuses writes, and is a primary once promoted', async () => {
  await primary.start();
  await ask(primary, 'CREATE TABLE seen AS SELECT 1 AS n');
  await standby.start();
  await primary.commitOnlyWithStandby();
  await ask(primary, 'INSERT INTO seen VALUES (2)');
  await expect(ask(standby, 'INSERT INTO seen VALUES (3)')).rejects.toMatchObject({ code: '25006' });

  await primary.kill();
  await standby.promote();
  await ask(standby, 'INSERT INTO seen VALUES (3)');
  expect(await ask(standby, 'SELECT n FROM seen ORDER BY n')).toEqual([[1], [2], [3]]);
});
