import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatAddCheckpoint } from '../../../../src/transparency/formats/add-checkpoint.js';
import { formatCheckpoint } from '../../../../src/transparency/formats/checkpoint.js';
import {
  consistencyProof,
  hashLeaf,
  rootOf,
  type SubtreeId,
} from '../../../../src/transparency/formats/merkle-tree.js';
import { COSIGNATURE, makeSignerKey, PLAIN } from '../../../../src/transparency/formats/note-key.js';
import {
  formatNote,
  formatSignature,
  parseNote,
  signNote,
  verifyNote,
} from '../../../../src/transparency/formats/signed-note.js';
import { TreeEdge } from '../../../../src/transparency/formats/tree-edge.js';
import {
  requestCosignature,
  requestLastCheckpoint,
} from '../../../../src/transparency/witnesses/witness-client.js';
import { type OpenWitness, openWitness } from '../../../../verification/witness/open-witness.js';
import { originHash, WitnessMemory } from '../../../../verification/witness/witness-memory.js';
import { Witness } from '../../../../verification/witness/witness.js';

const seedOf = (name: string) => createHash('sha256').update(name).digest();
const ORIGIN = 'give.example/log';
const logKey = makeSignerKey(ORIGIN, seedOf('log'), PLAIN);
const witnessKey = makeSignerKey('witness.example', seedOf('witness'), COSIGNATURE);

/** A log whose leaves are `<name> 0`, `<name> 1`, … but for the first `shared`, which all histories have in common. */
class History {
  private readonly hashes = new Map<string, Uint8Array>();
  private readonly read = (ids: readonly SubtreeId[]) =>
    Promise.resolve(ids.map(({ level, index }) => this.hashes.get(`${level} ${index}`) ?? new Uint8Array()));

  constructor(name: string, shared = 0) {
    const edge = new TreeEdge();
    for (let i = 0; i < 64; i++)
      for (const { level, index, hash } of edge.append(
        hashLeaf(Buffer.from(`${i < shared ? 'shared' : name} ${i}`)),
      ))
        this.hashes.set(`${level} ${index}`, hash);
  }

  async checkpoint(size: number, origin = ORIGIN, key = logKey): Promise<string> {
    const text = formatCheckpoint({ origin, size, root: await rootOf(this.read, size) });
    return formatNote({ text, signatures: [signNote(text, key)] });
  }

  proof(oldSize: number, size: number): Promise<readonly Uint8Array[]> {
    return consistencyProof(this.read, oldSize, size);
  }

  async request(oldSize: number, size: number): Promise<string> {
    const [checkpoint, proof] = await Promise.all([this.checkpoint(size), this.proof(oldSize, size)]);
    return formatAddCheckpoint({ oldSize, proof, checkpoint });
  }
}

const honest = new History('honest', 10);
const forked = new History('forked', 10);

let folder: string;
let open: OpenWitness;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'witness-'));
  open = await start();
});

afterEach(async () => {
  await open.close();
  await rm(folder, { recursive: true });
});

const start = () =>
  openWitness({ folder, port: 0, host: '127.0.0.1', logs: [logKey] }, witnessKey, () => undefined);

const post = async (body: string | Buffer) => {
  const answer = await fetch(`${open.url}/add-checkpoint`, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
  });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};

const ask = async (history: History, size: number, knownSize = 0) =>
  requestCosignature(
    { url: open.url, verifierKey: witnessKey },
    await history.checkpoint(size),
    (oldSize) => history.proof(oldSize, size),
    { knownSize, deadlineMs: 10_000 },
  );

