import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gateKeys } from '../../src/grants/slots/gate-keys.js';
import type { Check } from '../../verification/checker/check-records.js';
import { checkRecords } from '../../verification/checker/check-records.js';
import { checkRun } from '../../verification/checker/check-run.js';
import { parseHistory } from '../../verification/checker/history.js';
import { HistoryRecorder } from '../../verification/checker/history-recorder.js';
import { readBooks } from '../../verification/checker/read-books.js';
import { readGate } from '../../verification/checker/read-gate.js';
import type { Verdict } from '../../verification/checker/verdict.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { users } from '../support/rush.js';
import { World } from '../support/world.js';

const CAMPAIGN = 'checked';

let folder: string;
let history: string;
let world: World;
let client: Client;

/** Ten slots, four places in the line. Two users with closed wallets ask, then 28 at once; then all ask again. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'checked-'));
  history = join(folder, 'history.jsonl');
  world = await World.create();
  client = new Client(await world.start('all'));
  await client.createCampaign({ id: CAMPAIGN, capacity: 10, waitingCapacity: 4 });
  const recorder = new HistoryRecorder(history);
  const claim = (userId: number) =>
    recorder.record(
      { client: `c${userId % 3}`, op: 'claim', campaignId: CAMPAIGN, userId: String(userId) },
      () => client.claim(CAMPAIGN, userId),
    );
  for (const userId of [1, 2]) {
    await recorder.record({ client: 'admin', op: 'close-wallet', campaignId: CAMPAIGN, userId: null }, () =>
      client.closeWallet(userId),
    );
    await claim(userId);
  }
  await Promise.all(users(3, 28).map(claim));
  await eventually(async () => {
    const { body } = await client.stats(CAMPAIGN);
    // At rest only when the line has ended: with ten paid no slot can become free, so the reaper ends it (R9).
    expect(body.postgres).toMatchObject({ pending: 0, success: 10, waiting: 0 });
    expect(body.gate).toMatchObject({ processing: 0, waiting: 0 });
  });
  for (const userId of users(1, 30)) {
    await claim(userId);
    await recorder.record({ client: 'c1', op: 'status', campaignId: CAMPAIGN, userId: String(userId) }, () =>
      client.status(CAMPAIGN, userId),
    );
  }
  recorder.close();
});

afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const servers = () => ({
  databaseUrl: world.variables.DATABASE_URL ?? '',
  redisUrl: world.variables.REDIS_URL ?? '',
});

async function records() {
  return {
    history: parseHistory(readFileSync(history, 'utf8')),
    books: await readBooks(servers().databaseUrl, CAMPAIGN),
    bank: null,
    gate: await readGate(world.redis, CAMPAIGN),
  };
}

const violated = (checks: readonly Check[]) =>
  checks.flatMap(({ name, verdict }) => (verdict === 'violated' ? [name] : []));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** `npm run -s check -- …`, on this world's servers. */
