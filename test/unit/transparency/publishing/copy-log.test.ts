import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatCheckpoint } from '../../../../src/transparency/formats/checkpoint.js';
import { makeSignerKey } from '../../../../src/transparency/formats/note-key.js';
import { formatNote, signNote } from '../../../../src/transparency/formats/signed-note.js';
import { tilePath } from '../../../../src/transparency/formats/tile-path.js';
import { copyLog } from '../../../../src/transparency/publishing/copy-log.js';
import type { LogSource } from '../../../../src/transparency/publishing/log-source.js';

const signer = makeSignerKey('test.example/log', new Uint8Array(32).fill(1));

/** A log of this size whose tiles hold their own paths. */
function logOf(size: number): LogSource {
  const text = formatCheckpoint({ origin: signer.name, size, root: new Uint8Array(32) });
  const checkpoint = formatNote({ text, signatures: [signNote(text, signer)] });
  return {
    text: (name) => Promise.resolve(name === 'checkpoint' ? checkpoint : null),
    tile: (id) => Promise.resolve(Buffer.from(tilePath(id))),
  };
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seonchak-copy-'));
});

afterEach(() => rm(folder, { recursive: true }));

const files = async (): Promise<string[]> =>
  (await readdir(join(folder, 'tile'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();

it('keeps no narrower form of a tile that is full', async () => {
  await copyLog(logOf(100), folder);
  await copyLog(logOf(200), folder);
  expect(await files()).toEqual([
    ...['tile/0/000.p/100', 'tile/0/000.p/200', 'tile/entries/000.p/100', 'tile/entries/000.p/200'],
  ]);
  await copyLog(logOf(300), folder);
  expect(await files()).toEqual([
    ...['tile/0/000', 'tile/0/001.p/44', 'tile/1/000.p/1'],
    ...['tile/entries/000', 'tile/entries/001.p/44'],
  ]);
  expect(await readFile(join(folder, 'tile/entries/000'), 'utf8')).toBe('tile/entries/000');
});
