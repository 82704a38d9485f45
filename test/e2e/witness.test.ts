import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatCheckpoint } from '../../src/transparency/formats/checkpoint.js';
import {
  consistencyProof,
  hashLeaf,
  rootOf,
  type SubtreeId,
} from '../../src/transparency/formats/merkle-tree.js';
import {
  formatVerifierKey,
  makeSignerKey,
  parseVerifierKey,
} from '../../src/transparency/formats/note-key.js';
import { formatNote, signNote } from '../../src/transparency/formats/signed-note.js';
import { TreeEdge } from '../../src/transparency/formats/tree-edge.js';
import { requestCosignature } from '../../src/transparency/witnesses/witness-client.js';
import { eventually } from '../support/eventually.js';

const program = join(process.cwd(), 'dist', 'verification', 'witness.js');
const logKey = makeSignerKey('give.example/log', new Uint8Array(32).fill(7));
const children: ChildProcess[] = [];

afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

/** Runs the command; `said` grows, `ended` tells its exit code. */
function run(args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, said, ended };
}

async function started(folder: string) {
  const witness = run(['--folder', folder, '--port', '0', '--log', formatVerifierKey(logKey)]);
  await eventually(() => expect(witness.said.out).toContain('\n'), 30_000);
  return { ...witness, ...(JSON.parse(witness.said.out) as { url: string; key: string }) };
}

/** A history of `size` leaves that have its name. */
function history(name: string, size: number) {
  const hashes = new Map<string, Uint8Array>();
  const edge = new TreeEdge();
  for (let i = 0; i < size; i++)
    for (const { level, index, hash } of edge.append(hashLeaf(Buffer.from(`${name} ${i}`))))
      hashes.set(`${level} ${index}`, hash);
  const read = (ids: readonly SubtreeId[]) =>
    Promise.resolve(ids.map(({ level, index }) => hashes.get(`${level} ${index}`) ?? new Uint8Array()));
  return async (witness: { url: string; key: string }, at: number, knownSize: number) => {
    const text = formatCheckpoint({ origin: logKey.name, size: at, root: await rootOf(read, at) });
    return requestCosignature(
      { url: witness.url, verifierKey: parseVerifierKey(witness.key) },
      formatNote({ text, signatures: [signNote(text, logKey)] }),
      (oldSize) => consistencyProof(read, oldSize, at),
      { knownSize, deadlineMs: 10_000 },
    );
  };
}

it('makes a key once, cosigns, has its folder alone, and keeps one history through kill -9', async () => {
  const folder = await mkdtemp(join(process.env.TEST_DATA_DIR ?? '', 'witness-'));
  const made = run(['--folder', folder, '--new-key', 'witness.example']);
  expect(await made.ended).toBe(0);
  expect((await stat(join(folder, 'key'))).mode & 0o777).toBe(0o600);
  const again = run(['--folder', folder, '--new-key', 'witness.example']);
  expect(await again.ended).toBe(1);

  const honest = history('honest', 4_000);
  const forked = history('forked', 4_000);
  let cosigned = 0;
  for (const killAfterMs of [20, 45, 80]) {
    const witness = await started(folder);
    expect(witness.key).toBe(made.said.out.trim());
    const second = run(['--folder', folder, '--port', '0', '--log', formatVerifierKey(logKey)]);
    expect(await second.ended).toBe(1);
    expect(second.said.err).toMatch(/^Another witness \(process \d+\) uses /);

    expect((await honest(witness, cosigned + 1, cosigned)).status).toBe('cosigned');
    cosigned += 1;
    const killed = sleep(killAfterMs).then(() => witness.child.kill('SIGKILL'));
    for (let size = cosigned + 1; ; size++) {
      const answer = await honest(witness, size, size - 1);
      if (answer.status === 'failed') break;
      expect(answer.status).toBe('cosigned');
      cosigned = size;
    }
    await killed;
    await witness.ended;

    const next = await started(folder);
    // What was cosigned is remembered: another history of that size, or longer, gets nothing.
    expect(await forked(next, cosigned + 100, cosigned)).toEqual({ status: 'refused', code: 422 });
    // One that was remembered and not answered may be asked for again.
    expect((await honest(next, cosigned + 1, cosigned)).status).toBe('cosigned');
    cosigned += 1;
    next.child.kill('SIGTERM');
    expect(await next.ended).toBe(0);
  }
}, 120_000);

it('wants to know which logs, and only their keys', async () => {
  const without = run([]);
  expect(await without.ended).toBe(2);
  const wrong = run(['--log', 'give.example+00000000+AAAA']);
  expect(await wrong.ended).toBe(2);
  expect(wrong.said.err).toContain("--log takes a log's verifier key");
});
