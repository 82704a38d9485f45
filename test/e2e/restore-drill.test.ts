import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reconcile, type Reconciliation } from '../../src/payouts/reconciliation/reconcile.js';
import { copyLog } from '../../src/transparency/publishing/copy-log.js';
import { logAt } from '../../src/transparency/publishing/http-log-source.js';
import type { Restored } from '../../src/transparency/restoring/restore-log.js';
import { restoreLogOfDatabase } from '../../src/transparency/restoring/restore-log-of-database.js';
import { PostgresServer } from '../../tools/stack/servers/postgres-server.js';
import { BankProcess } from '../../verification/bank/bank-process.js';
import { brokenByAudit } from '../support/audited.js';
import { Client } from '../support/client.js';
import { dataFolderOf } from '../support/data-folder.js';
import { eventually } from '../support/eventually.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { ownDataDir } from '../support/own-servers.js';
import { persist, users } from '../support/rush.js';
import { takenBack } from '../support/set-back-log.js';
import { type RunningApp, World } from '../support/world.js';

// The drill of docs/operations.md: Postgres is restored by base backup and archive to a point behind, while Redis, the
// bank and the public log keep what happened later.

const CAMPAIGN = 'drill';
const CAPACITY = 30;
const LINE = 3;
/** Who is in the backup, who is paid after it, and who waits. */
const [KEPT, LOST, WAITING] = [users(1, 20), users(21, 10), users(31, LINE)];

/** Generous: a machine that is busy at night is no failure. */
const PATIENCE_MS = 60_000;

const dataDir = ownDataDir();
const postgres = new PostgresServer({ dataDir, durable: false, archives: true });
let bank: BankProcess;
let world: World;
let log: LogReader;
let instances: RunningApp[] = [];
let client: Client;

async function startService(): Promise<void> {
  instances = [await world.start('api'), await world.start('worker')];
  client = new Client(instances[0]!);
}

async function stopService(): Promise<void> {
  await Promise.all(instances.map((instance) => instance.close()));
}

const claimAll = (userIds: readonly number[]): Promise<unknown> =>
  Promise.all(userIds.map((userId) => persist(client, CAMPAIGN, userId)));

/** How often the bank has moved money to each user, by its own log. */
async function moved(): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const { event, userId } of await bank.readLog())
    if (event === 'settled') times[userId ?? ''] = (times[userId ?? ''] ?? 0) + 1;
  return times;
}

const once = (userIds: readonly number[]): Record<string, number> =>
  Object.fromEntries(userIds.map((userId) => [userId, 1]));

async function settled(): Promise<number> {
  const [row] = await world.rows<{ count: number }>(
    `SELECT count(*)::int FROM payouts WHERE campaign_id = $1 AND state = 'SETTLED'`,
    [CAMPAIGN],
  );
  return row?.count ?? 0;
}

const allSettled = (count: number): Promise<void> =>
  eventually(async () => expect(await settled()).toBe(count), PATIENCE_MS);

/** @returns the report, and the keys that differ */
async function compare(apply: boolean): Promise<Reconciliation & { keys: string[] }> {
  const keys: string[] = [];
  const provider = { url: bank.url, secret: bank.secret };
  const options = { databaseUrl: world.variables.DATABASE_URL ?? '', provider, apply };
  const report = await reconcile(options, CAMPAIGN, ({ idempotencyKey }) => keys.push(idempotencyKey));
  return { ...report, keys };
}

async function copyOfLog(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'seonchak-drill-log-'));
  const size = await log.published();
  await eventually(async () =>
    expect(await copyLog(logAt(new URL(`${instances[0]?.url}/v1/transparency/`)), folder)).toMatchObject({
      size,
    }),
  );
  return folder;
}

/** Leaves of payments after the one that names what was lost. */
async function paidSinceRestore(): Promise<number> {
  const kinds = (await log.leaves()).map((leaf) => leaf.split(' ')[1]);
  return kinds.slice(kinds.lastIndexOf('restored')).filter((kind) => kind === 'paid').length;
}

function restoreLog(copy: string): Promise<Restored> {
  const {
    DATABASE_URL = '',
    TRANSPARENCY_CHECKPOINT_FILE = '',
    TRANSPARENCY_VERIFIER = '',
  } = world.variables;
  return restoreLogOfDatabase({
    ...{
      databaseUrl: DATABASE_URL,
      checkpointFile: TRANSPARENCY_CHECKPOINT_FILE,
      key: TRANSPARENCY_VERIFIER,
    },
    ...{ copy, isMeant: true },
  });
}

beforeAll(async () => {
  await postgres.start();
  // It forgets a key at once: whatever is sent again without a look moves money again.
  bank = await BankProcess.start({
    logFile: join(dataFolderOf('restore-drill'), 'bank.jsonl'),
    keyMemoryMs: 1,
  });
  world = await World.create(
    { ...bank.serviceVariables, ...logVariables(), PAYOUT_HTTP_RATE: '1000', PAYOUT_RETRY_MS: '100' },
    { databaseUrl: postgres.urlOf('postgres') },
  );
  log = new LogReader(world);
});

afterAll(async () => {
  await stopService();
  await world.close();
  await BankProcess.killAll();
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it('a restore to a point behind pays nobody twice, names what was lost, and goes on with one history', async () => {
  await startService();
  await log.begun(); // what was claimed before is unproven
  // With `regrant` the line stays open when all slots are paid.
  const terms = { capacity: CAPACITY, waitingCapacity: LINE, reversalPolicy: 'regrant' } as const;
  await client.createCampaign({ id: CAMPAIGN, ...terms });
  const backup = join(dataDir, 'backup');
  await postgres.backUp(backup);
  await claimAll(KEPT);
  await allSettled(KEPT.length);
  await log.published();
  await postgres.markRestorePoint('drill');

  await claimAll(LOST);
  await claimAll(WAITING);
  await allSettled(CAPACITY);
  await log.has(CAMPAIGN, [`paid ${CAPACITY} ${CAPACITY}`]);
  const copy = await copyOfLog();
  await stopService();
  await postgres.kill();
  await postgres.restore(backup, 'drill');
  expect(await settled()).toBe(KEPT.length);

  await startService();
  const [installation] = await world.rows(`SELECT set_back_at IS NOT NULL AS noticed FROM installation`);
  expect(installation).toEqual({ noticed: true });
  const compared = await compare(true);
  expect(compared.keys.sort()).toEqual(LOST.map((userId) => `grant:${CAMPAIGN}:${userId}`));
  expect(compared.differences).toEqual({ 'unknown-here': LOST.length });

  await claimAll(LOST); // those whom the bank has paid come first
  await claimAll(WAITING);
  expect((await persist(client, CAMPAIGN, 99)).body).toMatchObject({ code: 'sold-out' });
  await allSettled(CAPACITY);
  expect(await moved()).toEqual(once([...KEPT, ...LOST]));
  expect(await compare(true)).toMatchObject({ differences: {}, remaining: 0, undecided: 0 });

  const [first, last] = [KEPT.length + 1, CAPACITY + LINE];
  expect(takenBack(await restoreLog(copy))).toEqual([`${CAMPAIGN} ${first} ${last}`]);
  await eventually(async () => expect(await paidSinceRestore()).toBe(LOST.length), PATIENCE_MS);
  await log.published([`${CAMPAIGN}: broken-promise ${first} - ${last}`]);
  await eventually(async () => expect(await brokenByAudit(world, CAMPAIGN)).toEqual([]));
}, 300_000);
