import { setTimeout as sleep } from 'node:timers/promises';
import { parseCheckpoint } from '../../src/transparency/formats/checkpoint.js';
import { commitToUser } from '../../src/transparency/formats/commitment.js';
import { hashLeaf, verifyInclusion } from '../../src/transparency/formats/merkle-tree.js';
import { parseVerifierKey } from '../../src/transparency/formats/note-key.js';
import { parseNote, verifyNote } from '../../src/transparency/formats/signed-note.js';
import { parseTlogProof } from '../../src/transparency/formats/tlog-proof.js';
import { makeLogKeys } from '../../src/transparency/log/new-keys.js';
import { tokenOf } from '../support/tokens.js';
import { eventually } from '../support/eventually.js';
import { Client } from '../support/client.js';
import { expectProblem } from '../support/problem.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { NOTHING } from '../support/log-kit/verify-text.js';
import { type RunningApp, World } from '../support/world.js';
import { parseReceipt } from '../../verification/verifier/receipts/receipt.js';
import { openSource } from '../../verification/verifier/sources/open-source.js';
import { checkLog } from '../../verification/verifier/verdict/check-log.js';

/** For longer an answer about the log is not used again. */
const KEPT_MS = 1_100;

let world: World;
let api: RunningApp;
let client: Client;
let log: LogReader;

beforeAll(async () => {
  world = await World.create(logVariables());
  api = await world.start('all');
  client = new Client(api);
  log = new LogReader(world);
  await log.begun();
});

afterAll(() => world.close());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly receipt?: string; readonly arrivalNo: number };
}

/** Claims, and asks for a receipt. */
async function claim(campaignId: string, userId: number, prefer = 'receipt'): Promise<Answer> {
  return await api.http
    .post(`/v1/campaigns/${campaignId}/grants`)
    .set('Authorization', `Bearer ${await tokenOf(userId)}`)
    .set('Prefer', prefer);
}

/** Claims again until there is a receipt: none is given before the log knows the campaign. */
const receiptOf = (campaignId: string, userId: number): Promise<string> =>
  eventually(async () => {
    const { receipt } = (await claim(campaignId, userId)).body;
    expect(receipt).toBeDefined();
    return receipt ?? '';
  });

const key = () => parseVerifierKey(world.variables.TRANSPARENCY_RECEIPT_VERIFIER ?? '');

/** The promised line, as a claimant checks it. */
function promised(receipt: string): { leaf: string; userId: string; nonce: string } {
  const { extra, index, hashes, checkpoint } = parseTlogProof(receipt);
  const note = parseNote(checkpoint);
  expect(verifyNote(note, [key()])).toHaveLength(1);
  const { size, root } = parseCheckpoint(note.text);
  const opened = JSON.parse(Buffer.from(extra ?? []).toString()) as ReturnType<typeof promised>;
  expect(verifyInclusion(hashes, size, root, index, hashLeaf(Buffer.from(opened.leaf)))).toBe(true);
  return opened;
}

it('promise what the log then says, word for word', async () => {
  await client.createCampaign({ id: 'promised', capacity: 2, waitingCapacity: 1 });
  await client.operate('patch', 'campaigns/promised/payouts', { state: 'STOPPED', reason: 'a test' }); // else its line ends
  for (const userId of [11, 12, 13]) {
    const { leaf, userId: named, nonce } = promised(await receiptOf('promised', userId));
    const [version, kind, campaign, epoch, arrivalNo, createdAt, who] = leaf.split(' ');
    expect([version, kind, campaign, named]).toEqual(['v1', 'promise', 'promised', String(userId)]);
    const opened = commitToUser('promised', String(userId), Buffer.from(nonce, 'base64'));
    expect(Buffer.from(opened).toString('base64')).toBe(who);
    await eventually(async () =>
      expect(
        (await log.leaves()).filter((line) =>
          new RegExp(`^v1 claim promised ${epoch} ${arrivalNo} ${createdAt} \\S+ `).test(line),
        ),
      ).toEqual([expect.stringContaining(` ${who}`)]),
    );
  }
});

it('name the epoch in which the number was given, also after a rebuild', async () => {
  const before = promised(await receiptOf('promised', 11)).leaf;
  await world.redis.flushdb();
  expect(promised(await receiptOf('promised', 11)).leaf).toBe(before);
  await client.createCampaign({ id: 'rebuilt', capacity: 9, waitingCapacity: 0 });
  await receiptOf('rebuilt', 21);
  await world.redis.flushdb();
  expect(promised(await receiptOf('rebuilt', 22)).leaf).toMatch(/^v1 promise rebuilt 2 2 /);
  expect(promised(await receiptOf('rebuilt', 21)).leaf).toMatch(/^v1 promise rebuilt 1 1 /);
});

