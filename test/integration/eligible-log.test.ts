import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBase64, toBase64 } from '../../src/transparency/formats/bytes.js';
import { commitToUser } from '../../src/transparency/formats/commitment.js';
import { eligibleRoot } from '../../src/transparency/formats/eligible-list.js';
import { copyLog } from '../../src/transparency/publishing/copy-log.js';
import { forgetCampaignKey } from '../../src/transparency/log/forget-campaign-key.js';
import { logAt } from '../../src/transparency/publishing/http-log-source.js';
import { parseReceipt } from '../../verification/verifier/receipts/receipt.js';
import type { Verdict } from '../../verification/verifier/verdict/verdict.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { readList } from '../support/log-kit/listed-log.js';
import { verifyText } from '../support/log-kit/verify-text.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { expectProblem } from '../support/problem.js';
import { users } from '../support/rush.js';
import { tokenOf } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

const FAR_OFF = '2199-01-01T00:00:00.000Z';
const REASON = { reason: 'everybody is on it' };

let world: World;
let api: RunningApp;
let client: Client;
let log: LogReader;

beforeEach(async () => {
  world = await World.create({ ...logVariables(), FINISH_AFTER_MS: '0' });
  api = await world.start('api');
  client = new Client(api);
  log = new LogReader(world);
});

afterEach(() => world.close());

async function startWorker(): Promise<void> {
  await world.start('worker');
  await log.begun();
}

/** A campaign with a list that has not opened yet. */
async function listed(id: string, userIds: readonly number[], capacity = 5): Promise<void> {
  const terms = { id, capacity, waitingCapacity: 3, eligibility: 'list', opensAt: FAR_OFF } as const;
  expect((await client.createCampaign(terms)).status).toBe(201);
  for (let from = 0; from < userIds.length; from += 1_000)
    expect((await client.addEligible(id, userIds.slice(from, from + 1_000))).status).toBe(200);
}

const freeze = (id: string) => client.operate('post', `campaigns/${id}/eligible/freeze`, REASON);
const open = (id: string) => client.changeCampaign(id, { opensAt: null });

/** Waits for the terms of a campaign. @returns their eligibleRoot */
async function committedRoot(id: string): Promise<string> {
  await log.knows(id);
  const terms = (await log.leaves()).find((line) => line.startsWith(`v1 terms ${id} `)) ?? '';
  return terms.split(' ')[10] ?? '';
}

/** The list as everybody gets it, once it is published. */
async function publishedList(id: string): Promise<string> {
  return eventually(async () => {
    const answer = await api.http.get(`/v1/campaigns/${id}/eligible-commitments`);
    expect(answer.status).toBe(200);
    return answer.text;
  });
}

async function mine(id: string, userId: number) {
  return api.http
    .get(`/v1/campaigns/${id}/eligible/me`)
    .set('Authorization', `Bearer ${await tokenOf(userId)}`);
}

/** What becomes of a person's answer in a check without the list. */
async function judgedAlone(id: string, answer: string): Promise<string | undefined> {
  const proof = await api.http.get(`/v1/campaigns/${id}/proof`);
  return (await verifyText(proof.text, { receipts: [parseReceipt(answer)] })).receipts[0]?.name;
}

async function verdictOn(id: string, receipts: readonly string[] = []): Promise<Verdict> {
  await log.published();
  const proof = await api.http.get(`/v1/campaigns/${id}/proof`);
  return verifyText(proof.text, {
    list: await readList(await publishedList(id)),
    receipts: receipts.map(parseReceipt),
  });
}

