import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { formatCheckpoint, parseCheckpoint } from '../../src/transparency/formats/checkpoint.js';
import {
  COSIGNATURE,
  formatVerifierKey,
  makeSignerKey,
  parseSignerKey,
  type SignerKey,
} from '../../src/transparency/formats/note-key.js';
import {
  cosign,
  formatNote,
  formatSignature,
  parseNote,
  signNote,
  verifyNote,
} from '../../src/transparency/formats/signed-note.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { inProgress } from '../support/log-writers.js';
import { type RunningApp, World } from '../support/world.js';

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

/** A worker, once the log has begun. */
async function startWorker(variables: Readonly<Record<string, string>> = {}): Promise<RunningApp> {
  const worker = await world.start('worker', variables);
  await log.begun();
  return worker;
}

const payouts = (id: string, state: string) =>
  client.operate('patch', `campaigns/${id}/payouts`, { state, reason: 'a test' });

it('tells a campaign from its terms to its end', async () => {
  await startWorker();
  await client.createCampaign({ id: 'told', capacity: 2, waitingCapacity: 2 });
  await payouts('told', 'STOPPED');
  await client.closeWallet(2);
  for (const userId of [1, 2, 3, 4]) await client.claim('told', userId);
  await client.leave('told', 3);
  await client.claim('told', 5);
  await payouts('told', 'RUNNING');
  const leaves = (await log.leavesUpTo('end', 'told')).filter((leaf) => !leaf.startsWith('state'));
  expect(leaves.slice(0, 10)).toEqual([
    ...['terms 2 2', 'epoch 0', 'claim 1 1', 'claim 2 2', 'claim 3 -', 'claim 4 -', 'full 4'],
    ...['left 3', 'claim 5 -', 'full 5'],
  ]);
  // Whoever is paid first; the rest depends on each other.
  expect(leaves.slice(10).filter((leaf) => leaf !== 'paid 1 1')).toEqual([
    ...['failed 2 2 wallet-closed', 'promote 4 2', 'paid 4 2', 'ended 5', 'end 5 2 1 1 1'],
  ]);
  await log.published();
});

it('tells of a pause where it was, of revocations, and of promotions after them', async () => {
  await startWorker();
  await client.createCampaign({ id: 'paused', capacity: 1, waitingCapacity: 1 });
  await payouts('paused', 'STOPPED');
  await client.claim('paused', 1);
  await client.changeCampaign('paused', { state: 'PAUSED' });
  await client.changeCampaign('paused', { state: 'OPEN' });
  await client.claim('paused', 2);
  await client.revoke('paused', 1);
  await payouts('paused', 'RUNNING');
  const leaves = await log.leavesUpTo('end', 'paused');
  expect(leaves).toEqual(
    expect.arrayContaining([
      'claim 1 1',
      'claim 2 -',
      'revoked 1 1',
      'promote 2 1',
      'paid 2 1',
      'end 2 1 1 0 0',
    ]),
  );
  const states = leaves.filter((leaf) => leaf.startsWith('state')).slice(0, 2);
  expect(states).toEqual(['state 2 1', 'state 3 1']);
  expect(leaves.indexOf('claim 2 -')).toBeGreaterThan(leaves.indexOf('state 3 1'));
  await log.published();
});

it('proves nothing of a campaign that had been claimed before the log began', async () => {
  await client.createCampaign({ id: 'older', capacity: 2 });
  await client.claim('older', 1);
  await client.createCampaign({ id: 'fresh', capacity: 2 });
  await startWorker();
  await client.claim('older', 2);
  await client.claim('fresh', 1);
  expect((await log.leavesUpTo('paid', 'fresh'))[0]).toBe('terms 2 0');
  await eventually(async () =>
    expect((await log.leaves()).filter((line) => line.includes(' older '))).toEqual([
      expect.stringMatching(/^v1 unproven older \d+$/),
    ]),
  );
});

it('stops the log of a campaign whose rows contradict its rules, and no other', async () => {
  await startWorker();
  for (const id of ['wronged', 'sound']) await client.createCampaign({ id, capacity: 2 });
  await payouts('wronged', 'STOPPED');
  await client.claim('wronged', 1);
  await log.leavesUpTo('claim', 'wronged');
  await world.rows(`UPDATE user_grants SET status = 'SUCCESS' WHERE campaign_id = 'wronged'`);
  expect(await log.leavesUpTo('stopped', 'wronged')).toEqual([
    ...['terms 2 0', 'epoch 0', 'claim 1 1', 'stopped not-justified'],
  ]);
  await client.claim('sound', 1);
  expect((await log.leavesUpTo('paid', 'sound')).at(-1)).toBe('paid 1 1');
});

it('is written by one of two workers, and goes on with the other', async () => {
  const workers = [await startWorker(), await startWorker()];
  await client.createCampaign({ id: 'shared', capacity: 20 });
  await client.claim('shared', 1);
  await log.leavesUpTo('paid', 'shared');
  expect(workers.map(inProgress).filter(Boolean)).toHaveLength(1);
  const leader = workers.findIndex(inProgress);
  await workers[leader]?.close();
  await client.claim('shared', 2);
  await eventually(async () => expect((await log.leavesUpTo('paid', 'shared')).at(-1)).toBe('paid 2 2'));
  await log.published();
});

