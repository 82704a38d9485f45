import fc from 'fast-check';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatAddCheckpoint } from '../../src/transparency/formats/add-checkpoint.js';
import {
  consistencyProof,
  type HashReader,
  inclusionProof,
} from '../../src/transparency/formats/merkle-tree.js';
import { readHashesFromTiles } from '../../src/transparency/formats/tile-hash-reader.js';
import { tilePath } from '../../src/transparency/formats/tile-path.js';
import { formatTlogProof } from '../../src/transparency/formats/tlog-proof.js';
import { copyLog } from '../../src/transparency/publishing/copy-log.js';
import { logAt } from '../../src/transparency/publishing/http-log-source.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { type RecordingWitness, startRecordingWitness } from '../support/recording-witness.js';
import { SecondOpinion } from '../support/second-opinion.js';
import { TimeStampAuthority } from '../support/time-stamp-authority.js';
import { tokenOf } from '../support/tokens.js';
import { type RunningApp, World } from '../support/world.js';

/** Its claims and payments alone fill a tile, and more. */
const CAPACITY = 140;
/** At each place of a proof of two tiles; the shapes of proofs repeat. */
const FLIPS = { numRuns: 40 };

let go: SecondOpinion;
let witness: RecordingWitness;
let authority: TimeStampAuthority;
let world: World;
let app: RunningApp;
let log: LogReader;
let size: number;
let folder: string;

const saved = (name: string): string => join(folder, name);
const published = (): string => saved('log');

beforeAll(async () => {
  go = await SecondOpinion.build();
  folder = await mkdtemp(join(tmpdir(), 'seonchak-second-'));
  const variables = logVariables();
  authority = await TimeStampAuthority.open('An Authority');
  witness = await startRecordingWitness(variables.TRANSPARENCY_VERIFIER ?? '');
  world = await World.create({
    ...{ ...variables, FINISH_AFTER_MS: '0' },
    ...{ TRANSPARENCY_WITNESSES: witness.variable, TRANSPARENCY_QUORUM: '1' },
    TRANSPARENCY_STAMP_URLS: authority.url,
  });
  app = await world.start('all');
  log = new LogReader(world);
  await log.begun();
  await eventually(async () => expect(await log.leaves()).not.toEqual([]));
  const client = new Client(app);
  await runMixed(client);
  await client.createCampaign({ id: 'tiled', capacity: CAPACITY });
  for (let userId = 1; userId <= CAPACITY; userId++) {
    await eventually(() => claim('tiled', userId)); // a busy machine answers 503, which may be repeated
    if (userId % 35 === 0) await copy();
  }
  for (const id of ['mixed', 'tiled']) await log.leavesUpTo('end', id);
  await copy();
  for (const id of ['mixed', 'tiled'])
    await writeFile(saved(`${id}.proof`), (await app.http.get(`/v1/campaigns/${id}/proof`)).text);
  for (let userId = 1; userId <= 8; userId++) await keepReceipts(userId);
}, 480_000);

afterAll(async () => {
  await world.close();
  await witness.close();
  await authority.close();
  await rm(folder, { recursive: true });
});

/** Somebody leaves the line, a grant is revoked, the gate is lost, and claims pause. */
async function runMixed(client: Client): Promise<void> {
  const id = 'mixed';
  const payouts = (state: string) =>
    client.operate('patch', `campaigns/${id}/payouts`, { state, reason: 'a test' });
  await client.createCampaign({ id, capacity: 4, waitingCapacity: 3 });
  await payouts('STOPPED');
  for (let userId = 1; userId <= 7; userId++) await eventually(() => claim(id, userId));
  await client.leave(id, 6);
  await client.revoke(id, 2);
  await world.redis.flushdb();
  await client.changeCampaign(id, { state: 'PAUSED' });
  await client.changeCampaign(id, { state: 'OPEN' });
  await eventually(() => claim(id, 8));
  await payouts('RUNNING');
}

/** Claims, and keeps the receipt if there is one. */
async function claim(id: string, userId: number): Promise<void> {
  const answer = await app.http
    .post(`/v1/campaigns/${id}/grants`)
    .set('Authorization', `Bearer ${await tokenOf(userId)}`)
    .set('Prefer', 'receipt');
  expect([200, 202]).toContain(answer.status);
  const { receipt } = answer.body as { receipt?: string };
  if (receipt !== undefined) await writeFile(saved(`${id}-${userId}.promise`), receipt);
}

/** Keeps what the log says of somebody in both campaigns. */
async function keepReceipts(userId: number): Promise<void> {
  for (const id of ['mixed', 'tiled']) {
    const answer = await app.http
      .get(`/v1/campaigns/${id}/grants/me/proof`)
      .set('Authorization', `Bearer ${await tokenOf(userId)}`);
    expect(answer.status).toBe(200);
    await writeFile(saved(`${id}-${userId}.receipt`), answer.text);
  }
}