describe('a list that an operator freezes', () => {
  it('is committed to by the terms, before the opening, and everybody who claims is on it', async () => {
    await startWorker();
    await listed('drop', users(1, 1_100));
    const { body } = await freeze('drop');
    expect(body).toEqual({ eligibleCount: 1_100, frozenAt: expect.any(String) });
    const root = await committedRoot('drop');
    const [, , ...commitments] = (await publishedList('drop')).trimEnd().split('\n');
    expect(commitments).toHaveLength(1_100);
    expect(toBase64(eligibleRoot(commitments))).toBe(root);

    await open('drop');
    expectProblem(await client.claim('drop', 1_101), 403, 'not-eligible');
    for (const userId of [3, 1, 2]) expect((await client.claim('drop', userId)).status).toBe(202);
    await log.has('drop', ['claim 1 1', 'claim 2 2', 'claim 3 3']);
    const person = await mine('drop', 2);
    const { userId, nonce } = person.body as { userId: string; nonce: string };
    const own = toBase64(commitToUser('drop', userId, fromBase64(nonce, 'nonce')));
    expect(commitments).toContain(own);
    const verdict = await verdictOn('drop', [person.text]);
    expect(verdict).toMatchObject({ conclusion: 'proven', list: { standing: 'committed', people: 1_100 } });
    expect(verdict.receipts).toMatchObject([{ name: 'on-the-list' }]);
    expect(verdict.campaigns[0]?.remarks).toEqual([]);
    expectProblem(await mine('drop', 1_101), 403, 'not-eligible');
    const indexes = [];
    for (const own of [person, await mine('drop', 1), await mine('drop', 1_100)]) {
      const { index, ...rest } = own.body as { index: number; path: unknown };
      indexes.push(index);
      expect(await judgedAlone('drop', own.text)).toBe('on-the-list');
      const moved = JSON.stringify({ ...rest, index: index ^ 1 });
      expect(await judgedAlone('drop', moved)).toBe('path-leads-elsewhere');
    }
    expect(commitments.indexOf(own)).toBe(indexes[0]);
  });

  it('is copied for a static host, beside the leaf that commits to it', async () => {
    await startWorker();
    await listed('copied', users(1, 3));
    await freeze('copied');
    const text = await publishedList('copied');
    const folder = await mkdtemp(join(tmpdir(), 'seonchak-copy-'));
    expect(await copyLog(logAt(new URL(`${api.url}/v1/transparency`)), folder)).toMatchObject({
      ...{ lists: 1, missing: [] },
    });
    expect(await readFile(join(folder, 'eligible/copied'), 'utf8')).toBe(text);
    await rm(folder, { recursive: true });
  });

  it('holds up no other campaign while it is read, however long that takes', async () => {
    await startWorker();
    await listed('long', [1, 2]);
    const holder = await world.pg.connect();
    try {
      await holder.query('BEGIN; LOCK TABLE eligible_commitments IN SHARE MODE'); // whoever keeps a list waits
      await freeze('long');
      await client.changeCampaign('long', { state: 'PAUSED' });
      await client.changeCampaign('long', { state: 'OPEN' });
      await client.createCampaign({ id: 'other', capacity: 1 });
      expect((await client.claim('other', 1)).status).toBe(202);
      await log.has('other', ['claim 1 1', 'paid 1 1']);
      expect((await log.leaves()).some((line) => line.includes(' long '))).toBe(false);
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
    await log.knows('long');
    await open('long');
    expect((await client.claim('long', 2)).status).toBe(202);
    await log.has('long', ['claim 1 1', 'paid 1 1']);
    expect((await log.leaves()).some((line) => line.startsWith('v1 state long 2 PAUSED '))).toBe(true);
    expect(await verdictOn('long')).toMatchObject({ conclusion: 'proven', list: { people: 2 } });
  });

  it('is changed by nobody afterwards, and the act is in the trail once', async () => {
    await listed('final', [1, 2]);
    const { body } = await freeze('final');
    expect((await freeze('final')).body).toEqual(body);
    expectProblem(await client.addEligible('final', [3]), 409, 'illegal-transition');
    expectProblem(await client.operate('delete', 'campaigns/final/eligible/1'), 409, 'illegal-transition');
    const acts = (await client.operate('get', 'admin-acts?campaignId=final')).body as { items: unknown[] };
    expect(acts.items).toMatchObject([
      { act: 'eligible-frozen', reason: REASON.reason, detail: { eligibleCount: 2 } },
      { act: 'eligible-added' },
      { act: 'campaign-created' },
    ]);
  });

  it('is refused without a reason, without a list, and once the campaign has opened or closed', async () => {
    await listed('listed', [1]);
    expectProblem(
      await client.operate('post', 'campaigns/listed/eligible/freeze', {}),
      400,
      'invalid-request',
    );
    await open('listed');
    expectProblem(await freeze('listed'), 409, 'illegal-transition');
    await listed('closed', [1]);
    await client.changeCampaign('closed', { state: 'CLOSED' });
    expectProblem(await freeze('closed'), 409, 'illegal-transition');
    await client.createCampaign({ id: 'all', capacity: 1 });
    expectProblem(await freeze('all'), 409, 'illegal-transition');
    expectProblem(await freeze('nowhere'), 404, 'unknown-campaign');
  });

  it('and what was changed before it is in force from the terms on', async () => {
    await startWorker();
    await listed('changed', [1]);
    const later = '2199-02-01T00:00:00.000Z';
    expect((await client.changeCampaign('changed', { opensAt: later })).status).toBe(200);
    await client.changeCampaign('changed', { state: 'PAUSED' });
    await freeze('changed');
    await log.knows('changed');
    const [terms] = (await log.leaves()).filter((line) => line.startsWith('v1 terms changed '));
    expect(terms?.split(' ')[7]).toBe(String(Date.parse(later)));
    await client.changeCampaign('changed', { state: 'OPEN' });
    await open('changed');
    expect((await client.claim('changed', 1)).status).toBe(202);
    await log.has('changed', ['claim 1 1', 'paid 1 1']);
    const isPause = (line: string) => line.startsWith('v1 state changed 3 PAUSED ');
    expect((await log.leaves()).some(isPause)).toBe(true);
    expect(await verdictOn('changed')).toMatchObject({ conclusion: 'proven' });
  });

  it('before the log began is in its terms, too; one that is open is not there', async () => {
    await listed('early', users(1, 3));
    await listed('late', users(1, 2));
    await freeze('early');
    await startWorker();
    const root = await committedRoot('early');
    expect((await readList(await publishedList('early'))).root).toBe(root);
    expect((await mine('early', 1)).body).toMatchObject({ size: 3, path: expect.any(Array) });
    expect((await log.leaves()).some((line) => line.includes(' late '))).toBe(false);
    await freeze('late');
    expect((await readList(await publishedList('late'))).root).toBe(await committedRoot('late'));
  });
});

describe('a list that nobody freezes', () => {
  it('is committed to before the first claim, and until then nobody is told anything', async () => {
    await startWorker();
    await listed('unfrozen', [1, 2]);
    expectProblem(await mine('unfrozen', 1), 404, 'not-logged');
    expectProblem(await api.http.get('/v1/campaigns/unfrozen/proof'), 404, 'unknown-campaign');
    expectProblem(await api.http.get('/v1/campaigns/unfrozen/eligible-commitments'), 404, 'unknown-campaign');
    await open('unfrozen');
    expect((await client.claim('unfrozen', 1)).status).toBe(202);
    await log.has('unfrozen', ['terms 5 3', 'claim 1 1', 'paid 1 1']);
    expect(await verdictOn('unfrozen')).toMatchObject({ conclusion: 'proven', list: { people: 2 } });
  });

  it('is committed to when the campaign ends without a claim', async () => {
    await startWorker();
    await listed('ended', [1]);
    await client.changeCampaign('ended', { state: 'CLOSED' });
    const leaves = await log.leavesUpTo('end', 'ended');
    expect(leaves[0]).toBe('terms 5 3');
    expect(leaves.at(-1)).toBe('end 0 0 0 0 0');
    expect(await verdictOn('ended')).toMatchObject({ conclusion: 'proven', list: { people: 1 } });
    expect((await mine('ended', 1)).body).toMatchObject({ index: 0, size: 1, path: [] });
    expect(await forgetCampaignKey(world.variables.DATABASE_URL ?? '', 'ended')).toBe('forgotten');
    expectProblem(await mine('ended', 1), 404, 'not-logged');
  });
});

it('a list that was kept by a release without paths is answered without one', async () => {
  await startWorker();
  await listed('old', [1, 2]);
  await freeze('old');
  await log.knows('old');
  await world.rows(`ALTER TABLE eligible_commitments DISABLE TRIGGER eligible_commitments_append_only`);
  await world.rows(`UPDATE eligible_commitments SET first_commitment = NULL, run_roots = NULL, root = NULL`);
  await world.rows(`ALTER TABLE eligible_commitments ENABLE TRIGGER eligible_commitments_append_only`);
  const { status, body } = await mine('old', 1);
  expect(status).toBe(200);
  expect(Object.keys(body as object).sort()).toEqual(['campaignId', 'format', 'nonce', 'userId']);
});

it('a list that was frozen otherwise after the database was set back stops the log of its campaign', async () => {
  await startWorker();
  await listed('set-back', [1, 2]);
  await freeze('set-back');
  await log.knows('set-back');
  // As if the rows had been set back to before it was frozen, and one person came to the list since.
  await world.rows(`ALTER TABLE campaigns DISABLE TRIGGER campaigns_frozen_list_is_final`);
  await world.rows(`UPDATE campaigns SET eligible_frozen_at = NULL WHERE id = 'set-back'`);
  await world.rows(`ALTER TABLE campaigns ENABLE TRIGGER campaigns_frozen_list_is_final`);
  expect((await client.addEligible('set-back', [3])).status).toBe(200);
  await freeze('set-back');
  expect((await log.leavesUpTo('stopped', 'set-back')).at(-1)).toBe('stopped not-justified');
});
