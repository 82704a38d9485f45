import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equalBytes, fromBase64 } from '../../src/transparency/formats/bytes.js';
import { parseCheckpoint } from '../../src/transparency/formats/checkpoint.js';
import { decodeEntries } from '../../src/transparency/formats/entry-bundle.js';
import { hashLeaf } from '../../src/transparency/formats/merkle-tree.js';
import { parseVerifierKey } from '../../src/transparency/formats/note-key.js';
import { parseNote, verifyNote } from '../../src/transparency/formats/signed-note.js';
import { tilePath } from '../../src/transparency/formats/tile-path.js';
import { TreeEdge } from '../../src/transparency/formats/tree-edge.js';
import { copyLog } from '../../src/transparency/publishing/copy-log.js';
import { logAt } from '../../src/transparency/publishing/http-log-source.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { expectProblem } from '../support/problem.js';
import { NOTHING } from '../support/log-kit/verify-text.js';
import { type RunningApp, World } from '../support/world.js';
import { openSource } from '../../verification/verifier/sources/open-source.js';
import { checkLog } from '../../verification/verifier/verdict/check-log.js';

const BASE = '/v1/transparency';

let world: World;
let app: RunningApp;
let log: LogReader;
let size: number;

beforeAll(async () => {
  world = await World.create({ ...logVariables(), FINISH_AFTER_MS: '0' });
  app = await world.start('all');
  log = new LogReader(world);
  await log.begun();
  await eventually(async () => expect(await log.leaves()).not.toEqual([]));
  const client = new Client(app);
  for (const id of ['first', 'second']) await client.createCampaign({ id, capacity: 100 });
  for (let userId = 1; userId <= 100; userId++)
    for (const id of ['first', 'second']) await client.claim(id, userId);
  for (const id of ['first', 'second']) await log.leavesUpTo('end', id);
  size = await log.published();
});

afterAll(() => world.close());

const bytes = async (path: string): Promise<Buffer> => {
  const answer = await app.http.get(`${BASE}/${path}`).responseType('blob');
  expect({ path, status: answer.status }).toEqual({ path, status: 200 });
  expect(answer.headers['cache-control']).toContain('immutable');
  return answer.body as Buffer;
};

it('publishes a checkpoint that its key verifies, and says when it is still the same', async () => {
  const key = await app.http.get(`${BASE}/key`);
  expect(key.headers['cache-control']).toBe('public, max-age=3600');
  const checkpoint = await app.http.get(`${BASE}/checkpoint`);
  expect(checkpoint.headers['cache-control']).toBe('public, max-age=1');
  const note = parseNote(checkpoint.text);
  expect(verifyNote(note, [parseVerifierKey(key.text.trim())])).toHaveLength(1);
  expect(parseCheckpoint(note.text).size).toBe(size);
  const tag = checkpoint.headers.etag as string;
  expect((await app.http.get(`${BASE}/checkpoint`).set('If-None-Match', tag)).status).toBe(304);
  expect((await app.http.get(`${BASE}/policy`)).text).toBe(`log ${key.text.trim()}\nquorum none\n`);
});

it('publishes tiles and leaves of every width that the checkpoint covers, and nothing beyond', async () => {
  const leaves = await log.leaves();
  for (const width of [1, 100, 256]) {
    const entries = await bytes(tilePath({ level: 'entries', index: 0, width }));
    const lines = decodeEntries(entries, width).map((entry) => Buffer.from(entry).toString());
    expect(lines).toEqual(leaves.slice(0, width));
    const hashes = await bytes(tilePath({ level: 0, index: 0, width }));
    expect(
      hashes.equals(Buffer.concat(leaves.slice(0, width).map((line) => hashLeaf(Buffer.from(line))))),
    ).toBe(true);
  }
  const rest = size % 256;
  const last = Math.floor(size / 256);
  expect(await bytes(tilePath({ level: 0, index: last, width: rest }))).toHaveLength(32 * rest);
  const missing = [
    tilePath({ level: 0, index: last, width: rest + 1 }),
    tilePath({ level: 'entries', index: last + 1, width: 1 }),
    ...['tile/0/0', 'tile/0/000.p/0', 'tile/0/000.p/256', 'tile/x', 'tile/0/000.p/01', 'tile/-1/000'],
  ];
  for (const path of missing) expectProblem(await app.http.get(`${BASE}/${path}`), 404, 'not-found');
});

it.each(['first', 'second'])('proves campaign %s in one file', async (id) => {
  const answer = await app.http.get(`/v1/campaigns/${id}/proof`);
  expect(answer.status).toBe(200);
  const [format, about = '', ...lines] = answer.text.trimEnd().split('\n');
  expect(format).toBe('seonchak-proof/v1');
  const { checkpoints, ...header } = JSON.parse(about) as { checkpoints: string[] };
  expect(header).toMatchObject({ origin: 'test.example/log', campaign: id });
  const edge = new TreeEdge();
  for (const line of lines) {
    const [kind, level = '', hash = ''] = line.split(' ');
    if (kind === 'l') edge.append(hashLeaf(Buffer.from(line.slice(2))));
    else edge.append(fromBase64(hash, 'hash'), Number(level));
  }
  const checkpoint = parseCheckpoint(parseNote(checkpoints.at(-1) ?? '').text);
  expect(edge.size).toBe(checkpoint.size);
  expect(equalBytes(edge.root(), checkpoint.root)).toBe(true);
  const own = (await log.leaves()).filter((leaf) => leaf.split(' ')[2] === id);
  const given = lines.filter((line) => line.startsWith('l ')).map((line) => line.slice(2));
  expect(given.filter((leaf) => leaf.split(' ')[2] === id)).toEqual(own);
  expect(given[0]).toMatch(/^v1 log /);
});

it('is proven by the verifier, by each proof and as a whole', async () => {
  const places = [['/v1/campaigns/first/proof'], ['/v1/campaigns/second/proof'], [BASE, 'first']] as const;
  for (const [path, campaign = null] of places) {
    const verdict = await checkLog(await openSource(`${app.url}${path}`, campaign), NOTHING);
    expect(verdict).toMatchObject({ conclusion: 'proven', notes: ['key-from-the-source', 'no-witnesses'] });
    for (const { counts, violations, remarks } of verdict.campaigns) {
      expect([...violations, ...remarks]).toEqual([]);
      expect(counts).toMatchObject({ arrivals: 100, paid: 100 });
    }
  }
});

it('has no proof of a campaign that it does not know', async () => {
  expectProblem(await app.http.get('/v1/campaigns/nobody/proof'), 404, 'unknown-campaign');
});

it('is copied for a static host, the second time only what is new', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seonchak-copy-'));
  const source = logAt(new URL(`${app.url}${BASE}`));
  expect(await copyLog(source, folder)).toMatchObject({ size, tiles: 5 });
  expect(await copyLog(source, folder)).toEqual({ size, tiles: 0, lists: 0, missing: [] });
  expect(parseCheckpoint(parseNote(await readFile(join(folder, 'checkpoint'), 'utf8')).text).size).toBe(size);
  expect(await readFile(join(folder, 'tile/entries/000'))).toEqual(await bytes('tile/entries/000'));
  await rm(folder, { recursive: true });
});

it('publishes nothing where there is no log', async () => {
  const other = await World.create();
  const { http } = await other.start('api');
  for (const path of ['checkpoint', 'key', 'policy', 'tile/0/000.p/1'])
    expectProblem(await http.get(`${BASE}/${path}`), 404, 'not-found');
  expectProblem(await http.get('/v1/campaigns/default/proof'), 404, 'unknown-campaign');
  await other.close();
});