function check(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { PATH, HOME } = process.env;
  const { databaseUrl: DATABASE_URL, redisUrl: REDIS_URL } = servers();
  const child = spawn('npm', ['run', '-s', 'check', '--', '--campaign', CAMPAIGN, ...args], {
    env: { PATH, HOME, DATABASE_URL, REDIS_URL },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const verdictIn = (stdout: string) => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Verdict;

describe('The checker, on a run of the service', () => {
  it('finds every promise kept, and has examined something for each', async () => {
    const verdict = await checkRun({
      ...servers(),
      ...{ campaignId: CAMPAIGN, history, bankLog: undefined, faults: undefined },
    });
    expect(verdict.checks.flatMap(({ violations }) => violations)).toEqual([]);
    expect(verdict).toMatchObject({ valid: true, invalidBecause: [], ok: true });
    for (const promise of ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9'])
      expect(verdict.checks.filter((one) => one.promise === promise && one.verdict === 'held')).not.toEqual(
        [],
      );
    expect(verdict.operations).toMatchObject({
      'claim sold-out': expect.any(Number),
      'claim FAILED': 2,
      'status SUCCESS': 10,
      'close-wallet done': 2,
    });
  });

  it('reads the money from our ledger when the ledger pays', async () => {
    const { books } = await records();
    expect(books.ledger.map(({ entries }) => entries.length).sort()).toEqual([0, 0, ...Array(11).fill(2)]);
    expect(books.ledger.flatMap(({ entries }) => entries).reduce((sum, { amount }) => sum + amount, 0n)).toBe(
      0n,
    );
    expect(books.payouts).toHaveLength(12);
    expect(books.payoutEvents).toEqual([]); // nothing happened to them after they were created with their outcomes
  });

  it.each([
    [
      'a slot that was answered and is not in Postgres',
      ['P2.one-story-per-user', 'P4.told-is-durable'],
      (kept: Awaited<ReturnType<typeof records>>) => {
        const told = kept.history.find(({ op, status }) => op === 'claim' && status === 202)!;
        kept.history.push({ ...told, status: 200, body: { ...told.body, grantSeq: 10 } });
      },
    ],
    [
      'a slot that is still in processing at the gate',
      ['P8.gate-at-rest'],
      (kept: Awaited<ReturnType<typeof records>>) => {
        kept.gate = { ...kept.gate!, processing: [1] };
      },
    ],
    [
      'a "sold out" while slots were left',
      ['P5.later-asker-has-later-number', 'P5.sold-out-was-full'],
      (kept: Awaited<ReturnType<typeof records>>) => {
        const [first] = kept.history.filter(({ op }) => op === 'claim');
        const body = { code: 'sold-out' };
        kept.history.push({ ...first!, userId: '4242', start: first!.start - 1, status: 409, body });
      },
    ],
  ])('detects %s', async (_, statements, corrupt) => {
    const kept = await records();
    expect(violated(checkRecords(kept))).toEqual([]);
    corrupt(kept);
    expect(violated(checkRecords(kept)).sort()).toEqual(statements);
  });

  it('detects what is wrong at the gate itself', async () => {
    const { line } = gateKeys(CAMPAIGN);
    try {
      // Again and again: the reaper, too, notices it and rebuilds the gate, perhaps before it is read here.
      await eventually(async () => {
        await world.redis.zadd(line, 999, '4242');
        expect(violated(checkRecords(await records()))).toEqual(['P8.gate-at-rest']);
      });
    } finally {
      await world.redis.zrem(line, '4242');
    }
  });
});

describe('npm run check', () => {
  it('exits with 0 when all is well, and prints the verdict as one object on the last line', async () => {
    const faults = file('fired.json', '{"planned":{"reset":1},"fired":{"reset":1}}');
    const { code, stdout } = await check('--history', history, '--faults', faults, '--json');
    expect(code).toBe(0);
    expect(verdictIn(stdout)).toMatchObject({
      campaignId: CAMPAIGN,
      valid: true,
      ok: true,
      faults: { fired: { reset: 1 } },
    });
  });

  it('exits with 1 when a promise was broken, and names the record', async () => {
    const [told] = parseHistory(readFileSync(history, 'utf8')).filter(({ status }) => status === 202);
    const other = { ...told, body: { ...told!.body, createdAt: '2020-01-01T00:00:00.000Z' } };
    const broken = file('broken.jsonl', `${readFileSync(history, 'utf8')}${JSON.stringify(other)}\n`);
    const { code, stdout } = await check('--history', broken);
    expect(code).toBe(1);
    expect(stdout).toContain('FAIL P4.told-is-durable');
    expect(stdout).toContain(`user ${told!.userId} was told createdAt 2020-01-01`);
  });

  it.each([
    [
      'a planned fault did not fire',
      () => ['--faults', file('idle.json', '{"planned":{"reset":1},"fired":{}}')],
    ],
    ['the history has no record of this campaign', () => ['--history', file('empty.jsonl', '')]],
  ])('exits with 2 when %s', async (_, args) => {
    const { code, stdout } = await check('--history', history, ...args());
    expect(code).toBe(2);
    expect(stdout).toContain('INVALID');
  });

  it.each([
    ['no history is named', () => []],
    ['the history file does not exist', () => ['--history', join(folder, 'nowhere.jsonl')]],
    ['the file is not a history', () => ['--history', file('odd.jsonl', 'nonsense\n')]],
    ['there is no such campaign', () => ['--history', history, '--campaign', 'nowhere']],
  ])('exits with 2 and a sentence when %s', async (_, args) => {
    const { code, stdout, stderr } = await check(...args());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim()).not.toBe('');
    expect(stderr).not.toMatch(/^\s+at /m); // a sentence, not a stack
  });
});
