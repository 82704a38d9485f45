import { formatCheckpoint } from '../../../src/transparency/formats/checkpoint.js';
import { encodeEntries } from '../../../src/transparency/formats/entry-bundle.js';
import { makeSignerKey } from '../../../src/transparency/formats/note-key.js';
import { formatNote, signNote } from '../../../src/transparency/formats/signed-note.js';
import { openLogFolder } from '../../../verification/verifier/sources/log-folder.js';

const signer = makeSignerKey('test.example/log', new Uint8Array(32).fill(1));
const leaves = Array.from({ length: 512 }, (_, place) => `leaf ${place}`);
const entries = (from: number, to: number) =>
  encodeEntries(leaves.slice(from, to).map((leaf) => Buffer.from(leaf)));

/** What a reader gets of a folder with a checkpoint of 300 leaves and these bundles. */
async function readFrom(bundles: Readonly<Record<string, Uint8Array>>): Promise<string[]> {
  const text = formatCheckpoint({ origin: signer.name, size: 300, root: new Uint8Array(32) });
  const checkpoint = formatNote({ text, signatures: [signNote(text, signer)] });
  const files: Readonly<Record<string, Uint8Array>> = { checkpoint: Buffer.from(checkpoint), ...bundles };
  const log = await openLogFolder({ read: (path) => Promise.resolve(files[path] ?? null) }, null);
  const found: string[] = [];
  await log?.giveTo({ leaf: (leaf) => found.push(leaf), subtree: () => undefined });
  return found;
}

it('reads the full form of a bundle whose narrower form a copy has removed meanwhile', async () => {
  const first = { 'tile/entries/000': entries(0, 256) };
  expect(await readFrom({ ...first, 'tile/entries/001.p/44': entries(256, 300) })).toEqual(
    leaves.slice(0, 300),
  );
  expect(await readFrom({ ...first, 'tile/entries/001': entries(256, 512) })).toEqual(leaves.slice(0, 300));
});

it('says which bundle a folder lacks', async () => {
  await expect(readFrom({ 'tile/entries/000': entries(0, 256) })).rejects.toThrow(
    'The log lacks tile/entries/001.p/44.',
  );
});
