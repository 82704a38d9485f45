import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { utf8 } from '../../../src/transparency/formats/bytes.js';
import { encodeEntries } from '../../../src/transparency/formats/entry-bundle.js';
import { formatVerifierKey } from '../../../src/transparency/formats/note-key.js';
import { TILE_WIDTH, tilePath } from '../../../src/transparency/formats/tile-path.js';
import { LOG_KEY, POLICY, type SignedLog } from './signed-log.js';

/** Publishes a log for a static host: what a verifier reads of it. */
export async function writeTiles(folder: string, log: SignedLog): Promise<void> {
  const { leaves } = log;
  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  for (let index = 0; index * TILE_WIDTH < leaves.length; index++) {
    const bundle = leaves.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
    const path = tilePath({ level: 'entries', index, width: bundle.length });
    await write(path, encodeEntries(bundle.map(utf8)));
  }
  await write('key', `${formatVerifierKey(LOG_KEY)}\n`);
  await write('policy', POLICY);
  await write('checkpoint', log.checkpoint());
}