it('signs nothing once the database was set back', async () => {
  const worker = await startWorker();
  await client.createCampaign({ id: 'lost', capacity: 3 });
  await client.claim('lost', 1);
  await log.leavesUpTo('paid', 'lost');
  await log.published();
  await Promise.all([worker.close(), api.close()]);
  const { restore } = await world.backUp();
  api = await world.start('api');
  client = new Client(api);
  const later = await world.start('worker');
  await client.claim('lost', 2);
  await eventually(async () =>
    expect((await log.leavesUpTo('paid', 'lost')).filter((leaf) => leaf.startsWith('paid'))).toHaveLength(2),
  );
  const size = await log.published();
  await Promise.all([later.close(), api.close()]);
  await restore();
  const before = await log.leaves();
  expect(before.length).toBeLessThan(size);
  const after = await world.start('worker');
  await eventually(async () => expect(await scraped(after, 'seonchak_proof_set_back')).toBe(1));
  expect(await log.leaves()).toEqual(before);
});

it('publishes what witnesses have cosigned, and goes on without those that are silent', async () => {
  const key = makeSignerKey('witness.example', randomBytes(32), COSIGNATURE);
  const sizes: number[] = [];
  const witness = createServer((request, response) => {
    void text(request).then((asked) => {
      if (request.method === 'GET') return response.writeHead(404).end();
      const note = parseNote(asked.slice(asked.indexOf('\n\n') + 2));
      sizes.push(parseCheckpoint(note.text).size);
      return response.end(formatSignature(cosign(note.text, 1_700_000_000, key)));
    });
  });
  await new Promise<void>((resolve) => witness.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(witness.address() as AddressInfo).port}`;
  const silent = formatVerifierKey(makeSignerKey('silent.example', randomBytes(32), COSIGNATURE));
  await startWorker({
    TRANSPARENCY_WITNESSES: `${formatVerifierKey(key)} ${url}, ${silent} http://127.0.0.1:1`,
    TRANSPARENCY_QUORUM: '1',
  });
  await client.createCampaign({ id: 'seen', capacity: 1 });
  await client.claim('seen', 1);
  await log.leavesUpTo('end', 'seen');
  const size = await log.published();
  expect(sizes).toContain(size);
  const [state] = await world.rows<{ checkpoint: string }>('SELECT checkpoint FROM log_state');
  expect(verifyNote(parseNote(state?.checkpoint ?? ''), [key])).toEqual([{ key, atSeconds: 1_700_000_000 }]);
  expect(await world.rows('SELECT size FROM log_checkpoints')).not.toEqual([]);
  expect(await world.rows('SELECT cosigned_at FROM log_state')).not.toEqual([{ cosigned_at: null }]);
  witness.close();
});

describe('a witness that has cosigned a longer history', () => {
  /** Shows a checkpoint of a tree that we do not have, from some moment on. */
  const startWitness = async (signer: SignerKey, isShown: () => boolean) => {
    const text = formatCheckpoint({ origin: signer.name, size: 1_000_000, root: randomBytes(32) });
    const note = formatNote({ text, signatures: [signNote(text, signer)] });
    const server = createServer(({ method }, response) => {
      if (method === 'POST') response.writeHead(409).end('1000000\n');
      else response.writeHead(isShown() ? 200 : 404).end(note);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const key = formatVerifierKey(makeSignerKey('witness.example', randomBytes(32), COSIGNATURE));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { variables: { TRANSPARENCY_WITNESSES: `${key} ${url}` }, close: () => server.close() };
  };
  const signer = () => parseSignerKey(world.variables.TRANSPARENCY_KEY ?? '');

  it('keeps us from signing another one, if our key signed it', async () => {
    let isShown = true;
    const witness = await startWitness(signer(), () => isShown);
    const worker = await world.start('worker', witness.variables);
    await eventually(async () => expect(await scraped(worker, 'seonchak_proof_set_back')).toBe(1));
    expect(await log.leaves()).toEqual([]);
    isShown = false;
    await log.begun();
    await eventually(async () => expect(await scraped(worker, 'seonchak_proof_set_back')).toBe(0));
    isShown = true;
    await client.createCampaign({ id: 'seen', capacity: 1 });
    await eventually(async () => expect(await scraped(worker, 'seonchak_proof_set_back')).toBe(1));
    witness.close();
  });

  it('is not believed', async () => {
    const stranger = makeSignerKey(signer().name, randomBytes(32));
    const witness = await startWitness(stranger, () => true);
    await startWorker(witness.variables);
    await client.createCampaign({ id: 'seen', capacity: 1 });
    await log.leavesUpTo('epoch', 'seen');
    await log.published();
    witness.close();
  });
});

async function scraped(app: RunningApp, metric: string): Promise<number> {
  const text = (await app.http.get('/metrics')).text;
  return Number(new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)?.[1]);
}