it('are the same bytes for all who hear "sold out"', async () => {
  const [one, other] = [await claim('promised', 14), await claim('promised', 15)];
  expect([one.status, other.status]).toEqual([409, 409]);
  expect(one.headers['preference-applied']).toBe('receipt');
  expect(other.body.receipt).toBe(one.body.receipt);
  const note = parseNote(one.body.receipt ?? '');
  expect(verifyNote(note, [key()])).toHaveLength(1);
  expect(note.text).toMatch(/^test\.example\/log\/sold-out\nv1 sold-out promised \d+ 3 \d{13} \d+\n$/);
});

it('are found in the proof by the verifier', async () => {
  const promises = await Promise.all([11, 12, 13].map((userId) => receiptOf('promised', userId)));
  const soldOut = (await claim('promised', 14)).body.receipt ?? '';
  const receipts = [...promises, soldOut].map(parseReceipt);
  await eventually(async () => {
    const source = await openSource(`${api.url}/v1/campaigns/promised/proof`, null);
    const verdict = await checkLog(source, { ...NOTHING, receipts });
    expect(verdict.conclusion).toBe('proven');
    expect(verdict.receipts.map(({ name, status }) => [name, status])).toEqual([
      ['in-the-log', 'holding'],
      ['in-the-log', 'holding'],
      ['in-the-log', 'waiting'],
      ['sold-out-agrees', null],
    ]);
  });
});

/** The proof that the log holds the claim of this user, as the api answers. */
const proofOf = async (campaignId: string, userId: number) =>
  await api.http
    .get(`/v1/campaigns/${campaignId}/grants/me/proof`)
    .set('Authorization', `Bearer ${await tokenOf(userId)}`);

/** The receipt, once it names this many leaves. */
const inclusionOf = (campaignId: string, userId: number, leaves: number): Promise<string> =>
  eventually(async () => {
    const answer = await proofOf(campaignId, userId);
    expect({ status: answer.status, code: (answer.body as { code?: string }).code }).toEqual({ status: 200 });
    expect((answer.body as { proofs: unknown[] }).proofs).toHaveLength(leaves);
    expect(answer.headers['cache-control']).toBe('no-store');
    return answer.text;
  });

it('are given later for each leaf: the claim, the promotion and the payment', async () => {
  await client.createCampaign({ id: 'later', capacity: 1, waitingCapacity: 2, amount: 7 });
  await client.closeWallet(41);
  await client.operate('patch', 'campaigns/later/payouts', { state: 'STOPPED', reason: 'a test' });
  for (const userId of [41, 42, 43]) await client.claim('later', userId);
  await client.operate('patch', 'campaigns/later/payouts', { state: 'RUNNING', reason: 'a test' });
  const kindsOf = async (userId: number, leaves: number) => {
    const text = await inclusionOf('later', userId, leaves);
    const { proofs, userId: named } = JSON.parse(text) as { proofs: { leaf: string }[]; userId: string };
    expect(named).toBe(String(userId));
    return { text, kinds: proofs.map(({ leaf }) => leaf.split(' ')[1]) };
  };
  const failed = await kindsOf(41, 2);
  const promoted = await kindsOf(42, 3);
  expect([failed.kinds, promoted.kinds]).toEqual([
    ['claim', 'failed'],
    ['claim', 'promote', 'paid'],
  ]);
  const receipts = [failed, promoted].map(({ text }) => parseReceipt(text));
  const verdict = await checkLog(await openSource(`${api.url}/v1/campaigns/later/proof`, null), {
    ...NOTHING,
    receipts,
  });
  expect(verdict.receipts.map(({ name, status }) => [name, status])).toEqual([
    ['in-the-log', 'failed'],
    ['in-the-log', 'paid'],
  ]);
});

it('are not given later to whoever has no claim, nor for what the log does not hold', async () => {
  expectProblem(await proofOf('later', 49), 404, 'no-claim');
  await world.rows(`DELETE FROM campaign_log_keys WHERE campaign_id = 'later'`);
  const forgotten = await proofOf('later', 42);
  expectProblem(forgotten, 404, 'not-logged');
  expect(forgotten.headers['retry-after']).toBeUndefined();
  expect((await api.http.get('/v1/campaigns/later/grants/me/proof')).status).toBe(401);
});

it('are not given later where there is no log; and only once a claim is published', async () => {
  const other = await World.create();
  const without = await other.start('api');
  const ask = async ({ http }: RunningApp) =>
    await http
      .get('/v1/campaigns/default/grants/me/proof')
      .set('Authorization', `Bearer ${await tokenOf(1)}`);
  await new Client(without).claim('default', 1);
  const never = await ask(without);
  expectProblem(never, 404, 'not-logged');
  expect(never.headers['retry-after']).toBeUndefined();
  await without.close();
  const unwritten = await other.start('api', logVariables());
  const later = await ask(unwritten);
  expectProblem(later, 404, 'not-logged');
  expect(Number(later.headers['retry-after'])).toBeGreaterThan(0);
  await other.close();
});