describe('a witness over HTTP', () => {
  it('cosigns what continues the log, and shows it to monitors', async () => {
    for (const [from, to] of [
      [0, 3],
      [3, 20],
      [20, 20],
    ] as const) {
      const answer = await ask(honest, to, from);
      expect(answer.status).toBe('cosigned');
      if (answer.status !== 'cosigned') return;
      const shown = await (await fetch(`${open.url}/${originHash(ORIGIN)}/checkpoint`)).text();
      expect(shown).toBe((await honest.checkpoint(to)) + formatSignature(answer.signature));
      expect(verifyNote(parseNote(shown), [logKey, witnessKey])).toHaveLength(2);
    }
  });

  it('tells its size to a client that does not know it, which then proves from there', async () => {
    await ask(honest, 7);
    expect(await post(await honest.request(0, 20))).toEqual({
      status: 409,
      type: 'text/x.tlog.size',
      text: '7\n',
    });
    expect((await ask(honest, 20)).status).toBe('cosigned');
    expect(await ask(honest, 12, 12)).toEqual({ status: 'ahead', witnessSize: 20 });
  });

  it.each([
    ['a longer one', 30],
    ['one of the same size', 20],
  ])('refuses another history: %s', async (_, size) => {
    await ask(honest, 20);
    expect(await ask(forked, size, 20)).toEqual({ status: 'refused', code: 422 });
    expect((await ask(honest, 30, 20)).status).toBe('cosigned');
  });

  it('cosigns only one of many that continue the same tree at once', async () => {
    await ask(honest, 10);
    const bodies = [await honest.request(10, 20), await forked.request(10, 21), await forked.request(10, 22)];
    const answers = await Promise.all(bodies.map(post));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  it('refuses what is malformed, unknown or unsigned, each by its status', async () => {
    const stranger = makeSignerKey('take.example/log', seedOf('stranger'), PLAIN);
    const impostor = makeSignerKey(ORIGIN, seedOf('impostor'), PLAIN);
    const text = await honest.checkpoint(3);
    const forged = text.replace('\n3\n', '\n4\n');
    const other = await honest.checkpoint(3, 'take.example/log', stranger);
    const unsigned = await honest.checkpoint(3, ORIGIN, impostor);
    const with0 = (checkpoint: string) => formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint });
    const hash = new Uint8Array(32);
    const proofFrom0 = formatAddCheckpoint({ oldSize: 0, proof: [hash], checkpoint: text });
    const beyond = formatAddCheckpoint({ oldSize: 4, proof: [], checkpoint: text });
    const tooMany = formatAddCheckpoint({
      oldSize: 0,
      proof: Array.from({ length: 64 }, () => hash),
      checkpoint: text,
    });
    for (const [body, status] of [
      [with0(other), 404],
      [with0(unsigned), 403],
      [with0(forged), 403],
      [proofFrom0, 422],
      [beyond, 400],
      [tooMany, 400],
      ['old 00\n\n' + text, 400],
      ['nothing', 400],
      [Buffer.from([0xff]), 400],
      ['x'.repeat(70_000), 413],
    ] as const)
      expect([body.slice(0, 40), (await post(body)).status]).toEqual([body.slice(0, 40), status]);
    expect(await readdir(folder)).toEqual(['lock']);
    expect((await fetch(`${open.url}/${originHash(ORIGIN)}/checkpoint`)).status).toBe(404);
  });

  it('remembers over a restart, and does not start with a damaged memory', async () => {
    await ask(honest, 20);
    await open.close();
    open = await start();
    expect(await ask(forked, 30, 20)).toEqual({ status: 'refused', code: 422 });
    await open.close();
    const file = join(folder, `${originHash(ORIGIN)}.checkpoint`);
    const kept = await readFile(file, 'utf8');
    await writeFile(file, kept.slice(0, 30));
    await expect(start()).rejects.toThrow();
    await writeFile(file, kept);
    open = await start();
  });
});

describe('a witness that dies', () => {
  it('between memory and answer has not forgotten, and before it has not answered', async () => {
    let store: () => void = () => undefined;
    const stuck = new (class extends WitnessMemory {
      override async remember(origin: string, note: string): Promise<void> {
        await new Promise<void>((resolve) => (store = resolve));
        await super.remember(origin, note);
        await new Promise(() => undefined); // killed here
      }
    })(folder);
    let isAnswered = false;
    const witness = new Witness(witnessKey, [logKey], stuck, () => 1_700_000_000);
    void witness.addCheckpoint(await honest.request(0, 20)).then(() => (isAnswered = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isAnswered).toBe(false);
    store();
    const memory = new WitnessMemory(folder);
    for (let i = 0; i < 100 && !(await memory.last(ORIGIN)); i++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await memory.last(ORIGIN))?.checkpoint.size).toBe(20);
    expect(isAnswered).toBe(false);
    expect(await ask(forked, 30)).toEqual({ status: 'refused', code: 422 });
    expect((await ask(honest, 20)).status).toBe('cosigned');
  });
});

describe('a client of a witness', () => {
  it('is shown the last checkpoint that was cosigned, if there is one', async () => {
    const witness = { url: open.url, verifierKey: witnessKey };
    expect(await requestLastCheckpoint(witness, ORIGIN, 10_000)).toBeNull();
    const answer = await ask(honest, 20);
    const cosigned = answer.status === 'cosigned' ? formatSignature(answer.signature) : '';
    expect(await requestLastCheckpoint(witness, ORIGIN, 10_000)).toBe(
      (await honest.checkpoint(20)) + cosigned,
    );
    expect(await requestLastCheckpoint({ ...witness, url: 'http://127.0.0.1:1' }, ORIGIN, 10_000)).toBeNull();
  });

  it.each([
    ['never answers', undefined, ''],
    ['signs another text', 200, 'wrong'],
    ['answers with 409 for ever', 409, '5\n'],
    ['answers 409 without a size', 409, 'five'],
  ])('that %s gets no cosignature', async (_, status, body) => {
    let asked = 0;
    const text = body === 'wrong' ? formatSignature(signNote('x\n', witnessKey)) : body;
    const server = createServer((_incoming, response) => {
      asked += 1;
      if (status !== undefined) response.writeHead(status).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const answer = await requestCosignature(
      { url, verifierKey: witnessKey },
      await honest.checkpoint(20),
      (oldSize) => honest.proof(oldSize, 20),
      { deadlineMs: 1_000 },
    );
    server.closeAllConnections();
    server.close();
    expect(answer.status).not.toBe('cosigned');
    expect(asked).toBe(body === '5\n' ? 2 : 1);
  });
});