/** Copies all that there is: later copies keep the partial tiles of earlier ones. */
async function copy(): Promise<void> {
  size = await log.published();
  await eventually(async () => {
    const copied = await copyLog(logAt(new URL(`${app.url}/v1/transparency`)), published());
    expect(copied.size).toBe(size); // an api remembers the checkpoint for a second
  });
}

async function files(ending: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return found.filter((path) => path.endsWith(ending) || path.includes(ending)).sort();
}

/** Writes texts into files. @returns their paths */
async function kept(ending: string, texts: readonly string[]): Promise<string[]> {
  const paths = texts.map((_, n) => saved(`${n}.${ending}`));
  await Promise.all(texts.map((text, n) => writeFile(paths[n] ?? '', text)));
  return paths;
}

/** Reads hashes as our own code does, from the published tiles, each of which is read once. */
function hashes(): HashReader {
  const read = new Map<string, Promise<Buffer>>();
  return readHashesFromTiles((tiles) => {
    const found = tiles.map((tile) => {
      const path = tilePath(tile);
      const bytes = read.get(path) ?? readFile(join(published(), path));
      read.set(path, bytes);
      return bytes;
    });
    return Promise.all(found);
  }, size);
}

/** The proof of each leaf against the last checkpoint. */
async function inclusionProofs(): Promise<string[]> {
  const checkpoint = await readFile(join(published(), 'checkpoint'), 'utf8');
  const read = hashes();
  const proofs: string[] = [];
  for (let index = 0; index < size; index++) {
    const path = await inclusionProof(read, size, index);
    proofs.push(formatTlogProof({ extra: null, index, hashes: path, checkpoint }));
  }
  return proofs;
}

/** That the last checkpoint continues the tree of each size. */
async function consistencyProofs(): Promise<string[]> {
  const checkpoint = await readFile(join(published(), 'checkpoint'), 'utf8');
  const read = hashes();
  const proofs: string[] = [];
  for (let oldSize = 0; oldSize <= size; oldSize++) {
    const proof = await consistencyProof(read, oldSize, size);
    proofs.push(formatAddCheckpoint({ oldSize, proof, checkpoint }));
  }
  return proofs;
}

it('agrees with the published log, and with each tile of it', async () => {
  expect(size).toBeGreaterThan(256);
  const { code, said } = await go.ask(published());
  const tiles = (await files(join('log', 'tile'))).length;
  expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining(` ${tiles} tiles`) as string });
  expect(said).toContain(`tiled: ${CAPACITY} slots, ${CAPACITY} came, ${CAPACITY} paid`);
  expect(said).toMatch(/mixed: 4 slots, \d came, 4 paid, 1 failed, 1 left/);
});

it('reads the proof of a campaign that was stamped behind its end', async () => {
  const [, head = ''] = (await readFile(saved('mixed.proof'), 'utf8')).split('\n');
  const { stamps } = JSON.parse(head) as { stamps: readonly { readonly size: number }[] };
  const [known] = await world.rows<{ last: number }>(
    `SELECT last_index::float8 AS last FROM log_campaigns WHERE campaign_id = 'mixed'`,
  );
  expect(stamps.at(-1)?.size).toBeGreaterThan(known?.last ?? Infinity);
  expect(await go.ask(saved('mixed.proof'))).toMatchObject({ code: 0 });
});

it('agrees with the proof of each campaign, and with every promise', async () => {
  const promises = await files('.promise');
  expect(promises.length).toBeGreaterThan(CAPACITY / 10); // none is given while the log is late: a busy machine
  for (const id of ['mixed', 'tiled']) {
    const own = promises.filter((path) => path.includes(`${id}-`));
    expect(await go.ask(saved(`${id}.proof`), ...own)).toMatchObject({ code: 0 });
  }
  expect(await go.ask(published(), ...promises)).toMatchObject({ code: 0 });
});

it('agrees with the receipts, and with none of them that is told of another person', async () => {
  const receipts = await files('.receipt');
  expect(receipts).toHaveLength(16);
  expect(await go.ask(published(), ...receipts)).toMatchObject({ code: 0 });
  for (const id of ['mixed', 'tiled'])
    expect(
      await go.ask(saved(`${id}.proof`), ...receipts.filter((path) => path.includes(`${id}-`))),
    ).toMatchObject({ code: 0 });
  const own = JSON.parse(await readFile(saved('mixed-3.receipt'), 'utf8')) as { proofs: readonly unknown[] };
  const changes = [
    { userId: '4' },
    { campaignId: 'tiled' },
    { arrivalNo: 4 },
    { nonce: 'AAAAAAAAAAAAAAAAAAAAAA==' },
    { proofs: own.proofs.slice(0, -1) },
    { proofs: own.proofs.toReversed() },
  ];
  const changed = await kept(
    'changed',
    changes.map((change) => JSON.stringify({ ...own, ...change })),
  );
  for (const path of changed) expect(await go.ask(published(), path)).toMatchObject({ code: 1 });
});