it('are not given by a key that the log does not name: nobody could check them', async () => {
  const { TRANSPARENCY_RECEIPT_KEY, TRANSPARENCY_RECEIPT_VERIFIER } = makeLogKeys('test.example/log');
  const other = await world.start('api', { TRANSPARENCY_RECEIPT_KEY, TRANSPARENCY_RECEIPT_VERIFIER });
  for (const userId of [11, 17]) {
    const answer = await other.http
      .post('/v1/campaigns/promised/grants')
      .set('Authorization', `Bearer ${await tokenOf(userId)}`)
      .set('Prefer', 'receipt');
    expect((answer.body as { receipt?: string }).receipt).toBeUndefined();
  }
  await other.close();
});

it('are given to nobody who does not ask', async () => {
  for (const userId of [11, 16]) {
    const { body, headers } = await claim('promised', userId, 'respond-async');
    expect(body.receipt).toBeUndefined();
    expect(headers['preference-applied']).toBeUndefined();
  }
});

it('are not given while the log does not publish what is claimed', async () => {
  await client.createCampaign({ id: 'unlogged', capacity: 9, waitingCapacity: 0 });
  await receiptOf('unlogged', 31);
  await world.rows(
    `UPDATE log_campaigns SET standing = 'stopped', last_index = first_index WHERE campaign_id = 'unlogged'`,
  );
  await eventually(async () => expect((await claim('unlogged', 31)).body.receipt).toBeUndefined());
  expect((await claim('unlogged', 32)).status).toBe(202); // the claim itself is answered as ever
});

it('are not given while the log is late, also with numbers that it had said and took back', async () => {
  const other = await World.create(logVariables());
  const writer = await other.start('worker');
  const late = await other.start('api');
  const operator = new Client(late);
  const leaves = new LogReader(other);
  await leaves.begun();
  await operator.createCampaign({ id: 'late', capacity: 3, waitingCapacity: 9 });
  await leaves.has('late', []);
  const ask = async (userId: number) => {
    const answer = await late.http
      .post('/v1/campaigns/late/grants')
      .set('Authorization', `Bearer ${await tokenOf(userId)}`)
      .set('Prefer', 'receipt');
    return (answer.body as { receipt?: string }).receipt;
  };
  for (const userId of [1, 2]) await operator.claim('late', userId);
  await leaves.has('late', ['claim 1 1', 'claim 2 2']);
  await leaves.published();
  await writer.close();
  // Numbers 2 to 5 were taken back, and 2 and 3 are given again; all that is published.
  await other.rows(`
    INSERT INTO log_leaves (log_index, campaign_id, arrival_no, leaf)
    SELECT size + place - 1, 'late', CASE WHEN place < 5 THEN place + 1 END,
           CASE WHEN place < 5 THEN format('v1 claim late 1 %s 1 - -', place + 1) ELSE 'v1 restored late 2 5 1' END
      FROM log_state, generate_series(1, 5) AS place`);
  await other.rows(`
    INSERT INTO log_leaves (log_index, campaign_id, arrival_no, leaf)
    SELECT size + 5, 'late', 2, 'v1 claim late 1 2 1 - -' FROM log_state`);
  await other.rows(`UPDATE log_state SET size = size + 6, checkpoint_size = size + 6`);
  expect(await ask(3)).toBeDefined();

  // R27: a step of the gate's clock is no lateness, and hides none.
  expect(await ask(4)).toBeDefined(); // waits
  const set = (table: string, column: string, hours: number) =>
    other.rows(
      `UPDATE ${table} SET ${column} = now() + ${hours} * interval '1 hour' WHERE campaign_id = 'late' AND arrival_no >= 3`,
    );
  for (const table of ['user_grants', 'waiting_entries'])
    await other.rows(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  for (const hours of [-1, 1]) {
    await set('user_grants', 'created_at', hours);
    await set('waiting_entries', 'created_at', hours);
    await sleep(KEPT_MS);
    expect(await ask(3)).toBeDefined();
  }
  for (const [table, column] of [
    ['user_grants', 'updated_at'],
    ['waiting_entries', 'recorded_at'],
  ] as const)
    for (const hours of [-1, 1]) {
      await set(table, column, hours); // 1: recorded before Postgres' clock was set back
      await sleep(KEPT_MS);
      expect(await ask(3)).toBeUndefined();
      await set(table, column, 0);
      await sleep(KEPT_MS);
      expect(await ask(3)).toBeDefined();
    }
  await other.close();
});
