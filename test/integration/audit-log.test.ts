import { runAudit } from '../../src/audit/run-audit.js';
import { Client } from '../support/client.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { World } from '../support/world.js';

// The audit of the log of a fair order and of the feed that it reads: each statement, broken in the rows, is found.

const SHOWN: Readonly<Record<string, string>> = {
  slot: `UPDATE user_grants SET grant_seq = 2 WHERE campaign_id = 'slot' AND arrival_no = 1`,
  missing: `DELETE FROM log_leaves WHERE campaign_id = 'missing' AND arrival_no = 2`,
  leaf: `UPDATE log_leaves SET leaf = replace(leaf, ' 1 0 ', ' 1 9 ') WHERE campaign_id = 'leaf' AND leaf LIKE 'v1 epoch %'`,
  outcome: `UPDATE user_grants SET status = 'FAILED' WHERE campaign_id = 'outcome' AND arrival_no = 3`,
  counts: `DELETE FROM waiting_entries WHERE campaign_id = 'counts' AND arrival_no = 4`,
};

const FOUND: Readonly<Record<string, RegExp>> = {
  slot: /^the log has arrival 1 with slot 1, Postgres slot 2$/,
  missing: /^arrival 2 is not in the log$/,
  leaf: /^tile \d+ of the log does not hold the hashes of its leaves$/,
  outcome: /^the log says paid of arrival 3, Postgres FAILED$/,
  counts: /^the log counts 4 1 1 1 1, Postgres 3 1 1 1 0$/,
};

let world: World;
let client: Client;

/** In each campaign 1 is refused, 2 leaves the line, 3 is promoted and paid, and 4 is told the end. */
beforeAll(async () => {
  world = await World.create({ ...logVariables(), FINISH_AFTER_MS: '0' });
  client = new Client(await world.start('api'));
  const worker = await world.start('worker');
  await client.closeWallet(1);
  const log = new LogReader(world);
  await log.begun();
  for (const id of ['whole', ...Object.keys(SHOWN)]) {
    await client.createCampaign({ id, capacity: 1, waitingCapacity: 3, reversalPolicy: 'keep' });
    await client.operate('patch', `campaigns/${id}/payouts`, { state: 'STOPPED', reason: 'a test' });
    for (const userId of [1, 2, 3, 4]) await client.claim(id, userId);
    await client.leave(id, 2);
    await client.operate('patch', `campaigns/${id}/payouts`, { state: 'RUNNING', reason: 'a test' });
  }
  for (const id of ['whole', ...Object.keys(SHOWN)]) await log.leavesUpTo('end', id);
  await log.published();
  await worker.close();
});

afterAll(() => world.close());

async function violations(campaignId: string): Promise<string[]> {
  const { DATABASE_URL = '', REDIS_URL = '' } = world.variables;
  const { checks } = await runAudit({ databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, looks: 1 }, campaignId);
  return checks.flatMap((check) => check.violations);
}

/** Campaigns share the one tile of this log: what is broken in one shows in all. */
const apartFromTiles = (found: readonly string[]): string[] =>
  found.filter((text) => !text.startsWith('tile '));

/** Changes what no trigger would let pass. */
async function corrupt(sql: string): Promise<void> {
  const connection = await world.pg.connect();
  await connection.query(`SET session_replication_role = replica`);
  await connection.query(sql).finally(async () => {
    await connection.query('RESET session_replication_role');
    connection.release();
  });
}

it('finds nothing in a log that is whole, and has examined all of it', async () => {
  const { DATABASE_URL = '', REDIS_URL = '' } = world.variables;
  const { checks } = await runAudit({ databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, looks: 1 }, 'whole');
  expect(checks.flatMap((check) => check.violations)).toEqual([]);
  const about = checks.filter(({ statement }) => /\blog\b|reader/.test(statement));
  expect(about).toHaveLength(7);
  for (const { statement, examined } of about) expect([statement, examined > 0]).toEqual([statement, true]);
});

it.each(Object.entries(SHOWN))('finds what contradicts the log: %s', async (id, sql) => {
  expect(apartFromTiles(await violations(id))).toEqual([]);
  await corrupt(sql);
  expect(await violations(id)).toContainEqual(expect.stringMatching(FOUND[id] ?? /never/));
});

it('finds a change that the rows do not bear out', async () => {
  await corrupt(`
    INSERT INTO changes (campaign_id, kind, arrival_nos) VALUES ('whole', 'paid', '{1,3}'), ('whole', 'left', '{2,4}')`);
  expect(apartFromTiles(await violations('whole'))).toEqual([
    'a change says paid of arrival 1, Postgres does not',
    'a change says left of arrival 4, Postgres does not',
  ]);
  await corrupt(`DELETE FROM changes`);
});

it('finds a log that is shorter than it says, and a reader from another server', async () => {
  await corrupt(`
    UPDATE log_state SET size = size + 1;
    UPDATE change_readers SET xid = '9000000000000000000'`);
  const found = await violations('whole');
  expect(found).toContainEqual(expect.stringMatching(/^the log says \d+ leaves, its last one is \d+$/));
  expect(found).toContainEqual(
    expect.stringMatching(/^the reader log has read up to transaction 9000000000000000000/),
  );
});