it('agrees with what the witness was asked, and with what it cosigned', async () => {
  expect(witness.cosigned.length).toBeGreaterThan(2); // how many depends on the machine
  const requests = await kept('request', witness.cosigned);
  const checkpoints = await world.rows<{ note: string }>('SELECT note FROM log_checkpoints ORDER BY size');
  const notes = await kept(
    'checkpoint',
    checkpoints.map(({ note }) => note),
  );
  expect(await go.ask(published(), ...requests, ...notes)).toMatchObject({ code: 0 });
});

it('agrees with the inclusion of each leaf, and that each tree continues each smaller one', async () => {
  const inclusions = await kept('inclusion', await inclusionProofs());
  const consistencies = await kept('consistency', await consistencyProofs());
  expect(await go.ask(published(), ...inclusions, ...consistencies)).toMatchObject({ code: 0 });
});

describe('a flipped bit is refused', () => {
  /** Flips one bit of some file, and asks. @param part of the bytes, which must not change */
  async function ask(
    paths: readonly string[],
    args: (path: string) => readonly string[],
    part: (bytes: Buffer) => Buffer = (bytes) => bytes,
  ): Promise<void> {
    expect(await go.ask(...args(paths[0] ?? ''))).toMatchObject({ code: 0 }); // as it is
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), async (which, nth) => {
        const path = paths[which % paths.length] ?? '';
        const bytes = await readFile(path);
        const flipped = Buffer.from(bytes);
        const held = part(flipped); // shares its memory
        const bit = nth % (held.length * 8);
        held[bit >> 3] = (held[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        await writeFile(path, flipped);
        try {
          const { code, said } = await go.ask(...args(path));
          expect({ said, isRefused: code !== 0 }).toEqual({ said, isRefused: true });
        } finally {
          await writeFile(path, bytes);
        }
      }),
      FLIPS,
    );
  }

  /** Cosignatures behind it may be left out of a checkpoint that is only compared. */
  const signedByTheLog = (bytes: Buffer): Buffer => {
    const end = bytes.indexOf('\u2014 witness.example ');
    return end === -1 ? bytes : bytes.subarray(0, end);
  };

  it.each(['.inclusion', '.consistency', '.request', '.checkpoint', '.promise'])(
    'in a file %s',
    async (ending) => ask(await files(ending), (path) => [published(), path], signedByTheLog),
  );

  it('in a tile', async () => ask(await files(join('log', 'tile')), () => [published()]));

  it('in the checkpoint, its cosignature, and the key', async () =>
    ask(
      ['checkpoint', 'key'].map((name) => join(published(), name)),
      () => [published()],
    ));

  it('in the tree of a proof', async () => {
    const path = saved('mixed.proof');
    await ask(
      [path],
      () => [path],
      (bytes) => bytes.subarray(bytes.indexOf('\n', bytes.indexOf('{')) + 1),
    );
  });
});

it('agrees with no log that lacks a tile, and with none that has another one', async () => {
  const other = saved('other');
  await cp(published(), other, { recursive: true });
  const last = join(other, tilePath({ level: 0, index: Math.floor(size / 256), width: size % 256 }));
  await rm(last);
  expect(await go.ask(other)).toMatchObject({
    code: 1,
    said: expect.stringContaining('missing') as string,
  });
  await cp(join(other, tilePath({ level: 0, index: 0, width: 256 })), last);
  expect(await go.ask(other)).toMatchObject({ code: 1 });
});

it('reads an earlier tree from tiles that are there in their full form only', async () => {
  const earlier = saved('earlier');
  await cp(published(), earlier, { recursive: true });
  const [kept] = await world.rows<{ size: number; note: string }>(
    'SELECT size::float8 AS size, note FROM log_checkpoints WHERE size < 256 ORDER BY size DESC LIMIT 1',
  );
  await writeFile(join(earlier, 'checkpoint'), kept?.note ?? '');
  expect(await readdir(join(earlier, 'tile', '0'))).not.toContain('000.p');
  expect(await go.ask(earlier)).toMatchObject({
    code: 0,
    said: expect.stringContaining(` ${kept?.size} leaves`) as string,
  });
  for (const level of ['0', 'entries'] as const) {
    const path = join(earlier, 'tile', level, '000');
    const bytes = await readFile(path);
    await writeFile(path, bytes.with(5, bytes[5] === 7 ? 8 : 7));
    expect(await go.ask(earlier)).toMatchObject({ code: 1 });
    await writeFile(path, bytes);
  }
});
